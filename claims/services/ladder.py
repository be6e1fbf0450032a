"""The ladder above claims: which station would hold a claim next, and who works on each rung.

Stations and people are read past the scope: a claim climbs beyond the reach of whoever has it. Only keys of
accounts leave this module.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from claims.models import Claim
from claims.queries.dispatch import LEVEL_OF_ROLE
from claims.rules.clocks import LEVEL_OF_TIER, Level
from claims.rules.escalation import Rung, rungs_above
from stations.access.scope import Authority
from stations.models import Station
from stations.models.network import StationState, TierChoices
from stations.queries.staff import Staff
from stations.rules.tiers import Tier


class Ladder:
    """Rungs and people around claims; each station and place is read once, many in one statement."""

    def __init__(self, *, now: datetime) -> None:
        self.staff = Staff(now=now)
        self._stations: dict[int, Station] = {}
        self._centres: dict[str, Station | None] = {}

    def read(self, claims: Iterable[Claim]) -> None:
        """Read the stations that hold or filed these claims, those above them, and their county centres."""
        wanted = {key for claim in claims for key in (claim.station_id, claim.holder_id) if key is not None}
        missing = wanted - self._stations.keys()
        counties = {claim.county_code for claim in claims} - self._centres.keys()
        if not missing and not counties:
            return
        centres = Q(county_code__in=counties, tier=TierChoices.COUNTY) & ~Q(state=StationState.CLOSED)
        self._centres |= dict.fromkeys(counties)
        found = Station._base_manager.filter(Q(pk__in=missing) | centres)
        for station in found.select_related("parent__parent"):
            for each in (station, station.parent, station.parent and station.parent.parent):
                if each is not None:
                    self._stations.setdefault(each.pk, each)
            if station.tier == TierChoices.COUNTY and station.county_code in counties:
                self._centres[station.county_code] = station

    def station(self, key: int | None) -> Station | None:
        """A station that was read."""
        return None if key is None else self._stations[key]

    def here(self, claim: Claim) -> Rung:
        """Where a claim stands."""
        return Rung(Level(claim.level), claim.holder_id)

    def above(self, claim: Claim) -> tuple[Rung, ...]:
        """The rungs above a claim that can take it over, the lowest first."""
        return rungs_above(Level(claim.level), map(_rung, filter(_is_open, self._chain(claim))))

    def below(self, claim: Claim) -> tuple[Rung, ...]:
        """The rungs below a claim, the lowest first: from the station where it was filed upwards."""
        start = self.station(claim.station_id)
        chain = [start, *self._chain_above(start, claim.county_code)]
        lower = {rung.level: rung for rung in map(_rung, filter(_is_open, chain))}
        if claim.level > Level.COUNTY:
            lower.setdefault(Level.COUNTY, Rung(Level.COUNTY))
        return tuple(lower[level] for level in Level if level < claim.level and level in lower)

    def people(self, rung: Rung, county_code: str) -> list[int]:
        """Who works on a rung; where nobody does, those of the next one, so that somebody is told."""
        if rung.level == Level.PLATFORM:
            return self.staff.at_platform(county_code)
        if rung.level < Level.COUNTY and rung.station is not None:
            at_station = self.staff.at(self._stations[rung.station])
            if at_station:
                return at_station
        return self.staff.in_county(county_code) or self.staff.at_platform(county_code)

    def heads(self, rung: Rung, county_code: str) -> list[int]:
        """Who has the highest role on a rung; where nobody works, those of the next one."""
        if rung.level == Level.PLATFORM:
            return self.staff.at_platform(county_code)
        if rung.level < Level.COUNTY and rung.station is not None:
            heads = self.staff.heads_of(self._stations[rung.station])
            if heads:
                return heads
        return self.staff.heads_in(county_code) or self.staff.at_platform(county_code)

    def read_staff(self, rungs: Iterable[tuple[Rung, str]]) -> None:
        """Read who works on these rungs of counties, in one statement."""
        rungs = list(rungs)
        stations = [
            self._stations[rung.station]
            for rung, _county in rungs
            if rung.station is not None and rung.level < Level.COUNTY
        ]
        self.staff.read(stations, {county for _rung, county in rungs})

    def place(self, rung: Rung) -> str:
        """What a rung is called in messages: the name of its station, else the code of its level."""
        station = self.station(rung.station)
        return rung.level.name.lower() if station is None else station.name

    def _chain(self, claim: Claim) -> list[Station]:
        return self._chain_above(self.station(claim.holder_id), claim.county_code)

    def _chain_above(self, station: Station | None, county_code: str) -> list[Station]:
        """The stations above one, up to the county's centre, which a parent need not lead to."""
        chain = []
        here = station.parent if station is not None else None
        while here is not None:
            chain.append(here)
            here = here.parent
        centre = self._centres[county_code]
        return chain if centre is None or centre in chain else [*chain, centre]


def level_of(authority: Authority, claim: Claim) -> Level | None:
    """The highest level at which somebody's grants let them work on a claim; None where none does."""
    levels = [
        LEVEL_OF_ROLE[grant.role]
        for grant in authority.grants
        if grant.role in LEVEL_OF_ROLE and grant.reaches(claim)
    ]
    return max(levels, default=None)


def _rung(station: Station) -> Rung:
    return Rung(LEVEL_OF_TIER[Tier(station.tier)], station.pk)


def _is_open(station: Station) -> bool:
    return station.state == StationState.OPERATING
