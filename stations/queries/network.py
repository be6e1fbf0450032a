"""Reading the network: places as ranges of codes, stations inside them, coverage, points for maps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from aftersales.accounts.scoping import current_scope
from stations.models import Agent, Region, Station
from stations.models.network import StationState, TierChoices
from stations.rules.distance import Coverage, Point, bounding_box, covered_places, haversine_m
from stations.rules.regions import DIGITS, Level, code_range, county_code, prefix


def regions_inside(code_prefix: str) -> QuerySet[Region]:
    """Places inside a prefix of 2, 4, 6, 9 or 12 digits, the place itself included: one range of the key."""
    return Region.objects.filter(code__range=code_range(code_prefix))


def living(regions: QuerySet[Region]) -> QuerySet[Region]:
    """Places that have not been merged away or abolished."""
    return regions.filter(ended_on__isnull=True)


def counties() -> QuerySet[Region]:
    """Counties, and the cities that stand in for one."""
    countyless = Q(level=Level.CITY, children__level=Level.TOWNSHIP)
    return living(Region.objects.filter(Q(level=Level.COUNTY) | countyless)).distinct()


def search_regions(text: str, *, level: int | None = None) -> QuerySet[Region]:
    """Living places whose code begins with, or whose name contains, what somebody typed; none for nothing."""
    found = living(Region.objects.all())
    if level is not None:
        found = found.filter(level=level)
    return matching(found, text) if text.strip() else found.none()


def matching(regions: QuerySet[Region], text: str) -> QuerySet[Region]:
    """Places whose code begins with, or whose name contains, what somebody typed; all for nothing."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        text = text[: DIGITS[Level.VILLAGE]]
        return regions.filter(code__range=(text.ljust(12, "0"), text.ljust(12, "9")))
    return regions.filter(name__contains=text) if text else regions


def beginning(regions: QuerySet[Region], text: str) -> QuerySet[Region]:
    """Places whose name, or in digits whose code, begins with what a program asks for; all for nothing."""
    text = text.strip()
    return (
        matching(regions, text)
        if text.isascii() and text.isdigit()
        else regions.filter(name__startswith=text)
    )


def near(point: Point, within_m: float) -> list[tuple[Station, float]]:
    """Operating stations in the caller's scope within a distance of a point, in metres, the nearest first."""
    box = bounding_box(point, within_m)
    around = Station.objects.filter(
        state=StationState.OPERATING,
        lat__range=(box.south, box.north),
        lon__range=(box.west, box.east),
    )
    measured = [
        (station, haversine_m(point, (station.lat, station.lon)))
        for station in around.select_related("region")
    ]
    found = [each for each in measured if each[1] <= within_m]
    return sorted(found, key=lambda each: (each[1], each[0].pk))


def reaches(code: str) -> bool:
    """Whether all of a place lies inside the scope of whoever asks."""
    scope = current_scope()
    return scope.everywhere or any(code.startswith(each) for each in scope.regions)


def in_reach(regions: QuerySet[Region]) -> QuerySet[Region]:
    """Places inside the scope of whoever asks; places themselves are known to everybody."""
    scope = current_scope()
    if scope.everywhere:
        return regions
    inside = Q(pk__in=[])
    for each in sorted(scope.regions):
        inside |= Q(code__range=code_range(each))
    return regions.filter(inside)


def counties_in_reach() -> QuerySet[Region]:
    """Counties in which the caller's scope reaches a station."""
    codes = Station.objects.order_by().values("county_code").distinct()
    return Region.objects.filter(code__in=codes).order_by("code")


def stations_inside(code_prefix: str) -> QuerySet[Station]:
    """Stations in the caller's scope that stand for a place inside a prefix: one range of an index."""
    if len(code_prefix) == DIGITS[Level.COUNTY]:
        return Station.objects.filter(county_code=code_range(code_prefix)[0])
    if len(code_prefix) < DIGITS[Level.COUNTY]:
        return Station.objects.filter(county_code__range=code_range(code_prefix))
    return Station.objects.filter(_placed_between(*code_range(code_prefix)))


def search_stations(stations: QuerySet[Station], text: str) -> QuerySet[Station]:
    """Stations whose name or place contains, or whose code begins with, what somebody typed."""
    text = text.strip()
    if not text:
        return stations
    if text.isascii() and text.isdigit() and len(text) <= DIGITS[Level.VILLAGE]:
        return stations.filter(_placed_between(text.ljust(12, "0"), text.ljust(12, "9")))
    return stations.filter(Q(name__contains=text) | Q(region__name__contains=text))


def _placed_between(first: str, last: str) -> Q:
    # A foreign key has no `range`, and one that goes through the region would join it.
    return Q(region_id__gte=first, region_id__lte=last)


@dataclass(frozen=True)
class TierCount:
    """Stations of one tier in a county that are not closed, and how many of them operate."""

    tier: str
    label: str
    stations: int
    operating: int


@dataclass(frozen=True)
class CountyCoverage:
    """How well the stations in the caller's scope cover the villages of a county.

    `located` counts the villages whose point is known; how many of those lie within the radius of an
    operating station with a point of its own is `reach`. `with_station` counts the villages, located or
    not, that have an operating village point.
    """

    county_code: str
    tiers: tuple[TierCount, ...]
    villages: int
    located: int
    with_station: int
    reach: Coverage

    @property
    def stations_per_village(self) -> float | None:
        """Operating village points for each village; None without villages."""
        points = next((each.operating for each in self.tiers if each.tier == TierChoices.VILLAGE), 0)
        return points / self.villages if self.villages else None

    @property
    def share_with_station(self) -> float | None:
        """Share of all villages that have an operating point, 0 to 1; None without villages."""
        return self.with_station / self.villages if self.villages else None


