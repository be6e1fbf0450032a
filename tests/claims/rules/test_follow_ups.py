from datetime import date

import pytest

from aftersales.lib.errors import InvalidValue
from claims.rules.follow_ups import (
    Attempt,
    Outcome,
    checked_stars,
    is_exhausted,
    is_low,
    may_call,
    needs_another_day,
)

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
U, W, A, R = Outcome.UNREACHABLE, Outcome.WRONG_NUMBER, Outcome.ANSWERED, Outcome.REFUSED


def attempts(*made) -> list[Attempt]:
    return [Attempt(day, outcome) for day, outcome in made]


@pytest.mark.parametrize(
    ("made", "exhausted", "another_day"),
    [
        ((), False, False),
        (((FRIDAY, U), (FRIDAY, U)), False, False),
        (((FRIDAY, U), (FRIDAY, U), (FRIDAY, U)), False, True),
        (((FRIDAY, U), (SATURDAY, U)), False, False),
        (((FRIDAY, U), (FRIDAY, U), (SATURDAY, U)), True, False),
        (((FRIDAY, W), (FRIDAY, U), (SATURDAY, W)), True, False),
        (((FRIDAY, U), (FRIDAY, A), (SATURDAY, U)), False, False),
        (((FRIDAY, U), (FRIDAY, R), (SATURDAY, U)), False, False),
    ],
)
def test_nobody_is_unreachable_before_three_attempts_on_two_days(made, exhausted, another_day):
    assert (is_exhausted(attempts(*made)), needs_another_day(attempts(*made))) == (exhausted, another_day)


def test_one_and_two_are_low_and_three_is_not():
    assert [is_low(stars) for stars in (1, 2, 3, 4, 5)] == [True, True, False, False, False]


@pytest.mark.parametrize("stars", [0, 6, -1, None, "5", 2.0, True])
def test_a_score_is_a_whole_number_from_one_to_five(stars):
    with pytest.raises(InvalidValue) as refused:
        checked_stars(stars)

    assert refused.value.code == "score_invalid"


def test_neither_a_handler_nor_the_first_caller_makes_the_call():
    handlers, callers = {1, 2}, {3}

    assert [may_call(person, handlers=handlers, earlier_callers=callers) for person in (1, 2, 3, 4)] == [
        False,
        False,
        False,
        True,
    ]
