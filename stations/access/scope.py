"""From grants to a scope: what a signed-in person may see and do right now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q

from aftersales.accounts.roles import Role, permissions_of
from aftersales.accounts.scoping import COUNTY_DIGITS, Scope
from stations.models import Grant
from stations.queries import active_grants
from stations.rules.regions import prefix


@dataclass(frozen=True)
class Granted:
    """One grant in force: a role, and where it counts."""

    role: str
    region: str = ""
    station: int | None = None
    everywhere: bool = False

    def reaches(self, row) -> bool:
        """Whether a row of a scoped model lies where this grant counts."""
        if self.everywhere:
            return True
        paths = row.scope_paths
        if self.region:
            path = paths.county if len(self.region) <= COUNTY_DIGITS else paths.region
            return bool(path) and str(_value(row, path) or "").startswith(self.region)
        return bool(paths.station) and _value(row, paths.station) == self.station

    def covers(self, code: str) -> bool:
        """Whether this grant counts in all of a place; with an empty code, in the whole programme."""
        return self.everywhere or bool(self.region and code.startswith(self.region))


@dataclass(frozen=True)
class Authority:
    """What one person may see and do at one moment: the sum of their grants, and each grant by itself.

    `scope` and `permissions` are the sum. A permission counts only where a grant that carries it counts:
    doors ask `reach` for the places, pages about one row ask `permissions_at`, those about a whole place
    `permissions_throughout`.
    """

    scope: Scope
    grants: tuple[Granted, ...] = ()

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.grants)

    @cached_property
    def permissions(self) -> frozenset[str]:
        return permissions_of(self.roles)

    def reach(self, *permissions: str) -> Scope:
        """The places where at least one of these permissions counts."""
        carrying = [
            grant for grant in self.grants if not permissions_of([grant.role]).isdisjoint(permissions)
        ]
        return scope_of_grants(self.scope.who, carrying)

    def permissions_at(self, row) -> frozenset[str]:
        """What the person may do with one row of a scoped model."""
        if len(self.grants) == 1:
            return self.permissions
        return permissions_of(grant.role for grant in self.grants if grant.reaches(row))

    def permissions_throughout(self, code: str) -> frozenset[str]:
        """What the person may do in all of a place, by its 12-digit code; with "", in the whole programme."""
        return permissions_of(grant.role for grant in self.grants if grant.covers(code))


BLIND = frozenset({Role.PROVIDER})
"""Roles that open no row: what a provider sees of an order is handed to it by claims.queries alone."""


def scope_of_grants(who: str, grants: Iterable[Granted]) -> Scope:
    """The places that these grants open, added up."""
    grants = [grant for grant in grants if grant.role not in BLIND]
    return Scope(
        who=who,
        regions=frozenset(grant.region for grant in grants if grant.region),
        stations=frozenset(grant.station for grant in grants if grant.station),
        everywhere=any(grant.everywhere for grant in grants),
    )


def _value(row, path: str):
    """What lies at the end of a look-up over forward keys."""
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def authority_of(user, *, now: datetime) -> Authority:
    """What this person's grants add up to; nothing for an unknown, inactive or anonymous user."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Authority(scope=Scope(who="nobody"))
    rows = active_grants(user.pk, now).values_list("role", "region_id", "station_id", "is_programme_wide")
    grants = tuple(
        Granted(role, prefix(region) if region else "", station, everywhere)
        for role, region, station, everywhere in rows
        if role in Role.values
    )
    return Authority(scope=scope_of_grants(user.get_username(), grants), grants=grants)


def who_may(permission: str, row, *, among: Iterable[int], now: datetime) -> frozenset[int]:
    """Which of these accounts may do something with one row of a scoped model, in one query."""
    rows = (
        Grant._base_manager.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now),
            user__in=list(among),
            user__is_active=True,
            starts_at__lte=now,
            withdrawn_at__isnull=True,
        )
        .order_by("pk")
        .values_list("user_id", "role", "region_id", "station_id", "is_programme_wide")
    )
    return frozenset(
        user
        for user, role, region, station, everywhere in rows
        if permission in permissions_of([role])
        and Granted(role, prefix(region) if region else "", station, everywhere).reaches(row)
    )


def authority(user) -> Authority:
    """The authority of a user in this request, read once."""
    from django.utils import timezone

    cached = getattr(user, "_authority", None)
    if cached is None:
        cached = authority_of(user, now=timezone.now())
        if user is not None and getattr(user, "pk", None):
            user._authority = cached
    return cached
