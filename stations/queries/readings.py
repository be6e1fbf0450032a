"""What readers from outside are told about places and the network, on the connection that cannot write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from django.db.models import Count, Q
from django.db.models.functions import Substr

from stations.models import NetworkReading, RegionReading
from stations.models.readings import NetworkKind
from stations.rules.regions import (
    CODE_LENGTH,
    COUNTYLESS_CITIES,
    DIGITS,
    NATION,
    Level,
    code_range,
    level_of,
    prefix,
)


@dataclass(frozen=True)
class Part:
    """How many of how many are as they should be."""

    good: int = 0
    whole: int = 0

    def __add__(self, other: Part) -> Part:
        return Part(self.good + other.good, self.whole + other.whole)

    @property
    def share(self) -> Fraction | None:
        """good / whole from 0 to 1; None of nothing."""
        return Fraction(self.good, self.whole) if self.whole else None


@dataclass(frozen=True)
class Network:
    """The network of a place. Definitions: docs/rules/league.md, "Coverage and people"."""

    parts: dict[str, Part] = field(default_factory=dict)

    def __add__(self, other: Network) -> Network:
        return Network({kind: self.part(kind) + other.part(kind) for kind in NetworkKind})

    def part(self, kind: str) -> Part:
        return self.parts.get(kind, Part())

    @property
    def villages(self) -> Part:
        """Villages; good are those with an operating village point."""
        return self.part(NetworkKind.VILLAGE)

    @property
    def village_points(self) -> Part:
        """Village points that are not closed; good are those that operate."""
        return self.part(NetworkKind.VILLAGE_POINT)

    @property
    def people(self) -> Part:
        """People posted at village and township stations; good are those with a certificate today."""
        return self.part(NetworkKind.PERSON)

    @property
    def providers(self) -> Part:
        """Contracts with providers; good are those in force."""
        return self.part(NetworkKind.PROVIDER)

    @property
    def stations(self) -> Part:
        """Stations of all tiers that are not closed; good are those that operate."""
        tiers = (NetworkKind.COUNTY_CENTRE, NetworkKind.TOWNSHIP_POINT, NetworkKind.VILLAGE_POINT)
        return sum((self.part(tier) for tier in tiers), Part())


def network_by(level: Level, code: str, *, today: date, using: str = "default") -> dict[str, Network]:
    """The network in each place of a level inside a place, in the caller's scope; one statement.

    What belongs to no place of that level stands under the code of what it does belong to.
    """
    digits = DIGITS[level]
    inside = Q() if code == NATION else Q(region_code__range=code_range(prefix(code)))
    holds = (
        Q(is_good=1)
        & (Q(good_from__isnull=True) | Q(good_from__lte=today))
        & (Q(good_until__isnull=True) | Q(good_until__gte=today))
        & (Q(ended_on__isnull=True) | Q(ended_on__gt=today))
    )
    rows = (
        NetworkReading.objects.using(using)
        .filter(inside)
        .values("kind", place=Substr("region_code", 1, digits))
        .annotate(whole=Count("kind"), good=Count("kind", filter=holds))
    )
    found: dict[str, dict[str, Part]] = {}
    for row in rows:
        place = row["place"].ljust(CODE_LENGTH, "0")
        found.setdefault(place, {})[row["kind"]] = Part(row["good"], row["whole"])
    return {place: Network(parts) for place, parts in sorted(found.items())}


def names(codes: Iterable[str], *, using: str = "default") -> dict[str, str]:
    """The names of places by code; one statement."""
    rows = RegionReading.objects.using(using).filter(code__in=list(codes))
    return dict(rows.values_list("code", "name"))


def places_of(level: Level, code: str, *, using: str = "default") -> dict[str, RegionReading]:
    """A place, those it lies in, and the living places of a level inside it, by code; one statement.

    Cities without counties stand among the counties.
    """
    own = level_of(code)
    above = [code[: DIGITS[each]].ljust(CODE_LENGTH, "0") for each in Level if Level.NATION < each <= own]
    inside = Q(level=level, ended_on__isnull=True)
    if level == Level.COUNTY:
        inside |= Q(code__in=[city.ljust(CODE_LENGTH, "0") for city in COUNTYLESS_CITIES])
    if code != NATION:
        inside &= Q(code__range=code_range(prefix(code)))
    return {each.code: each for each in RegionReading.objects.using(using).filter(inside | Q(code__in=above))}
