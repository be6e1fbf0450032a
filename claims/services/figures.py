"""Keeping the cells of figures true: folded from the trail every minute, rebuilt from the claims at any time.

The unit of counting is one county's month, in a transaction of its own; what lies above a county is added up
from below afterwards. Only cells that are different are written, so that counting again costs no writing.
docs/rules/figures.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.sealing import SETTLED
from aftersales.lib.periods import Period
from aftersales.web.row_writes import insert_rows, update_rows
from claims.models import FigureCell, FigureProgress
from claims.models.figures import CellKind
from claims.queries.figures import stale, stored
from claims.queries.figures.cases import leaves
from claims.queries.figures.cells import code_at
from claims.queries.figures.stale import CountyMonth
from claims.queries.figures.tally import Figures
from stations.rules.regions import NATION, Level, code_range, prefix

COLUMNS = ("filed", *stored.COLUMNS)
KEY = ("kind", "level", "region_code", "station_id", "first_day")
ABOVE = (Level.CITY, Level.PROVINCE, Level.NATION)
"""From below: each is added up from the level right below it."""
ONLY = 1
SHOWN = 5
"""How many differences the trail names."""

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


def fold(now: datetime) -> int:
    """Bring every cell up to date with what the trail has told since the last time; returns how many changed.

    Events younger than SETTLED are looked at again next time, since older ones can still arrive beside
    them. Running it twice, or at once, changes nothing more. Wants a scope that reaches everything.
    """
    known = stale.progress()
    after = known.event_id if known else 0
    settled = stale.settled_event(after, before=now - SETTLED)
    changed = _count(stale.since(after) if known else stale.months_of(), now)
    _advance(settled, now)
    return changed


def rebuild(
    county_code: str | None = None, months: Collection[Period] | None = None, *, now: datetime
) -> int:
    """Count every month of every county anew, or those asked for; returns how many cells were different."""
    wanted = _wanted(county_code, months)
    known = stale.progress()
    settled = stale.settled_event(known.event_id if known else 0, before=now - SETTLED)
    changed = _count(wanted, now, whole=True)
    if county_code is None and months is None:
        _advance(settled, now)
    return changed


def check(county_code: str | None = None, months: Collection[Period] | None = None) -> list[Difference]:
    """The cells that a rebuild would change; those that the next fold brings up to date are left out."""
    found: list[Difference] = []
    for month, counties in _by_month(_wanted(county_code, months)):
        of_month: list[Difference] = []
        for county in counties:
            with _alone():
                steps = _compare(_due_of_county(county, month), _kept_of_county(county, month))
            of_month += [step.difference for step in steps]
        if of_month:
            known = stale.progress()
            waiting = {
                county for county, each in stale.since(known.event_id if known else 0) if each == month
            }
            of_month = [each for each in of_month if code_at(Level.COUNTY, each.key[2]) not in waiting]
        found += of_month
        with _alone():
            for level in ABOVE:
                found += [step.difference for step in _compare_above(level, month, None)]
    return found


def verify(*, by: User, now: datetime) -> int:
    """Compare the last two months and one older one, another every night, and put right what is different.

    The trail keeps that and how much was: it is a fault of the program or of whoever wrote past it. Returns
    how many cells were different.
    """
    months = sorted({month for _county, month in stale.months_of()})
    chosen = set(months[-2:])
    if older := months[:-2]:
        chosen.add(older[now.toordinal() % len(older)])
    differences = check(months=chosen)
    if differences:
        rebuild(months=chosen, now=now)
        trail.record(
            "figures.put_right",
            by=by,
            after={
                "differences": len(differences),
                "months": [month.name for month in sorted(chosen)],
                "first": [str(each) for each in differences[:SHOWN]],
            },
            at=now,
        )
    return len(differences)


def _wanted(county_code: str | None, months: Collection[Period] | None) -> set[CountyMonth]:
    known = stale.months_of(county_code)
    return known if months is None else {each for each in known if each[1] in months}


def _by_month(wanted: Iterable[CountyMonth]) -> list[tuple[Period, list[str]]]:
    found: dict[Period, list[str]] = defaultdict(list)
    for county, month in sorted(wanted):
        found[month].append(county)
    return sorted(found.items())


def _count(wanted: Iterable[CountyMonth], now: datetime, *, whole: bool = False) -> int:
    """Count these county-months, and what lies above them: of what has changed in the same transaction, so
    that an end halfway leaves nothing behind, or, if asked, of all in the month afterwards."""
    changed = 0
    for month, counties in _by_month(wanted):
        for county in counties:
            with _alone():
                steps = _compare(_due_of_county(county, month), _kept_of_county(county, month))
                _write(steps, now)
                changed += len(steps)
                if not whole:
                    changed += _count_above(month, _moved(steps), now)
        if whole:
            with _alone():
                changed += _count_above(month, None, now)
    return changed


def _moved(steps: list[_Step]) -> set[Moved]:
    """The cells of the county itself among those that are different."""
    return {
        (kind, region, first_day)
        for kind, level, region, _station, first_day in (step.difference.key for step in steps)
        if level == Level.COUNTY
    }


def _count_above(month: Period, moved: set[Moved] | None, now: datetime) -> int:
    changed = 0
    for level in ABOVE:
        if moved is not None:
            moved = {(kind, code_at(level, region), day) for kind, region, day in moved}
        steps = _compare_above(level, month, moved)
        _write(steps, now)
        changed += len(steps)
    return changed


def _compare_above(level: Level, month: Period, moved: Collection[Moved] | None) -> list[_Step]:
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
    return _compare(due, kept)


@contextmanager
def _alone() -> Iterator[None]:
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
class _Step:
    """What is to be written for one cell: a new one, others values, or nothing any more."""

    difference: Difference
    county: str
    pk: int | None
    values: tuple | None


def _due_of_county(county: str, month: Period) -> dict[Key, tuple[str, Figures]]:
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


def _kept_of_county(county: str, month: Period) -> dict[Key, _Row]:
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


def _compare(due: dict[Key, tuple[str, Figures]], kept: dict[Key, _Row]) -> list[_Step]:
    """What has to be written so that the kept cells say what is due, in the order of their keys."""
    steps = []
    for key, (county, figures) in sorted(due.items()):
        values, row = _values(figures), kept.get(key)
        if row is None or row.values != values:
            difference = Difference(key, row and row.values[0], values[0])
            steps.append(_Step(difference, county, row and row.pk, values))
    for key, row in sorted(kept.items()):
        if key not in due:
            steps.append(_Step(Difference(key, row.values[0], None), "", row.pk, None))
    return steps


def _values(figures: Figures) -> tuple[Any, ...]:
    return (
        figures.filed,
        stored.content_of(figures),
        stored.times_of(figures.responses),
        stored.times_of(figures.resolutions),
    )


def _write(steps: list[_Step], now: datetime) -> None:
    gone = [step.pk for step in steps if step.values is None]
    if gone:
        FigureCell._base_manager.filter(pk__in=gone).delete()
    rows = [_row(step, now) for step in steps if step.values is not None]
    insert_rows([row for row in rows if row.pk is None])
    update_rows([row for row in rows if row.pk is not None], (*COLUMNS, "counted_at"))


def _row(step: _Step, now: datetime) -> FigureCell:
    given = dict(zip((*KEY, *COLUMNS), (*step.difference.key, *(step.values or ())), strict=True))
    return FigureCell(pk=step.pk, county_code=step.county, counted_at=now, **given)


def _advance(event: int, now: datetime) -> None:
    """Note how far the trail is folded; never backwards."""
    with transaction.atomic():
        FigureProgress.objects.get_or_create(pk=ONLY, defaults={"event_id": event, "folded_at": now})
        FigureProgress.objects.filter(pk=ONLY, event_id__lt=event).update(event_id=event)
        FigureProgress.objects.filter(pk=ONLY, folded_at__lt=now).update(folded_at=now)
