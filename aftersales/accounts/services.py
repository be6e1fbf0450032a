"""What happens to an account itself. Roles and reach are grants and live with the stations."""

import secrets

from django.db.models import F
from django.utils import timezone

from aftersales.accounts.models import User

ONE_TIME_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def one_time_password() -> str:
    """Fifteen unambiguous signs in three groups, easy to read out over the telephone."""
    return "-".join("".join(secrets.choice(ONE_TIME_SIGNS) for _ in range(5)) for _ in range(3))


def chose_own_password(*, user: User) -> None:
    """Note that the person has replaced the password they were given."""
    User.objects.filter(pk=user.pk).update(password_is_one_time=False)
    user.password_is_one_time = False


def end_sessions(*, user: User) -> None:
    """Sign the account out on every device."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


def own_grants(user: User):
    """A person's own grants that have not been withdrawn or expired, for their own page."""
    now = timezone.now()
    grants = user.grants.model._base_manager.filter(user=user, withdrawn_at__isnull=True, starts_at__lte=now)
    return [
        grant
        for grant in grants.select_related("region", "station").order_by("role")
        if grant.expires_at is None or grant.expires_at > now
    ]
