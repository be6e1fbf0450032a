"""docs/rules/routes.md: in which order somebody makes the visits of a day, and how far that is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from stations.rules.distance import Point, haversine_m

ROAD_FACTOR = 1.33
"""Road kilometres for one as the crow flies, in China (Ballou, Rahardja and Sakai 2002)."""

LONGEST_SEGMENT = 3
"""The most stops that the second improvement moves together to another place of the route."""


@dataclass(frozen=True)
class Stop:
    """One visit: its key, the beginning of the window that was promised, and where it is, if known."""

    key: int
    window: datetime
    point: Point | None = None


@dataclass(frozen=True)
class Route:
    """Stops in order with the way to each in metres of road, None where a place is not known.

    `back_m` is the way home from the last stop. `distance_m` leaves out what is not known.
    """

    stops: tuple[Stop, ...]
    legs_m: tuple[int | None, ...]
    back_m: int | None

    @property
    def keys(self) -> tuple[int, ...]:
        return tuple(stop.key for stop in self.stops)

    @property
    def distance_m(self) -> int:
        return sum(filter(None, (*self.legs_m, self.back_m)))


def road_m(a: Point, b: Point) -> int:
    """Metres of road between two points: the distance on the globe times ROAD_FACTOR, rounded."""
    return round(haversine_m(a, b) * ROAD_FACTOR)


def measure(start: Point | None, stops: Iterable[Stop]) -> Route:
    """The route that makes the stops in the order given, from the start and back to it."""
    stops, legs, here = tuple(stops), [], start
    for stop in stops:
        legs.append(road_m(here, stop.point) if here and stop.point else None)
        here = stop.point or here
    return Route(stops, tuple(legs), road_m(here, start) if stops and here and start else None)


def compute(start: Point | None, stops: Iterable[Stop], *, made: Iterable[Stop] = ()) -> Route:
    """The shortest order found: nearest neighbour, improved until no change helps, window after window.

    A stop of a later window never comes before one of an earlier window. Stops without a point come last
    in their window. `made` are stops that are over, in the order they were made: they stay in front, and
    the rest is worked out from the last of them. The same stops give the same order, however they come.
    """
    made = tuple(made)
    here = next((stop.point for stop in reversed(made) if stop.point), start)
    return measure(start, (*made, *_improved(here, start, nearest_neighbour(here, stops))))


def nearest_neighbour(start: Point | None, stops: Iterable[Stop]) -> tuple[Stop, ...]:
    """Window after window, always the nearest stop that is left; of two equally near the lower key."""
    ordered, here = [], start
    for _window, group in groupby(sorted(stops, key=_by_window), key=lambda stop: stop.window):
        left = list(group)
        unplaced = [stop for stop in left if not stop.point]
        left = [stop for stop in left if stop.point]
        while left:
            nearest = min(left, key=lambda stop: (road_m(here, stop.point) if here else 0, stop.key))
            left.remove(nearest)
            ordered.append(nearest)
            here = nearest.point
        ordered += unplaced
    return tuple(ordered)


def placed(start: Point | None, ordered: Sequence[Stop], more: Iterable[Stop]) -> tuple[Stop, ...]:
    """An order that somebody made by hand with further stops, each where it adds least inside its window."""
    ordered = list(ordered)
    for stop in sorted(more, key=_by_window):
        first = sum(each.window < stop.window for each in ordered)
        last = sum(each.window <= stop.window for each in ordered)
        spots = ([*ordered[:spot], stop, *ordered[spot:]] for spot in range(last, first - 1, -1))
        ordered = min(spots, key=lambda stops: measure(start, stops).distance_m)
    return tuple(ordered)


def by_hand(stops: Iterable[Stop], order: Sequence[int]) -> tuple[Stop, ...]:
    """The stops that `order` names, in that order, but window after window: a window was promised."""
    place = {key: number for number, key in enumerate(order)}
    known = [stop for stop in stops if stop.key in place]
    return tuple(sorted(known, key=lambda stop: (stop.window, place[stop.key])))


def exchanged(ordered: Sequence[Stop], key: int, step: int) -> tuple[int, ...] | None:
    """The keys with one stop a place earlier (step -1) or later (1); None when its window ends there."""
    keys = [stop.key for stop in ordered]
    place = keys.index(key)
    other = place + step
    if not 0 <= other < len(keys) or ordered[place].window != ordered[other].window:
        return None
    keys[place], keys[other] = keys[other], keys[place]
    return tuple(keys)


def _by_window(stop: Stop) -> tuple[datetime, int]:
    return stop.window, stop.key


def _improved(here: Point | None, home: Point | None, ordered: Sequence[Stop]) -> list[Stop]:
    """Reverse and move segments inside their window as long as that shortens the way from here to home.

    Every change saves at least a metre, so it ends.
    """
    located = [stop for stop in ordered if stop.point]
    ways = _Ways(here, home, located)
    order = list(range(1, len(located) + 1))
    windows = [located[number - 1].window for number in order]
    while better := _shorter(ways, order, windows):
        order = better
    best = [located[number - 1] for number in order]
    unplaced = [stop for stop in ordered if not stop.point]
    return sorted([*best, *unplaced], key=lambda stop: stop.window)


class _Ways:
    """Metres of road between places: 0 is where the route begins, the last number where it ends."""

    def __init__(self, here: Point | None, home: Point | None, stops: Sequence[Stop]) -> None:
        points = [here, *(stop.point for stop in stops), home]
        self.home = len(points) - 1
        self.between = [[road_m(a, b) if a and b else 0 for b in points] for a in points]

    def along(self, *places: int) -> int:
        return sum(self.between[a][b] for a, b in pairwise(places))


def _shorter(ways: _Ways, order: list[int], windows: Sequence[datetime]) -> list[int] | None:
    """The first shorter order that reversing a segment (2-opt) or moving a short one (Or-opt) gives."""
    whole = [0, *order, ways.home]
    for first in range(len(order)):
        for last in range(first, len(order)):
            if windows[first] != windows[last]:
                break
            before, segment, after = whole[: first + 1], order[first : last + 1], whole[last + 2 :]
            ends = before[-1], after[0]
            now = ways.along(ends[0], segment[0]) + ways.along(segment[-1], ends[1])
            turned = ways.along(ends[0], segment[-1]) + ways.along(segment[0], ends[1])
            if turned < now:
                return [*before[1:], *reversed(segment), *after[:-1]]
            if len(segment) <= LONGEST_SEGMENT:
                rest = [*before[1:], *after[:-1]]
                found = _moved(ways, rest, segment, windows, first, now - ways.along(*ends))
                if found:
                    return found
    return None


def _moved(
    ways: _Ways, rest: list[int], segment: list[int], windows: Sequence[datetime], first: int, saved: int
) -> list[int] | None:
    """The rest with the segment where it costs less than `saved`, inside the window it came from."""
    opens = windows.index(windows[first])
    closes = opens + windows.count(windows[first]) - len(segment)
    for spot in range(opens, closes + 1):
        before = rest[spot - 1] if spot else 0
        after = rest[spot] if spot < len(rest) else ways.home
        for way in (segment, segment[::-1]):
            if ways.along(before, *way, after) - ways.along(*way) - ways.along(before, after) < saved:
                return [*rest[:spot], *way, *rest[spot:]]
    return None
