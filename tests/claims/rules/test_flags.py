"""What is many, old or unusual: docs/rules/flags.md, sections 1 and 3."""

from datetime import timedelta
from fractions import Fraction

import pytest

from claims.rules.flags import Norm, is_surge, is_unusual, norm, photo_is_early, photo_is_old
from tests.factories import NOW

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("taken_at", "early", "old"),
    [
        (NOW, False, False),
        (NOW - timedelta(days=2), False, False),
        (NOW - timedelta(days=2) - SECOND, True, False),
        (NOW - timedelta(days=15), True, False),
        (NOW - timedelta(days=15) - SECOND, True, True),
    ],
)
def test_time_of_a_photo(taken_at, early, old):
    assert photo_is_early(taken_at, goods_at=NOW - timedelta(days=2)) is early
    assert photo_is_old(taken_at, filed_at=NOW) is old


@pytest.mark.parametrize(
    ("count", "before", "wanted"),
    [
        (19, 0, False),
        (20, 0, True),
        (20, 53, True),
        (21, 56, False),
        (22, 56, True),
        (100, 800, False),
    ],
)
def test_surge_beside_eight_earlier_weeks(count, before, wanted):
    assert is_surge(count, before=before, spans_before=8, least=20) is wanted


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([1000] * 9, None),
        ([1000] * 10, Norm(10, 1000, 2000)),
        # Distances 0 to 450, the median one 250: 1,450 and 5 times 370.65.
        (list(range(1000, 2000, 100)), Norm(10, 1450, 3303)),
        # One huge value moves neither the median nor the spread.
        ([*range(1000, 1900, 100), 1_000_000], Norm(10, 1450, 3303)),
        ([0] * 10, Norm(10, 0, 0)),
        ([1, 2] * 5, Norm(10, 1, 5)),
    ],
)
def test_what_is_usual(values, wanted):
    assert norm(values, least_count=10) == wanted


def test_order_of_values_does_not_matter():
    assert norm([3, 1, 2] * 4, least_count=10) == norm([1, 2, 3] * 4, least_count=10)


@pytest.mark.parametrize(("value", "wanted"), [(3303, False), (3304, True)])
def test_unusual_is_above_the_limit(value, wanted):
    assert is_unusual(value, Norm(10, 1450, 3303)) is wanted
    assert is_unusual(value, None) is False


def test_spread_is_reckoned_without_losing_a_fen():
    usual = norm([10_000, 10_000, 10_000, 12_500, 7_500] * 2, least_count=10)

    assert usual == Norm(10, 10_000, int(max(2 * Fraction(10_000), 10_000 + 5 * Fraction(1000))))
