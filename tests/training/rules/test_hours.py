"""Which period counts for somebody, and how they stand in it."""

import csv
import itertools
from datetime import date
from pathlib import Path

import pytest

from training.rules.hours import Period, Standing, period_of, standing

GOLDEN = Path(__file__).parents[2] / "golden" / "training_hours.csv"


def cases():
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", cases(), ids=lambda row: row["case"])
def test_period_of_the_agreed_examples(row):
    joined_on = date.fromisoformat(row["joined_on"]) if row["joined_on"] else None

    period = period_of(joined_on, date.fromisoformat(row["today"]))

    assert period == Period(
        date.fromisoformat(row["first"]),
        date.fromisoformat(row["last"]),
        int(row["minutes"]),
        is_first_year=row["is_first_year"] == "yes",
    )


def test_every_day_of_five_years_lies_in_its_own_period_and_periods_do_not_overlap():
    for joined_on in (date(2024, 2, 29), date(2024, 1, 1), date(2024, 12, 31), date(2024, 7, 15)):
        days = [
            date.fromordinal(number) for number in range(joined_on.toordinal(), joined_on.toordinal() + 1830)
        ]
        periods = []
        for day in days:
            period = period_of(joined_on, day)
            assert period.first <= day <= period.last
            if not periods or periods[-1] != period:
                periods.append(period)

        gaps = [
            later.first.toordinal() - earlier.last.toordinal()
            for earlier, later in itertools.pairwise(periods)
        ]
        assert set(gaps) == {1}
        assert [period.is_first_year for period in periods] == [True] + [False] * (len(periods) - 1)


def test_standing_counts_what_lies_inside_the_period_and_takes_corrections_off():
    learned = [
        (date(2025, 12, 31), 500),
        (date(2026, 1, 1), 300),
        (date(2026, 6, 1), 600),
        (date(2026, 6, 1), -100),
        (date(2026, 12, 31), 20),
        (date(2027, 1, 1), 900),
    ]

    found = standing(None, date(2026, 11, 20), learned)

    assert found == Standing(Period(date(2026, 1, 1), date(2026, 12, 31), 2400), 820)
    assert (found.missing, found.percent) == (1580, 34)


@pytest.mark.parametrize(
    ("learned", "missing", "percent"),
    [
        (2399, 1, 99),
        (2400, 0, 100),
        (5000, 0, 100),
        (0, 2400, 0),
        (-60, 2460, 0),
    ],
)
def test_a_hundred_percent_means_all_of_it(learned, missing, percent):
    found = Standing(Period(date(2026, 1, 1), date(2026, 12, 31), 2400), learned)

    assert (found.missing, found.percent) == (missing, percent)


def test_nothing_is_missing_where_nothing_is_asked_for():
    found = standing(date(2025, 12, 15), date(2026, 12, 20), [])

    assert (found.period.minutes, found.percent) == (0, 100)
