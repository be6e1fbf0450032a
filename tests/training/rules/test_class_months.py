"""docs/rules/village-classes.md, the monthly obligation."""

from datetime import date

import pytest

from training.rules.classes import (
    ClassState,
    Completeness,
    Standing,
    counted,
    is_time_to_remind,
    owes,
    standing,
)

PLANNED, HELD, CANCELLED = ClassState.PLANNED, ClassState.HELD, ClassState.CANCELLED


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ([], Standing.MISSING),
        ([(CANCELLED, True), (CANCELLED, False)], Standing.MISSING),
        ([(PLANNED, False)], Standing.PLANNED),
        ([(PLANNED, True)], Standing.UNRECORDED),
        ([(PLANNED, True), (PLANNED, False)], Standing.PLANNED),
        ([(HELD, True), (PLANNED, False)], Standing.HELD),
        ([(PLANNED, True), (HELD, True), (CANCELLED, True)], Standing.HELD),
    ],
)
def test_month_stands_as_its_best_class(classes, expected):
    assert standing(classes) == expected


@pytest.mark.parametrize(
    ("opened_on", "is_owed"),
    [(None, True), (date(2026, 10, 31), True), (date(2026, 11, 1), True), (date(2026, 11, 2), False)],
)
def test_point_owes_a_class_in_months_that_it_was_open_from_the_first_day(opened_on, is_owed):
    assert owes(opened_on, date(2026, 11, 1)) is is_owed


@pytest.mark.parametrize(
    ("today", "is_time"),
    [
        (date(2026, 11, 20), False),
        (date(2026, 11, 21), True),
        (date(2026, 11, 30), True),
        (date(2026, 12, 1), False),
        (date(2028, 2, 19), False),
        (date(2028, 2, 20), True),
    ],
)
def test_last_ten_days_of_a_month_remind(today, is_time):
    assert is_time_to_remind(today) is is_time


def test_points_are_counted_by_how_they_stand():
    points = [Standing.HELD, Standing.HELD, Standing.PLANNED, Standing.UNRECORDED, Standing.MISSING]

    whole = counted(points)

    assert whole == Completeness(owed=5, held=2, planned=1, unrecorded=1)
    assert (whole.missing, whole.share) == (1, 0.4)
    assert (whole + Completeness(1, 1)).held == 3
    assert counted([]).share is None
