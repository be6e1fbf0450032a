"""How late a rule came onto the page, in working days after the day it counts from."""

from datetime import date

import pytest

from claims.rules.rule_log import is_on_time, working_days_late


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("valid_from", "published_on", "late", "on_time"),
    [
        (date(2026, 1, 1), date(2025, 12, 30), 0, True),
        (date(2026, 3, 9), date(2026, 3, 9), 0, True),
        (date(2026, 3, 9), date(2026, 3, 12), 3, True),
        (date(2026, 3, 9), date(2026, 3, 13), 4, False),
        (date(2026, 3, 9), date(2026, 3, 15), 4, False),
        (date(2026, 3, 6), date(2026, 3, 8), 0, True),
        (date(2026, 3, 6), date(2026, 3, 9), 1, True),
    ],
)
def test_working_days_after_the_first_day_are_counted(valid_from, published_on, late, on_time):
    days = working_days_late(valid_from, published_on, is_weekday)

    assert (days, is_on_time(days)) == (late, on_time)
