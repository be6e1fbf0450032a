"""A figure now and before: docs/rules/league.md, "Compared with before"."""

from fractions import Fraction

import pytest
from django.utils import translation

from aftersales.lib.figures import Figure, Unit
from claims.queries.comparisons import Change, compare


def figure(unit: Unit, more_is_better: bool | None = None) -> Figure:
    return Figure("any", "", "", unit, "", "", reads=lambda value: (value, 1), more_is_better=more_is_better)


SHARE, COUNT = figure(Unit.SHARE, more_is_better=True), figure(Unit.COUNT)


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (Fraction(4, 5), Fraction(3, 4), Change("points", Fraction(1, 20), "+5.0 percentage points", True)),
        (Fraction(3, 4), Fraction(4, 5), Change("points", Fraction(-1, 20), "−5.0 percentage points", False)),
        (Fraction(1, 2), Fraction(1, 2), Change("points", Fraction(0), "unchanged")),
        (Fraction(1), Fraction(0), Change("points", Fraction(1), "+100.0 percentage points", True)),
        (
            Fraction(10_004, 20_000),
            Fraction(1, 2),
            Change("points", Fraction(4, 20_000), "unchanged"),
        ),
        (Fraction(1, 2), None, Change(None, None, "no data")),
        (None, Fraction(1, 2), Change(None, None, "no data")),
    ],
)
def test_shares_move_in_percentage_points(now, before, expected):
    with translation.override("en"):
        assert compare(SHARE, now, before) == expected


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (120, 100, Change("per_cent", Fraction(1, 5), "+20.0%")),
        (2, 3, Change("per_cent", Fraction(-1, 3), "−33.3%")),
        (7, 7, Change("per_cent", Fraction(0), "unchanged")),
        (0, 4, Change("per_cent", Fraction(-1), "−100.0%")),
        (3, 0, Change(None, None, "was 0")),
        (0, 0, Change(None, None, "unchanged")),
        (None, 0, Change(None, None, "no data")),
    ],
)
def test_all_else_moves_in_per_cent_of_what_was(now, before, expected):
    with translation.override("en"):
        assert compare(COUNT, now, before) == expected


def test_less_can_be_better():
    slow = figure(Unit.MINUTES, more_is_better=False)

    assert (compare(slow, 90, 100).is_better, compare(slow, 110, 100).is_better) == (True, False)
    assert compare(slow, 1, 0).is_better is False


def test_values_are_compared_like_their_numbers():
    assert compare(COUNT, COUNT.of(120), COUNT.of(100)) == compare(COUNT, 120, 100)
    assert compare(COUNT, COUNT.of(None), COUNT.of(100)) == compare(COUNT, None, 100)
