"""Which months and quarters boards and reports offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import Http404

from aftersales.lib.periods import Period, PeriodError, PeriodKind

MONTHS_OFFERED, QUARTERS_OFFERED = 24, 8
FIRST_YEAR = 2020


@dataclass(frozen=True)
class PeriodChoice:
    """The period a page is about, and those it offers, the newest first."""

    period: Period
    months: tuple[Period, ...]
    quarters: tuple[Period, ...]
    is_running: bool


def period_asked(name: str, today: date) -> PeriodChoice:
    """The month or quarter that was asked for, else the running month; 404 for anything else."""
    month = Period.of(today, PeriodKind.MONTH)
    quarter = Period.of(today, PeriodKind.QUARTER)
    try:
        period = Period.named(name) if name else month
    except PeriodError:
        raise Http404 from None
    is_known = period.kind in (PeriodKind.MONTH, PeriodKind.QUARTER)
    if not is_known or period.first.year < FIRST_YEAR or period.first > today:
        raise Http404
    return PeriodChoice(
        period,
        months=month.back(MONTHS_OFFERED)[::-1],
        quarters=quarter.back(QUARTERS_OFFERED)[::-1],
        is_running=not period.is_over(today),
    )
