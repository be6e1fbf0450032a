"""Months and years of the calendar."""

from datetime import UTC, date, datetime

import pytest

from aftersales.lib.errors import InvalidValue
from aftersales.lib.months import last_day_of, month_of, months_from, read_month, start_of, years_after


def test_months_go_over_the_turn_of_the_year():
    first = date(2026, 11, 1)

    assert [months_from(first, number) for number in (-11, 0, 1, 2, 14)] == [
        date(2025, 12, 1),
        first,
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2028, 1, 1),
    ]
    assert months_from(date(2026, 11, 30), -9) == date(2026, 2, 1)


def test_a_day_begins_at_midnight_in_china():
    assert start_of(date(2026, 11, 20)) == datetime(2026, 11, 19, 16, tzinfo=UTC)


def test_a_month_begins_and_ends():
    assert (month_of(date(2028, 2, 17)), last_day_of(date(2028, 2, 17))) == (
        date(2028, 2, 1),
        date(2028, 2, 29),
    )


@pytest.mark.parametrize(
    ("day", "years", "after"),
    [
        (date(2026, 11, 20), 2, date(2028, 11, 20)),
        (date(2028, 2, 29), 1, date(2029, 3, 1)),
        (date(2028, 2, 29), 4, date(2032, 2, 29)),
    ],
)
def test_the_same_day_years_later(day, years, after):
    assert years_after(day, years) == after


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "1999-12",
        "26-11",
        "2026-1",
        "２０２６-11",
        "2026-11-01",
        "-2026",
        "20261-1",
    ],
)
def test_what_is_no_month_is_refused(text):
    with pytest.raises(InvalidValue):
        read_month(text)


def test_month_of_an_address_is_read():
    assert read_month("2026-11") == date(2026, 11, 1)
