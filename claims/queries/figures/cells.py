"""Figures of a place and a period from what was counted before: cost grows with places, not with claims.

Everybody reads the same views, on either connection and in their scope; who may not see a place finds
nothing counted there. The figures of the whole country are for those who may see everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from aftersales.accounts.scoping import current_scope
from aftersales.lib.periods import Period, PeriodKind
from claims.models import CellReading, PlaceReading, ProgressReading
from claims.models.figures import CellKind
from claims.queries.figures import stored
from claims.queries.figures.tally import Figures
from stations.rules.regions import COUNTYLESS_CITIES, DIGITS, Level, code_range, level_of, prefix

CODE_DIGITS = DIGITS[Level.VILLAGE]


def of_region(region_code: str, period: Period, *, using: str = "default") -> Figures:
    """The figures of a region of any level, 000000000000 for the country; one statement."""
    cells = _of_place(region_code, [period], using)
    return Figures.sum_of(stored.read(*row) for row in cells.values_list(*stored.COLUMNS))


def of_station(station_id: int, period: Period, *, using: str = "default") -> Figures:
    """The figures of one station; one statement."""
    cells = _in([period], using).filter(station_id=station_id)
    return Figures.sum_of(stored.read(*row) for row in cells.values_list(*stored.COLUMNS))


def by_station(region_code: str, period: Period, *, using: str = "default") -> dict[int, Figures]:
    """The figures of the stations in a region for which something was counted; one statement."""
    first, last = code_range(prefix(region_code))
    cells = _in([period], using).filter(
        level=Level.VILLAGE, region_code__gte=first, region_code__lte=last, station_id__gt=0
    )
    return _grouped(cells.values_list("station_id", *stored.COLUMNS))


def by_child(region_code: str, period: Period, *, using: str = "default") -> dict[str, Figures]:
    """The figures of the next level's places in which something was counted or a station is; two statements.

    They add up to the figures of the region. What belongs to no place of that level stands under the
    region's own code: a county centre among the townships.
    """
    return by_level(region_code, child_level(region_code), period, using=using)


def by_level(
    region_code: str, level: Level, period: Period, *, using: str = "default", with_times: bool = True
) -> dict[str, Figures]:
    """As `by_child`, for any level below the region: the counties of the country; two statements.

    Without times no medians can be asked for, and hardly anything is read.
    """
    first, last = code_range(prefix(region_code))
    places = {
        code_at(level, code)
        for code in PlaceReading.objects.using(using)
        .filter(region_code__gte=first, region_code__lte=last)
        .order_by()
        .values_list("region_code", flat=True)
        .distinct()
    }
    cells = _in([period], using).filter(level=level, region_code__gte=first, region_code__lte=last)
    columns = stored.COLUMNS if with_times else stored.COLUMNS[:1]
    found = {code: Figures(has_times=with_times) for code in places if is_reached(code)}
    found |= _grouped(cells.values_list("region_code", *columns), has_times=with_times)
    return dict(sorted(found.items()))


def trend(
    region_code: str, periods: Sequence[Period], *, using: str = "default", with_times: bool = False
) -> dict[Period, Figures]:
    """The figures of a region in several periods of one kind; one statement.

    Without times no medians can be asked for, and hardly anything is read.
    """
    cells = _of_place(region_code, periods, using)
    columns = stored.COLUMNS if with_times else stored.COLUMNS[:1]
    found = {period: Figures(has_times=with_times) for period in periods}
    kind = periods[0].kind
    for day, *row in cells.values_list("first_day", *columns):
        period = Period.of(day, kind)
        if period in found:
            found[period].merge(stored.read(*row))
    return found


def counted_at(*, using: str = "default") -> datetime | None:
    """When the cells were last brought up to date; None as long as nothing was ever counted."""
    return ProgressReading.objects.using(using).values_list("folded_at", flat=True).first()


def is_reached(region_code: str) -> bool:
    """Whether the caller's scope reaches all of a place, so that its figures may be read."""
    scope = current_scope()
    return scope.everywhere or any(prefix(region_code).startswith(each) for each in scope.regions)


def child_level(region_code: str) -> Level:
    """The level below a place; towns come next in the cities that have no counties."""
    level = level_of(region_code)
    if region_code[: DIGITS[Level.CITY]] in COUNTYLESS_CITIES and level == Level.CITY:
        return Level.TOWNSHIP
    return Level(min(level + 1, Level.VILLAGE))


def code_at(level: Level, region_code: str) -> str:
    """The code of the place of a level in which a place lies, or its own when it lies above."""
    return region_code[: DIGITS[level]].ljust(CODE_DIGITS, "0")


def _of_place(region_code: str, periods: Sequence[Period], using: str):
    return _in(periods, using).filter(level=level_of(region_code), region_code=region_code)


def _in(periods: Sequence[Period], using: str):
    kind = CellKind.DAY if periods[0].kind == PeriodKind.DAY else CellKind.MONTH
    first, last = min(period.first for period in periods), max(period.last for period in periods)
    return (
        CellReading.objects.using(using)
        .filter(kind=kind, first_day__gte=first, first_day__lte=last)
        .order_by()
    )


def _grouped(rows: Iterable[tuple], *, has_times: bool = True) -> dict:
    found: dict = {}
    for place, *row in rows:
        found.setdefault(place, Figures(has_times=has_times)).merge(stored.read(*row))
    return found
