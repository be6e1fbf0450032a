"""From grants to a scope: what a signed-in person may see and do right now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aftersales.accounts.roles import Role, permissions_of
from aftersales.accounts.scoping import Scope
from stations.queries import active_grants
from stations.rules.regions import prefix


@dataclass(frozen=True)
class Authority:
    """The scope, roles and permissions of one person at one moment."""

    scope: Scope
    roles: frozenset[str] = field(default_factory=frozenset)
    permissions: frozenset[str] = field(default_factory=frozenset)


def authority_of(user, *, now: datetime) -> Authority:
    """What this person's grants add up to; nothing for an unknown, inactive or anonymous user."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Authority(scope=Scope(who="nobody"))
    rows = list(
        active_grants(user.pk, now).values_list("role", "region_id", "station_id", "is_programme_wide")
    )
    roles = frozenset(role for role, *_ in rows if role in Role.values)
    known = [row for row in rows if row[0] in roles]
    scope = Scope(
        who=user.get_username(),
        regions=frozenset(prefix(region) for _, region, _, _ in known if region),
        stations=frozenset(station for _, _, station, _ in known if station),
        everywhere=any(everywhere for *_, everywhere in known),
    )
    return Authority(scope=scope, roles=roles, permissions=permissions_of(roles))


def authority(user) -> Authority:
    """The authority of a user in this request, read once."""
    from django.utils import timezone

    cached = getattr(user, "_authority", None)
    if cached is None:
        cached = authority_of(user, now=timezone.now())
        if user is not None and getattr(user, "pk", None):
            user._authority = cached
    return cached
