import pytest

from aftersales.lib.errors import InvalidValue
from training.rules.practicals import Item, Scored, item_rows, read_items, scored

ROWS = [
    {"code": "spread", "what": "Spreads the fruit out", "points": 40},
    {"code": "count", "what": "Counts with the villager", "points": 60},
]
ITEMS = read_items(ROWS)


def test_items_are_read_and_kept_alike():
    assert read_items(ROWS) == (
        Item("spread", "Spreads the fruit out", 40),
        Item("count", "Counts with the villager", 60),
    )
    assert item_rows(ITEMS) == ROWS


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ([], "empty"),
        ([ROWS[0]] * 31, "too_many"),
        ([ROWS[0], ROWS[0]], "code_twice"),
        ([{**ROWS[0], "code": "Spread"}], "code_invalid"),
        ([{**ROWS[0], "code": ""}], "code_invalid"),
        ([{**ROWS[0], "what": "  "}], "what_invalid"),
        ([{**ROWS[0], "what": "x" * 121}], "what_invalid"),
        ([{**ROWS[0], "points": 0}], "points_invalid"),
        ([{**ROWS[0], "points": 101}], "points_invalid"),
        ([{**ROWS[0], "points": True}], "points_invalid"),
        ([{**ROWS[0], "points": 2.5}], "points_invalid"),
    ],
)
def test_a_sheet_that_cannot_be_scored_is_refused(change, code):
    with pytest.raises(InvalidValue) as caught:
        read_items(change)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("spread", "count", "expected"),
    [
        (40, 60, Scored(100, 100, 1000, True)),
        (40, 40, Scored(80, 100, 800, True)),
        (39, 40, Scored(79, 100, 790, False)),
        (0, 0, Scored(0, 100, 0, False)),
    ],
)
def test_points_make_a_score(spread, count, expected):
    assert scored(ITEMS, {"spread": spread, "count": count}, 800) == expected


def test_a_score_is_rounded_down():
    thirds = [Item("one", "One", 1), Item("two", "Two", 2)]

    assert scored(thirds, {"one": 0, "two": 2}, 667) == Scored(2, 3, 666, False)


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ({"spread": 40}, "item_missing"),
        ({"spread": 40, "count": 60, "more": 1}, "item_unknown"),
        ({"spread": 41, "count": 60}, "points_invalid"),
        ({"spread": -1, "count": 60}, "points_invalid"),
        ({"spread": True, "count": 60}, "points_invalid"),
    ],
)
def test_points_that_are_not_those_of_the_sheet_are_refused(points, code):
    with pytest.raises(InvalidValue) as caught:
        scored(ITEMS, points, 800)

    assert caught.value.code == code
