"""docs/rules/distance.md: how far apart two points are, and how many lie within reach.

Points are WGS 84 (CGCS2000 is equal for this use), latitude first, in degrees. Map services in
China hand out GCJ-02, which is off by several hundred metres: convert it before it comes here.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import asin, cos, degrees, radians, sin, sqrt

from aftersales.lib.errors import InvalidValue

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth: a sphere is within 0.5 % of the true distance."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """Smallest and largest latitude and longitude around a circle, in degrees."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True)
class Coverage:
    """How many of a number of places lie within the radius of a station."""

    places: int
    covered: int

    @property
    def share(self) -> float | None:
        """0 to 1; None when there are no places, which is not the same as none covered."""
        return self.covered / self.places if self.places else None


def haversine_m(a: Point, b: Point) -> float:
    """Metres between two points along the surface of a sphere."""
    _check(a)
    _check(b)
    (lat_a, lon_a), (lat_b, lon_b) = (map(radians, a), map(radians, b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))


def bounding_box(centre: Point, radius_m: float) -> Box:
    """The box that holds every point within the radius: a first sieve the database can use.

    It is slightly larger than the circle; `haversine_m` decides. Meant for inhabited
    latitudes: raises InvalidValue("near_pole") where the circle would reach a pole.
    """
    _check(centre)
    lat, lon = centre
    angle = radius_m / EARTH_RADIUS_M
    d_lat = degrees(angle)
    if abs(lat) + d_lat >= 90:
        raise InvalidValue("near_pole", "the circle reaches a pole")
    d_lon = degrees(asin(min(1.0, sin(angle) / cos(radians(lat)))))
    return Box(lat - d_lat, lon - d_lon, lat + d_lat, lon + d_lon)


def coverage(places: Iterable[Point], stations: Sequence[Point], radius_m: float) -> Coverage:
    """How many places have at least one station within the radius, the limit included."""
    by_latitude = sorted(stations)
    latitudes = [lat for lat, _lon in by_latitude]
    total = covered = 0
    for place in places:
        total += 1
        box = bounding_box(place, radius_m)
        candidates = by_latitude[bisect_left(latitudes, box.south) : bisect_right(latitudes, box.north)]
        covered += any(
            box.west <= station[1] <= box.east and haversine_m(place, station) <= radius_m
            for station in candidates
        )
    return Coverage(total, covered)


def covered_places(places: Iterable[Point], circles: Iterable[tuple[Point, float]]) -> list[bool]:
    """For each place, whether it lies in one of the circles (centre, radius in metres), the limit included.

    Like `coverage`, for stations whose radius differs and for whoever wants to know which places.
    """
    boxed = [(bounding_box(centre, radius_m), centre, radius_m) for centre, radius_m in circles]
    return [
        any(
            box.south <= lat <= box.north
            and box.west <= lon <= box.east
            and haversine_m((lat, lon), centre) <= radius_m
            for box, centre, radius_m in boxed
        )
        for lat, lon in places
    ]


def nearest(place: Point, stations: Iterable[Point]) -> tuple[int, float] | None:
    """Position in `stations` of the nearest one and its distance in metres; None without stations."""
    distances = [haversine_m(place, station) for station in stations]
    if not distances:
        return None
    position = min(range(len(distances)), key=distances.__getitem__)
    return position, distances[position]


def _check(point: Point) -> None:
    lat, lon = point
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise InvalidValue("not_on_earth", "latitude or longitude is out of range")
