"""How values of figures are said."""

from collections import Counter
from fractions import Fraction

import pytest
from django.utils.translation import override

from aftersales.web.figure_words import behind, shown, target_words
from claims.queries.figures import FIGURES, Counts, Figures
from claims.rules.satisfaction import Satisfaction

SOME = Figures(
    by_goods={
        "seed": Counts(
            filed=1234,
            settled=3,
            rejected=1,
            responded=1,
            timed=2,
            resolution_minutes=7201,
            compensated=3,
            compensated_fen=1000,
        )
    },
    responses=Counter({125: 1}),
    satisfaction=Satisfaction(answered=3, satisfied=2),
)


@pytest.mark.parametrize(
    ("code", "said", "count"),
    [
        ("filed", "1,234", ""),
        ("resolution_rate", "75.0%", "claims: 4"),
        ("response_median", "2 h 5 min", "claims: 1"),
        ("resolution_mean", "2 d 12 h", "claims: 2"),
        ("satisfaction", "66.7%", "answered: 3"),
        ("complaint_rate", "no data", "orders: 0"),
        ("compensated_amount", "¥10.00", "claims: 3"),
        ("mean_compensation", "¥3.33", "claims: 3"),
        ("settlement_in_time", "no data", "claims: 0"),
    ],
)
def test_a_value_and_what_is_behind_it(code, said, count):
    value = FIGURES[code].of(SOME)
    with override("en"):
        assert (shown(value), behind(value)) == (said, count)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("response_median", "at most 2 h"),
        ("resolution_mean", "at most 48 h"),
        ("satisfaction", "at least 92%"),
        ("complaint_rate", "at most 6%"),
        ("filed", ""),
    ],
)
def test_a_target_in_words(code, words):
    with override("en"):
        assert target_words(FIGURES[code]) == words


def test_half_a_per_cent_is_not_lost():
    figure = FIGURES["complaint_rate"]
    target = type(figure.target)(figure.target.aim, Fraction(65, 1000))
    with override("en"):
        assert target_words(type(figure)(**{**vars(figure), "target": target})) == "at most 6.5%"
