"""docs/rules/rule-book.md: how late a rule came onto the public page."""

from collections.abc import Callable
from datetime import date, timedelta

ON_THE_PAGE_WITHIN = 3
"""Working days after a change by which the page of the rules has to show it. Source: S-20."""


def working_days_late(valid_from: date, published_on: date, is_working_day: Callable[[date], bool]) -> int:
    """Working days after the first day on which a rule counts, up to and with the day of its publication.

    0 when it was published by that first day.
    """
    days = (published_on - valid_from).days
    return sum(is_working_day(valid_from + timedelta(days=number)) for number in range(1, days + 1))


def is_on_time(days_late: int) -> bool:
    return days_late <= ON_THE_PAGE_WITHIN
