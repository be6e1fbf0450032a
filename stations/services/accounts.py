"""Accounts of people one looks after: the name on it, a one-time password, a lock that is taken off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from axes.utils import reset
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from aftersales.accounts import services as accounts
from aftersales.accounts.models import SYSTEM_USERNAME, User
from aftersales.accounts.roles import ROLE_PERMISSIONS, ROLE_RANK, Role
from aftersales.accounts.scoping import COUNTY_DIGITS, inside
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.lib.masking import mask_name
from stations.models import Grant
from stations.queries import active_grants
from stations.rules.regions import prefix
from stations.services import agents

OPENS = "accounts.add_user"
LOOKS_AFTER = "accounts.change_user"


def looked_after(*, by: User, now: datetime) -> QuerySet[User]:
    """Accounts this person may look after: of the counties where a grant lets them, and below its rank.

    Never their own, the system's, or one with Django's superuser flag. A role that is held anywhere counts
    for the rank, also one that begins later.
    """
    within_reach = Q(pk__in=[])
    for grant in active_grants(by.pk, now):
        if grant.role in Role.values and LOOKS_AFTER in ROLE_PERMISSIONS.get(Role(grant.role), ()):
            within_reach |= _counties(grant) & ~Q(Exists(_too_high(grant.role, now)))
    return User.objects.filter(within_reach, is_superuser=False).exclude(
        Q(pk=by.pk) | Q(username=SYSTEM_USERNAME)
    )


@dataclass(frozen=True)
class Opened:
    """A new account, and the password that is shown this once and stored nowhere."""

    user: User
    password: str


def open_account(*, username: str, full_name: str, by: User, now: datetime) -> Opened:
    """Open an account for somebody who works at no station: a supervisor, a regulator, the platform desk.

    It may do nothing until it is given a role. Needs a grant for the whole programme that opens accounts;
    the system itself opens the first administrator's. Raises Refused: "reach", "username",
    "username_taken", "full_name".
    """
    may_open = by.username == SYSTEM_USERNAME or any(
        grant.is_programme_wide and OPENS in ROLE_PERMISSIONS.get(Role(grant.role), ())
        for grant in active_grants(by.pk, now)
        if grant.role in Role.values
    )
    if not may_open:
        raise Refused(_("Choose the station at which this person works."), code="reach", field="station")
    password = accounts.one_time_password()
    with transaction.atomic():
        user = agents.new_user(username, full_name, "", password)
        trail.record("account.opened", by=by, obj=user, at=now)
    return Opened(user=user, password=password)


def rename(*, user: User, full_name: str, by: User, now: datetime) -> User:
    """Correct the name on an account. Raises Refused: "not_looked_after", "full_name", "nothing_new"."""
    _check(user, by=by, now=now)
    full_name = full_name.strip()
    if not full_name or len(full_name) > User._meta.get_field("full_name").max_length:
        raise Refused(_("Enter the person's name."), code="full_name", field="full_name")
    with transaction.atomic():
        changed = User.objects.filter(pk=user.pk).exclude(full_name=full_name).update(full_name=full_name)
        if not changed:
            raise Refused(_("This is the name on the account already."), code="nothing_new")
        trail.record(
            "account.renamed",
            by=by,
            obj=user,
            before={"full_name": mask_name(user.full_name)},
            after={"full_name": mask_name(full_name)},
            at=now,
        )
    return User.objects.get(pk=user.pk)


def reset_password(*, user: User, by: User, now: datetime) -> str:
    """Set a one-time password and return it: it is shown this once and stored nowhere.

    Ends every session of the account and takes a lock off it. Raises Refused: "not_looked_after",
    "inactive".
    """
    _check(user, by=by, now=now)
    if not user.is_active:
        raise Refused(_("This account is closed."), code="inactive")
    password = accounts.one_time_password()
    with transaction.atomic():
        user.set_password(password)
        user.password_is_one_time = True
        user.save(update_fields=["password", "password_is_one_time"])
        accounts.end_sessions(user=user)
        reset(username=user.username)
        trail.record("account.password_reset", by=by, obj=user, at=now)
    return password


def unlock(*, user: User, by: User, now: datetime) -> None:
    """Forget the wrong passwords that were tried, so that the person may sign in again at once.

    Raises Refused: "not_looked_after", "not_locked" when none were.
    """
    _check(user, by=by, now=now)
    with transaction.atomic():
        if not reset(username=user.username):
            raise Refused(_("No wrong passwords are counted against this account."), code="not_locked")
        trail.record("account.unlocked", by=by, obj=user, at=now)


def _counties(grant: Grant) -> Q:
    """The accounts of the counties a grant reaches as a whole; a grant below a county reaches none."""
    if grant.is_programme_wide:
        return Q()
    code = prefix(grant.region_id) if grant.region_id else ""
    return inside("county_code", code) if 0 < len(code) <= COUNTY_DIGITS else Q(pk__in=[])


def _too_high(role: str, now: datetime) -> QuerySet[Grant]:
    """Grants of an account, now or later, that rank as high as a role or above it."""
    high = [other for other, rank in ROLE_RANK.items() if rank <= ROLE_RANK[Role(role)]]
    return Grant._base_manager.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        user=OuterRef("pk"),
        role__in=high,
        withdrawn_at__isnull=True,
    )


def _check(user: User, *, by: User, now: datetime) -> None:
    if not looked_after(by=by, now=now).filter(pk=user.pk).exists():
        raise Refused(_("You do not look after this account."), code="not_looked_after")
