from datetime import date, timedelta

import pytest

from training.rules import skills


def test_every_day_belongs_to_one_quarter():
    day, quarters = date(2026, 1, 1), []
    while day < date(2028, 1, 1):
        first = skills.quarter_of(day)
        assert first <= day <= skills.last_day(first)
        quarters.append(first)
        day += timedelta(days=1)

    assert sorted(set(quarters)) == [date(year, month, 1) for year in (2026, 2027) for month in (1, 4, 7, 10)]


def test_the_last_day_of_each_quarter():
    firsts = [date(2026, month, 1) for month in (1, 4, 7, 10)]

    ends = [skills.last_day(each) for each in firsts]

    assert ends == [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)]
    assert skills.next_quarter(date(2026, 10, 1)) == date(2027, 1, 1)


def test_quarters_back_ends_with_the_running_one():
    assert skills.quarters_back(date(2026, 2, 3), 3) == [
        date(2025, 7, 1),
        date(2025, 10, 1),
        date(2026, 1, 1),
    ]


def test_names_are_read_again():
    for first in skills.quarters_back(date(2026, 11, 22), 9):
        assert skills.named(skills.name_of(first)) == first


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-Q5", "2026-Q0", "1999-Q1", "2026-10-01", "2026-Q４", "x" * 99]
)
def test_what_is_no_name_of_a_quarter(text):
    assert skills.named(text) is None


@pytest.mark.parametrize(
    ("today", "answer"),
    [
        (date(2026, 6, 30), False),
        (date(2026, 7, 1), True),
        (date(2026, 9, 30), True),
        (date(2026, 10, 31), True),
        (date(2026, 11, 1), False),
    ],
)
def test_a_quarter_is_recorded_while_it_runs_and_31_days_longer(today, answer):
    assert skills.is_recordable(date(2026, 7, 1), today) is answer


@pytest.mark.parametrize(
    ("theory", "practice", "attitude", "answer"),
    [
        (True, True, 800, True),
        (True, True, 799, False),
        (False, True, 1000, False),
        (True, False, 1000, False),
        (None, True, 1000, False),
        (True, None, 1000, False),
    ],
)
def test_each_part_is_passed_for_itself(theory, practice, attitude, answer):
    assert skills.passes(theory=theory, practice=practice, attitude_permille=attitude) is answer
