"""Who keeps the texts of learning, and in which counties: keys of accounts alone, past anybody's scope."""

from datetime import datetime

from django.db.models import Q

from aftersales.accounts.roles import Role
from stations.models import Grant
from stations.rules.regions import contains


def keepers(*, now: datetime, county: str = "") -> list[int]:
    """Trainers whose grant counts now, in rising order; with a county, those whose grant counts there.

    Without trainers of their own a county's texts are kept by the platform desk.
    """
    rows = list(
        Grant._base_manager.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now),
            role__in=(Role.TRAINER, Role.PLATFORM),
            user__is_active=True,
            starts_at__lte=now,
            withdrawn_at__isnull=True,
        ).values_list("user_id", "role", "region_id", "is_programme_wide")
    )
    reaching = [
        (user, role)
        for user, role, region, everywhere in rows
        if not county or everywhere or (region and contains(region, county))
    ]
    trainers = {user for user, role in reaching if role == Role.TRAINER}
    return sorted(trainers or {user for user, _role in reaching})
