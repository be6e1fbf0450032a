"""Reading who works where: the people of many stations, counties and of the platform desk in one query.

A person works at a place when a grant with a role of that tier reaches it now. The query looks past the
scope of whoever asks, since a claim leaves it when it climbs; it answers with keys of accounts alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q

from aftersales.accounts.roles import ROLE_RANK, Role
from stations.models import Grant, Station
from stations.models.network import TierChoices
from stations.rules.regions import DIGITS, contains

ROLES_AT: dict[str, tuple[Role, ...]] = {
    TierChoices.VILLAGE: (Role.AGENT,),
    TierChoices.TOWNSHIP: (Role.TOWNSHIP,),
    TierChoices.COUNTY: (Role.OFFICER, Role.MANAGER),
}
"""Who works on claims at a station of each tier."""
CODE_DIGITS = DIGITS[max(DIGITS)]


class Staff:
    """Keys of the accounts that work at places, the highest role first; each place is read once.

    `read` takes one query for all places that are not known yet.
    """

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self._stations: dict[int, list[tuple[int, int]]] = {}
        self._counties: dict[str, list[tuple[int, int]]] = {}
        self._desks: dict[str, list[tuple[int, int]]] = {}

    def read(self, stations: Iterable[Station], counties: Iterable[str] = ()) -> None:
        """Read who works at these stations, in the offices of these counties, and at their platform desk."""
        new = {station.pk: station for station in stations if station.pk not in self._stations}
        codes = {code for code in counties if code not in self._counties}
        if not new and not codes:
            return
        by_station, by_region, everywhere = self._grants(new, codes)
        for station in new.values():
            reaching = [*by_station[station.pk], *_around(by_region, station.region_id), *everywhere]
            self._stations[station.pk] = _ranked(reaching, ROLES_AT[station.tier])
        for code in codes:
            reaching = [*_around(by_region, code), *everywhere]
            self._counties[code] = _ranked(reaching, ROLES_AT[TierChoices.COUNTY])
            self._desks[code] = _ranked(reaching, (Role.PLATFORM,))

    def at(self, station: Station) -> list[int]:
        """Who works at a station."""
        self.read([station])
        return [user for _rank, user in self._stations[station.pk]]

    def heads_of(self, station: Station) -> list[int]:
        """Those with the highest role at a station."""
        self.read([station])
        return _first_rank(self._stations[station.pk])

    def in_county(self, code: str) -> list[int]:
        """The officers and managers of a county, whether or not it has a centre."""
        self.read([], [code])
        return [user for _rank, user in self._counties[code]]

    def heads_in(self, code: str) -> list[int]:
        """The managers of a county; its officers where it has none."""
        self.read([], [code])
        return _first_rank(self._counties[code])

    def managers_in(self, code: str) -> list[int]:
        """The managers of a county; nobody where it has none."""
        self.read([], [code])
        return [user for rank, user in self._counties[code] if rank == ROLE_RANK[Role.MANAGER]]

    def at_platform(self, code: str) -> list[int]:
        """The platform desk that is responsible for a county."""
        self.read([], [code])
        return [user for _rank, user in self._desks[code]]

    def _grants(self, stations: dict[int, Station], counties: set[str]):
        places = {station.region_id for station in stations.values()} | counties
        roles = {role for station in stations.values() for role in ROLES_AT[station.tier]}
        if counties:
            roles |= {*ROLES_AT[TierChoices.COUNTY], Role.PLATFORM}
        rows = Grant._base_manager.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=self.now),
            Q(station__in=list(stations))
            | Q(region__in={around for place in places for around in _containing(place)})
            | Q(is_programme_wide=True),
            starts_at__lte=self.now,
            withdrawn_at__isnull=True,
            role__in=roles,
            user__is_active=True,
        ).values_list("user_id", "role", "station_id", "region_id")
        by_station, by_region, everywhere = defaultdict(list), defaultdict(list), []
        for user, role, station, region in rows:
            place = by_station[station] if station else by_region[region] if region else everywhere
            place.append((role, user))
        return by_station, by_region, everywhere


def _containing(code: str) -> list[str]:
    """The codes of every place around a place, the nation's and its own included."""
    codes = {code[:digits].ljust(CODE_DIGITS, "0") for digits in DIGITS.values()}
    return [each for each in codes if contains(each, code)]


def _around(by_region, code: str) -> list[tuple[str, int]]:
    return [row for around in _containing(code) if around in by_region for row in by_region[around]]


def _ranked(reaching: Iterable[tuple[str, int]], roles: Sequence[Role]) -> list[tuple[int, int]]:
    """(rank, account) of those with one of the roles, each account once with its highest."""
    best: dict[int, int] = {}
    for role, user in reaching:
        if role in roles:
            best[user] = min(ROLE_RANK[Role(role)], best.get(user, ROLE_RANK[Role(role)]))
    return sorted((rank, user) for user, rank in best.items())


def _first_rank(ranked: list[tuple[int, int]]) -> list[int]:
    return [user for rank, user in ranked if rank == ranked[0][0]]
