"""Giving somebody a role in a place, and taking it back: `give`, `withdraw`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from aftersales.accounts.models import SYSTEM_USERNAME
from aftersales.accounts.roles import ROLE_PERMISSIONS, ROLE_RANK, Role
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from stations.models import Grant, Region, Station
from stations.queries import active_grants
from stations.rules.regions import contains, county_code

SHORTEST_REASON = 2
GIVES = "stations.add_grant"


def give(
    *,
    user,
    role: str,
    reason: str,
    by,
    now: datetime,
    region: Region | None = None,
    station: Station | None = None,
    is_programme_wide: bool = False,
    expires_at: datetime | None = None,
) -> Grant:
    """Let somebody act in a role: in one region, at one station, or in the whole programme.

    Needs a grant of one's own that may give, ranks above the role and reaches all of the place. Raises
    Refused: "own_rights"; "rank" and "reach" when no grant of the giver allows it; "one_reach";
    "reason_missing"; "expired"; "already_held"; "inactive".
    """
    if (region is not None) + (station is not None) + is_programme_wide != 1:
        raise Refused(
            _("Choose one reach: a region, a station, or the whole programme."),
            code="one_reach",
            field="region",
        )
    reason = _worded(reason)
    if expires_at is not None and expires_at <= now:
        raise Refused(_("The end must lie in the future."), code="expired", field="expires_at")
    if not user.is_active:
        raise Refused(_("This account is not active."), code="inactive", field="user")
    role = Role(role)
    _check_authority(user=user, role=role, region=region, station=station, by=by, now=now)
    with transaction.atomic():
        same = active_grants(user.pk, now).filter(
            role=role, region=region, station=station, is_programme_wide=is_programme_wide
        )
        if same.filter(Q(expires_at__isnull=True) | Q(expires_at=expires_at)).exists():
            raise Refused(_("This person has this role there already."), code="already_held")
        grant = Grant.objects.create(
            user=user,
            role=role,
            region=region,
            station=station,
            is_programme_wide=is_programme_wide,
            county_code=_county(region, station),
            starts_at=now,
            expires_at=expires_at,
            reason=reason,
            given_by=by,
        )
        trail.record("grant.given", by=by, obj=grant, after=_facts(grant), reason=reason, at=now)
    return grant


def withdraw(*, grant: Grant, reason: str, by, now: datetime) -> Grant:
    """Take a role back; it counts from the next request on.

    Raises Refused: "already_withdrawn", "reason_missing", and "own_rights", "rank", "reach" as `give` does.
    """
    reason = _worded(reason)
    _check_authority(
        user=grant.user, role=Role(grant.role), region=grant.region, station=grant.station, by=by, now=now
    )
    return _withdraw(grant, reason, by=by, now=now)


def withdraw_all(*, user, reason: str, by, now: datetime) -> list[Grant]:
    """Take every role of a person back, or none: what belongs to somebody who leaves.

    Raises Refused like `withdraw` when one of them is not the actor's to take.
    """
    with transaction.atomic():
        held = list(active_or_later(user.pk, now).select_related("region", "station", "user"))
        for grant in held:
            withdraw(grant=grant, reason=reason, by=by, now=now)
    return held


def move_to_region(*, grant: Grant, region: Region, by, now: datetime, reason: str) -> Grant:
    """Replace a grant by the same one for the new code of its place; the first giver stays."""
    with transaction.atomic():
        _withdraw(grant, reason, by=by, now=now)
        moved = Grant.objects.create(
            user_id=grant.user_id,
            role=grant.role,
            region=region,
            county_code=county_code(region.code),
            starts_at=max(grant.starts_at, now),
            expires_at=grant.expires_at,
            reason=reason[:200],
            given_by_id=grant.given_by_id,
        )
        trail.record("grant.given", by=by, obj=moved, after=_facts(moved), reason=reason, at=now)
    return moved


def active_or_later(user_id: int, now: datetime):
    """Grants that count now or will, so that nothing is left to begin after somebody has left."""
    return Grant._base_manager.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now), user_id=user_id, withdrawn_at__isnull=True
    )


def rank_of(user, now: datetime) -> int:
    """The rank of a person's highest role, 0 the highest; below every role for somebody without any."""
    roles = active_grants(user.pk, now).values_list("role", flat=True)
    return highest_rank(roles)


def highest_rank(roles: Iterable[str]) -> int:
    return min(
        (ROLE_RANK[Role(role)] for role in roles if role in Role.values), default=max(ROLE_RANK.values()) + 1
    )


def may_give(*, role: str, region: Region | None, station: Station | None, by, now: datetime) -> bool:
    """Whether one grant of this person ranks above a role, may give, and reaches all of a place."""
    return _obstacle(Role(role), region, station, by, now) == ""


def ranks_below(*, role: str, by, now: datetime) -> bool:
    """Whether this person may give a role somewhere."""
    return _obstacle(Role(role), None, None, by, now) != "rank"


def _check_authority(*, user, role: Role, region, station, by, now: datetime) -> None:
    if user.pk == by.pk:
        raise Refused(_("Nobody changes their own rights. Ask somebody above you."), code="own_rights")
    obstacle = _obstacle(role, region, station, by, now)
    if obstacle == "rank":
        raise Refused(_("This role is not below your own."), code="rank", field="role")
    if obstacle == "reach":
        raise Refused(_("This place lies outside your own reach."), code="reach", field="region")


def _obstacle(role: Role, region, station, by, now: datetime) -> str:
    if by.username == SYSTEM_USERNAME:
        return ""
    above = [
        grant
        for grant in active_grants(by.pk, now)
        if grant.role in Role.values
        and GIVES in ROLE_PERMISSIONS.get(Role(grant.role), ())
        and ROLE_RANK[Role(grant.role)] < ROLE_RANK[role]
    ]
    if not above:
        return "rank"
    return "" if any(_covers(grant, region, station) for grant in above) else "reach"


def _covers(grant: Grant, region: Region | None, station: Station | None) -> bool:
    if grant.is_programme_wide:
        return True
    if grant.station_id is not None:
        return station is not None and grant.station_id == station.pk
    code = region.code if region is not None else station.region_id if station is not None else ""
    return bool(code) and contains(grant.region_id, code)


def _withdraw(grant: Grant, reason: str, *, by, now: datetime) -> Grant:
    with transaction.atomic():
        changed = Grant._base_manager.filter(pk=grant.pk, withdrawn_at__isnull=True).update(
            withdrawn_at=now, withdrawn_by=by
        )
        if not changed:
            raise Refused(_("This role was taken back already."), code="already_withdrawn")
        grant.refresh_from_db(fields=["withdrawn_at", "withdrawn_by"])
        trail.record("grant.withdrawn", by=by, obj=grant, before=_facts(grant), reason=reason, at=now)
    return grant


def _worded(reason: str) -> str:
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Refused(_("Give the reason in a few words."), code="reason_missing", field="reason")
    return reason[: Grant._meta.get_field("reason").max_length]


def _county(region: Region | None, station: Station | None) -> str:
    if station is not None:
        return station.county_code
    return county_code(region.code) if region is not None else ""


def _facts(grant: Grant) -> dict:
    return {
        "user": grant.user_id,
        "role": grant.role,
        "region": grant.region_id,
        "station": grant.station_id,
        "programme": grant.is_programme_wide,
        "expires_at": grant.expires_at.isoformat() if grant.expires_at else None,
    }
