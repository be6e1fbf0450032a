"""Keeping the cells of figures true: folded from the trail every minute, rebuilt from the claims at any time.

The unit of counting is one county's month, in a transaction of its own; what lies above a county is added up
from below. docs/rules/figures.md, "Cells".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.sealing import SETTLED
from aftersales.lib.periods import Period
from claims.models import FigureProgress
from claims.queries.figures import stale
from claims.queries.figures.cells import code_at
from claims.queries.figures.stale import CountyMonth
from claims.services.figure_cells import (
    ABOVE,
    ONLY,
    Difference,
    Moved,
    Step,
    alone,
    compare,
    compare_above,
    due_of_county,
    kept_of_county,
    write,
)
from stations.rules.regions import Level

SHOWN = 5
"""How many differences the trail names."""


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
            with alone():
                steps = compare(due_of_county(county, month), kept_of_county(county, month))
            of_month += [step.difference for step in steps]
        if of_month:
            known = stale.progress()
            waiting = {
                county for county, each in stale.since(known.event_id if known else 0) if each == month
            }
            of_month = [each for each in of_month if code_at(Level.COUNTY, each.key[2]) not in waiting]
        found += of_month
        with alone():
            for level in ABOVE:
                found += [step.difference for step in compare_above(level, month, None)]
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
            with alone():
                steps = compare(due_of_county(county, month), kept_of_county(county, month))
                write(steps, now)
                changed += len(steps)
                if not whole:
                    changed += _count_above(month, _moved(steps), now)
        if whole:
            with alone():
                changed += _count_above(month, None, now)
    return changed


def _moved(steps: list[Step]) -> set[Moved]:
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
        steps = compare_above(level, month, moved)
        write(steps, now)
        changed += len(steps)
    return changed


def _advance(event: int, now: datetime) -> None:
    """Note how far the trail is folded; never backwards."""
    with transaction.atomic():
        FigureProgress.objects.get_or_create(pk=ONLY, defaults={"event_id": event, "folded_at": now})
        FigureProgress.objects.filter(pk=ONLY, event_id__lt=event).update(event_id=event)
        FigureProgress.objects.filter(pk=ONLY, folded_at__lt=now).update(folded_at=now)