def coverage(place: str) -> CountyCoverage:
    """The coverage of a county, or of a township. Rule: docs/rules/distance.md."""
    inside = prefix(place)
    villages = living(regions_inside(inside)).filter(level=Level.VILLAGE)
    places = list(villages.values_list("code", "lat", "lon"))
    located = [(lat, lon) for _code, lat, lon in places if lat is not None]
    stations = stations_inside(inside)
    operating = stations.filter(state=StationState.OPERATING)
    served = set(operating.filter(tier=TierChoices.VILLAGE).values_list("region_id", flat=True))
    return CountyCoverage(
        county_code=county_code(place),
        tiers=_tier_counts(stations),
        villages=len(places),
        located=len(located),
        with_station=sum(code in served for code, _lat, _lon in places),
        reach=Coverage(len(located), sum(covered_places(located, _circles(operating)))),
    )


def _tier_counts(stations: QuerySet[Station]) -> tuple[TierCount, ...]:
    operating = Count("pk", filter=Q(state=StationState.OPERATING))
    open_ones = stations.exclude(state=StationState.CLOSED).order_by().values("tier")
    counted = {row["tier"]: row for row in open_ones.annotate(stations=Count("pk"), operating=operating)}
    nothing = {"stations": 0, "operating": 0}
    return tuple(
        TierCount(
            tier=tier.value,
            label=str(tier.label),
            stations=counted.get(tier.value, nothing)["stations"],
            operating=counted.get(tier.value, nothing)["operating"],
        )
        for tier in TierChoices
    )


def _circles(operating: QuerySet[Station]) -> Iterable[tuple[Point, float]]:
    own = operating.filter(point_is_own=True, lat__isnull=False).order_by("pk")
    return [((lat, lon), radius) for lat, lon, radius in own.values_list("lat", "lon", "radius_m")]


def villages_near(station: Station) -> list[tuple[Region, float]]:
    """Located villages within a station's radius and their distance in metres, the nearest first.

    Empty for a station without a point of its own.
    """
    if not station.point_is_own or station.lat is None:
        return []
    centre = (station.lat, station.lon)
    box = bounding_box(centre, station.radius_m)
    around = living(regions_inside(prefix(station.county_code))).filter(
        level=Level.VILLAGE, lat__range=(box.south, box.north), lon__range=(box.west, box.east)
    )
    measured = [(village, haversine_m(centre, (village.lat, village.lon))) for village in around]
    near = [each for each in measured if each[1] <= station.radius_m]
    return sorted(near, key=lambda each: (each[1], each[0].code))


@dataclass(frozen=True)
class VillagePoint:
    """A located village and whether a station reaches it."""

    code: str
    name: str
    lat: float
    lon: float
    is_covered: bool


def map_points(county: str) -> tuple[list[Station], list[VillagePoint]]:
    """What a map of a county shows: stations with a point that are not closed, and located villages."""
    inside = stations_inside(prefix(county)).exclude(state=StationState.CLOSED)
    stations = list(inside.order_by("region_id", "pk"))
    reached = villages_reached(county, stations)
    return [station for station in stations if station.lat is not None], list(reached.located)


@dataclass(frozen=True)
class VillagesReached:
    """The villages of a place: how many, how many have an operating village point, and where they lie."""

    villages: int
    with_station: int
    located: tuple[VillagePoint, ...]

    @property
    def share(self) -> float | None:
        """Share of all villages that have an operating point, 0 to 1; None without villages."""
        return self.with_station / self.villages if self.villages else None


def villages_reached(place: str, stations: Iterable[Station]) -> VillagesReached:
    """How stations that are known already reach the villages of a place, in one statement."""
    villages = list(
        living(regions_inside(prefix(place)))
        .filter(level=Level.VILLAGE)
        .order_by("code")
        .values_list("code", "name", "lat", "lon")
    )
    operating = [station for station in stations if station.state == StationState.OPERATING]
    served = {station.region_id for station in operating if station.tier == TierChoices.VILLAGE}
    circles = [
        ((station.lat, station.lon), station.radius_m)
        for station in operating
        if station.point_is_own and station.lat is not None
    ]
    located = [village for village in villages if village[2] is not None]
    covered = covered_places([(lat, lon) for _code, _name, lat, lon in located], circles)
    return VillagesReached(
        villages=len(villages),
        with_station=sum(code in served for code, *_more in villages),
        located=tuple(
            VillagePoint(*village, is_covered=is_covered)
            for village, is_covered in zip(located, covered, strict=True)
        ),
    )


def without_certified_agent(day: date) -> QuerySet[Station]:
    """Operating village points at which nobody holds a certificate that is valid on a day."""
    certified = Agent.objects.filter(
        station=OuterRef("pk"), left_on__isnull=True, user__is_active=True, certified_until__gte=day
    )
    points = Station.objects.filter(state=StationState.OPERATING, tier=TierChoices.VILLAGE)
    return points.exclude(Exists(certified)).order_by("region_id", "id")
