import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property import cases
from training.rules.item_statistics import Finding, discrimination, finding, share_right

HUNDRED = range(1, 101)


def test_the_best_and_the_weakest_27_percent_are_compared():
    right_above = {score: score > 50 for score in HUNDRED}
    few_of_the_best = {score: score > 90 for score in HUNDRED}

    assert discrimination(list(right_above.items())) == 1000
    assert discrimination([(score, not right) for score, right in right_above.items()]) == -1000
    assert discrimination(list(few_of_the_best.items())) == round(10 * 1000 / 27)
    assert discrimination([(score, True) for score in HUNDRED]) == 0


def test_too_few_papers_say_nothing():
    assert discrimination([(score, True) for score in range(29)]) is None
    assert discrimination([(score, True) for score in range(30)]) == 0


@given(st.lists(st.tuples(st.integers(0, 1000), st.booleans()), min_size=30, max_size=200))
@cases
def test_the_difference_is_a_share_and_turns_with_the_answers(results):
    difference = discrimination(results)

    assert -1000 <= difference <= 1000
    assert discrimination([(score, not is_right) for score, is_right in results]) == -difference


@pytest.mark.parametrize(
    ("right", "asked", "share"),
    [(0, 0, None), (0, 7, 0), (1, 3, 333), (2, 3, 667), (1, 16, 63), (7, 7, 1000)],
)
def test_the_share_of_right_answers(right, asked, share):
    assert share_right(right, asked) == share


@pytest.mark.parametrize(
    ("asked", "right", "difference", "said"),
    [
        (29, 29, None, Finding.TOO_FEW),
        (100, 60, -1, Finding.REVERSED),
        (100, 29, 500, Finding.TOO_HARD),
        (100, 30, 500, Finding.FINE),
        (100, 60, 199, Finding.WEAK),
        (100, 60, 200, Finding.FINE),
        (100, 96, 0, Finding.TOO_EASY),
        (100, 95, 0, Finding.WEAK),
    ],
)
def test_what_is_said_of_a_question(asked, right, difference, said):
    assert finding(asked, right, difference) is said
