from datetime import UTC, date, datetime, time

import pytest

from claims.rules.visits import WINDOW_STARTS
from claims.rules.windows import (
    MOST_DAYS,
    DayChange,
    OpenWindow,
    Remark,
    WeekWindow,
    can_be_taken,
    days_from,
    is_after_hours,
    remarks_on,
    seats_left,
    windows_of_contract,
    windows_of_person,
)

FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)
EIGHT, TEN, TWO, SIX = time(8), time(10), time(14), time(18)
WEEK = [WeekWindow(4, TEN, 1), WeekWindow(4, EIGHT, 2), WeekWindow(0, TWO, 1)]


@pytest.mark.parametrize(
    ("changes", "holidays", "open_windows"),
    [
        ([], (), [(FRIDAY, EIGHT, 2, False), (FRIDAY, TEN, 1, False), (MONDAY, TWO, 1, False)]),
        ([DayChange(FRIDAY)], (), [(MONDAY, TWO, 1, False)]),
        ([], (FRIDAY,), [(MONDAY, TWO, 1, False)]),
        (
            [DayChange(SATURDAY, TEN, 3)],
            (),
            [
                (FRIDAY, EIGHT, 2, False),
                (FRIDAY, TEN, 1, False),
                (SATURDAY, TEN, 3, True),
                (MONDAY, TWO, 1, False),
            ],
        ),
        # A holiday takes the week away, not what was named for that very day.
        ([DayChange(FRIDAY, TEN, 1)], (FRIDAY,), [(FRIDAY, TEN, 1, True), (MONDAY, TWO, 1, False)]),
        # A day's own seats count in place of the week's.
        ([DayChange(MONDAY, TWO, 4)], (FRIDAY,), [(MONDAY, TWO, 4, False)]),
        # Nothing counts on a day away.
        ([DayChange(MONDAY, TWO, 4), DayChange(MONDAY)], (FRIDAY,), []),
        # The change of a day outside the stretch is nothing to it.
        ([DayChange(date(2026, 11, 24), TWO, 1)], (FRIDAY, MONDAY), []),
    ],
)
def test_the_windows_of_a_person_are_the_week_with_its_exceptions(changes, holidays, open_windows):
    found = windows_of_person(WEEK, changes, days_from(FRIDAY, 4), holidays=holidays)

    assert found == [OpenWindow(*each) for each in open_windows]


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "ended_on", "days"),
    [
        (FRIDAY, MONDAY, None, [FRIDAY, MONDAY]),
        (SATURDAY, MONDAY, None, [MONDAY]),
        (FRIDAY, SATURDAY, None, [FRIDAY]),
        (FRIDAY, MONDAY, MONDAY, [FRIDAY]),
        (FRIDAY, MONDAY, FRIDAY, []),
    ],
)
def test_a_contract_provides_for_all_windows_of_its_weekdays_while_it_is_valid(
    valid_from, valid_until, ended_on, days
):
    found = windows_of_contract(
        [0, 4], 2, days_from(FRIDAY, 7), valid_from=valid_from, valid_until=valid_until, ended_on=ended_on
    )

    assert found == [OpenWindow(day, at, 2) for day in days for at in WINDOW_STARTS]


@pytest.mark.parametrize(
    ("days", "number"), [(-3, 1), (0, 1), (1, 1), (14, 14), (32, MOST_DAYS), (10**9, MOST_DAYS)]
)
def test_a_stretch_has_at_least_one_day_and_at_most_a_month(days, number):
    assert len(days_from(FRIDAY, days)) == number


@pytest.mark.parametrize(("minute", "possible"), [(0, True), (60, True), (61, False), (120, False)])
def test_a_window_can_be_taken_until_half_of_it_is_over(minute, possible):
    ends_at = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

    assert can_be_taken(ends_at, datetime(2026, 11, 20, minute // 60, minute % 60, tzinfo=UTC)) is possible


@pytest.mark.parametrize(
    ("starts", "is_workday", "after_hours"),
    [(time(16), True, False), (SIX, True, True), (EIGHT, False, True)],
)
def test_evenings_and_days_that_are_not_worked_are_after_hours(starts, is_workday, after_hours):
    assert is_after_hours(starts, is_workday=is_workday) is after_hours


@pytest.mark.parametrize(
    ("facts", "remarks"),
    [
        ({}, ()),
        ({"distance_m": 3001}, (Remark.FAR,)),
        ({"distance_m": None}, (Remark.UNKNOWN,)),
        ({"distance_m": None, "asks_distance": False}, ()),
        ({"distance_m": 9000, "asks_distance": False}, ()),
        ({"is_workday": False, "lacks_skill": True}, (Remark.AFTER_HOURS, Remark.UNSKILLED)),
    ],
)
def test_what_speaks_against_a_window_is_told(facts, remarks):
    known = {
        "is_workday": True,
        "distance_m": 3000,
        "radius_m": 3000,
        "asks_distance": True,
        "lacks_skill": False,
        **facts,
    }

    assert remarks_on(OpenWindow(FRIDAY, EIGHT, 1), **known) == remarks


def test_a_window_that_only_this_day_has_says_so():
    remarks = remarks_on(
        OpenWindow(FRIDAY, EIGHT, 1, is_extra=True),
        is_workday=True,
        distance_m=0,
        radius_m=3000,
        asks_distance=True,
        lacks_skill=False,
    )

    assert remarks == (Remark.EXTRA,)


@pytest.mark.parametrize(("seats", "taken", "left"), [(2, [], 2), (2, [0], 1), (1, [1], 0), (1, [0, 1], 0)])
def test_every_visit_that_is_booked_takes_a_seat_wherever_it_sits(seats, taken, left):
    assert seats_left(seats, taken) == left
