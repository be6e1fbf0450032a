"""The way of a day: forty visits in one window, the most work there is, and in five windows."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime

from bench.measures import Measure
from claims.rules.routes import Route, Stop, compute, nearest_neighbour
from claims.rules.routes import measure as along

REPEATS = 5
STOPS = 40
STATION = (26.84, 106.59)
REACH_DEGREES = 0.15
HOURS = (0, 2, 6, 8, 10)


def measure() -> list[Measure]:
    """Seconds for forty stops scattered over a county, other ones in every repetition."""
    found = []
    for windows in (1, len(HOURS)):
        line = Measure(f"way of {STOPS} visits, windows: {windows}", "s", 2, 0.5)
        shorter = []
        for repeat in range(REPEATS):
            stops = _stops(windows, seed=repeat)
            started = time.perf_counter()
            route = compute(STATION, stops)
            line.ours.append(time.perf_counter() - started)
            shorter.append(_saved(route, stops))
        line.note = f"{min(shorter):.0%} to {max(shorter):.0%} shorter than nearest first"
        found.append(line)
    return found


def _saved(route: Route, stops: list[Stop]) -> float:
    rough = along(STATION, nearest_neighbour(STATION, stops))
    return 1 - route.distance_m / rough.distance_m


def _stops(windows: int, *, seed: int) -> list[Stop]:
    drawn = random.Random(seed)
    return [
        Stop(
            key=key,
            window=datetime(2026, 11, 23, HOURS[key % windows], tzinfo=UTC),
            point=tuple(degrees + drawn.uniform(-REACH_DEGREES, REACH_DEGREES) for degrees in STATION),
        )
        for key in range(STOPS)
    ]
