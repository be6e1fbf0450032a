from datetime import date
from fractions import Fraction

import pytest

from training.rules.figures import PASS_TARGET, Share, is_on_pace
from training.rules.hours import Period, Standing


def test_no_data_is_no_grade():
    assert Share().rate is None
    assert not Share().is_below(PASS_TARGET)


def test_shares_add_up_over_places():
    whole = sum([Share(19, 20), Share(0, 0), Share(1, 2)], Share())

    assert whole == Share(20, 22)
    assert whole.rate == Fraction(10, 11)


def test_the_target_itself_is_reached():
    assert not Share(95, 100).is_below(PASS_TARGET)
    assert Share(949, 1000).is_below(PASS_TARGET)


@pytest.mark.parametrize(
    ("today", "learned", "answer"),
    [
        (date(2026, 1, 1), 0, True),
        (date(2026, 1, 2), 6, False),
        (date(2026, 1, 2), 7, True),
        (date(2026, 7, 2), 1196, False),
        (date(2026, 7, 2), 1197, True),
        (date(2026, 12, 31), 2394, True),
        (date(2026, 12, 31), 2393, False),
    ],
)
def test_on_pace_is_as_much_learned_as_time_is_over(today, learned, answer):
    year = Period(date(2026, 1, 1), date(2026, 12, 31), 2400)

    assert is_on_pace(Standing(year, learned), today) is answer
