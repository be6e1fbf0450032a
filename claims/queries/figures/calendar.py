"""Months by the calendar of Shanghai."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from aftersales.lib.periods import SHANGHAI


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """First instant of a month and of the next one, Shanghai time."""
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return (
        datetime(first.year, first.month, 1, tzinfo=SHANGHAI),
        datetime(following.year, following.month, 1, tzinfo=SHANGHAI),
    )


def months_back(month: date, count: int) -> list[date]:
    """The first days of `count` months that end with this one, oldest first."""
    months = [month.replace(day=1)]
    while len(months) < count:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[::-1]
