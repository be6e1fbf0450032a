"""Which closed claims are worth learning from."""

import pytest

from training.rules.cases import POINTS, Candidate, Sign, ranked


def candidate(key, *signs, goods="fresh_fruit", problem="quality"):
    return Candidate(key, goods, problem, frozenset(signs))


@pytest.mark.parametrize(
    "signs, points, first",
    [
        ((), 0, None),
        ((Sign.HIGH_SCORE,), 1, Sign.HIGH_SCORE),
        ((Sign.LARGE, Sign.APPEAL), 5, Sign.APPEAL),
        (tuple(Sign), 15, Sign.APPEAL),
    ],
)
def test_points_add_up_and_the_most_telling_sign_comes_first(signs, points, first):
    assert (candidate(1, *signs).points, candidate(1, *signs).first_sign) == (points, first)


def test_every_sign_counts():
    assert set(POINTS) == set(Sign)


def test_three_points_are_worth_it_and_two_are_not():
    assert ranked([candidate(1, Sign.LARGE), candidate(2, Sign.LARGE, Sign.LONG, goods="seed")]) == [
        candidate(2, Sign.LARGE, Sign.LONG, goods="seed")
    ]


def test_one_of_a_class_the_best_then_the_older():
    rows = [
        candidate(5, Sign.APPEAL),
        candidate(3, Sign.APPEAL),
        candidate(4, Sign.APPEAL, Sign.LARGE),
        candidate(9, Sign.APPEAL, problem="logistics"),
        candidate(1, Sign.APPEAL, goods="seed"),
    ]

    assert [each.key for each in ranked(rows)] == [4, 1, 9]
