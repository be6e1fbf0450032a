"""The cells of figures as they are kept and as they are due: of a county's month, and of what lies above.

Only cells that are different are written. docs/rules/figures.md, "Cells".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from aftersales.lib.periods import Period
from aftersales.web.row_writes import insert_rows, update_rows
from claims.models import FigureCell, FigureProgress
from claims.models.figures import CellKind
from claims.queries.figures import stored
from claims.queries.figures.cases import leaves
from claims.queries.figures.cells import code_at
from claims.queries.figures.tally import Figures
from stations.rules.regions import NATION, Level, code_range, prefix

COLUMNS = ("filed", *stored.COLUMNS)
KEY = ("kind", "level", "region_code", "station_id", "first_day")
ABOVE = (Level.CITY, Level.PROVINCE, Level.NATION)
"""From below: each is added up from the level right below it."""
ONLY = 1

Key = tuple[str, int, str, int, date]
"""As KEY."""
Moved = tuple[str, str, date]
"""Kind, region and first day of a cell that has changed."""
Span = tuple[date, date]


@dataclass(frozen=True)
class Difference:
    """A cell that does not say what the claims, or the cells below it, say."""

    key: Key
    kept: int | None
    due: int | None

    def __str__(self) -> str:
        kind, level, region, station, first_day = self.key
        place = f"station {station}" if station else f"level {level}"
        return f"figures of {region} ({place}), {kind} {first_day}: {_said(self.kept, self.due)}"


def _said(kept: int | None, due: int | None) -> str:
    if kept is None:
        return f"not kept, {due} claims filed"
    if due is None:
        return f"{kept} claims kept, there are none"
    return f"{kept} claims kept, {due} filed" if kept != due else f"{kept} claims, but not what came of them"


def compare_above(level: Level, month: Period, moved: Collection[Moved] | None) -> list[Step]:
    """The cells of a level that differ from those right below: of a whole month, or of these alone."""
    if moved is not None and not moved:
        return []
    days = [day for _kind, _region, day in moved or ()]
    span = (min(days), max(days)) if days else (month.first, month.last)
    regions = {region for _kind, region, _day in moved} if moved is not None else {NATION}
    due, kept = _due_above(level, span, regions), _kept(_cells(level, span, regions))
    if moved is not None:
        touched = {(kind, level, region, 0, day) for kind, region, day in moved}
        due = {key: figures for key, figures in due.items() if key in touched}
        kept = {key: row for key, row in kept.items() if key in touched}
    return compare(due, kept)


@contextmanager
def alone() -> Iterator[None]:
    """A transaction beside which nobody else counts."""
    with transaction.atomic():
        FigureProgress.objects.select_for_update().filter(pk=ONLY).first()
        yield


@dataclass(frozen=True)
class _Row:
    """A cell as it is kept."""

    pk: int
    values: tuple


@dataclass(frozen=True)
class Step:
    """What is to be written for one cell: a new one, others values, or nothing any more."""

    difference: Difference
    county: str
    pk: int | None
    values: tuple | None


def due_of_county(county: str, month: Period) -> dict[Key, tuple[str, Figures]]:
    """The cells of a county's month as the claims say: of its stations, townships and itself."""
    found: dict[Key, tuple[str, Figures]] = {}
    for (day, region, station), figures in leaves(county, month.starts_at, month.ends_at).items():
        for kind, first_day in ((CellKind.DAY, day), (CellKind.MONTH, month.first)):
            for key in (
                (kind, Level.VILLAGE, region, station, first_day),
                (kind, Level.TOWNSHIP, code_at(Level.TOWNSHIP, region), 0, first_day),
                (kind, Level.COUNTY, county, 0, first_day),
            ):
                found.setdefault(key, (county, Figures()))[1].merge(figures)
    return found


def _due_above(level: Level, span: Span, regions: Collection[str]) -> dict[Key, tuple[str, Figures]]:
    """The cells of a level inside these regions, as the cells right below say."""
    found: dict[Key, tuple[str, Figures]] = {}
    below = _cells(Level(level + 1), span, regions)
    for kind, region, day, *row in below.values_list("kind", "region_code", "first_day", *stored.COLUMNS):
        code = code_at(level, region)
        found.setdefault((kind, level, code, 0, day), (code, Figures()))[1].merge(stored.read(*row))
    return found


def kept_of_county(county: str, month: Period) -> dict[Key, _Row]:
    return _kept(
        FigureCell._base_manager.filter(
            county_code=county,
            kind__in=CellKind.values,
            first_day__gte=month.first,
            first_day__lte=month.last,
            level__gte=Level.COUNTY,
        )
    )


def _cells(level: Level, span: Span, regions: Collection[str]):
    """The cells of a level inside these regions between two days, both included."""
    inside = Q(pk__in=[])
    for region in sorted(regions):
        begin, end = code_range(prefix(region))
        inside |= Q(region_code__gte=begin, region_code__lte=end)
    first, last = span
    return FigureCell._base_manager.filter(
        inside, kind__in=CellKind.values, level=level, station_id=0, first_day__gte=first, first_day__lte=last
    )


def _kept(cells) -> dict[Key, _Row]:
    return {
        tuple(row[: len(KEY)]): _Row(row[-1], tuple(row[len(KEY) : -1]))
        for row in cells.order_by().values_list(*KEY, *COLUMNS, "pk")
    }


def compare(due: dict[Key, tuple[str, Figures]], kept: dict[Key, _Row]) -> list[Step]:
    """What has to be written so that the kept cells say what is due, in the order of their keys."""
    steps = []
    for key, (county, figures) in sorted(due.items()):
        values, row = _values(figures), kept.get(key)
        if row is None or row.values != values:
            difference = Difference(key, row and row.values[0], values[0])
            steps.append(Step(difference, county, row and row.pk, values))
    for key, row in sorted(kept.items()):
        if key not in due:
            steps.append(Step(Difference(key, row.values[0], None), "", row.pk, None))
    return steps


def _values(figures: Figures) -> tuple[Any, ...]:
    return (
        figures.filed,
        stored.content_of(figures),
        stored.times_of(figures.responses),
        stored.times_of(figures.resolutions),
    )


def write(steps: list[Step], now: datetime) -> None:
    gone = [step.pk for step in steps if step.values is None]
    if gone:
        FigureCell._base_manager.filter(pk__in=gone).delete()
    told = [step for step in steps if step.values is not None]
    new = [_row(step, now) for step in told if step.pk is None]
    known = [_row(step, now) for step in told if step.pk is not None]
    insert_rows(new)
    update_rows(known, (*COLUMNS, "counted_at"))


def _row(step: Step, now: datetime) -> FigureCell:
    given = dict(zip((*KEY, *COLUMNS), (*step.difference.key, *(step.values or ())), strict=True))
    return FigureCell(pk=step.pk, county_code=step.county, counted_at=now, **given)
