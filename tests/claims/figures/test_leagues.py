"""Places beside each other: the strata are those of the figures, and ranks follow docs/rules/league.md."""

from fractions import Fraction

import pytest

from claims.queries.figures import FIGURES, Counts, Figures
from claims.queries.leagues import TALLIES, league_of
from claims.rules.standardising import Unranked


def place(**goods: tuple[int, int]) -> Figures:
    """Settled and refused claims by kind of goods."""
    return Figures(
        by_goods={
            kind: Counts(filed=settled + rejected, settled=settled, rejected=rejected)
            for kind, (settled, rejected) in goods.items()
        }
    )


def test_the_worked_example_turns_the_order_round():
    league = league_of(
        {
            "A": place(fresh_fruit=(81, 9), appliance=(6, 4)),
            "B": place(fresh_fruit=(19, 1), appliance=(56, 24)),
        },
        "resolution_rate",
    )

    assert [(each.code, each.rank, each.place.crude, each.place.rate) for each in league.standings] == [
        ("B", 1, Fraction(75, 100), Fraction(8375, 10_000)),
        ("A", 2, Fraction(87, 100), Fraction(765, 1000)),
    ]
    assert (league.mix, league.cases, league.ranked) == ({"appliance": 90, "fresh_fruit": 110}, 200, 2)


def test_who_has_no_rank_stands_behind_with_a_reason():
    league = league_of(
        {
            "few": place(fresh_fruit=(9, 0)),
            "none": Figures(),
            "other": place(tools=(20, 0)),
            "ranked": place(fresh_fruit=(30, 50)),
            "second": place(fresh_fruit=(10, 90)),
        },
        "resolution_rate",
    )

    assert [(each.code, each.rank, each.why) for each in league.standings] == [
        ("ranked", 1, None),
        ("second", 2, None),
        ("few", None, Unranked.TOO_FEW),
        ("none", None, Unranked.TOO_FEW),
        ("other", None, Unranked.OTHER_GOODS),
    ]
    assert (league.standings[3].place.crude, league.standings[3].place.rate) == (None, None)


def test_places_without_any_claim_have_no_mix():
    league = league_of({"A": Figures(), "B": Figures()}, "satisfaction")

    assert (league.mix, league.cases, league.ranked) == ({}, 0, 0)


@pytest.mark.parametrize("code", TALLIES)
def test_the_crude_rate_is_the_figure_of_the_same_name(code):
    figures = Figures(
        by_goods={
            "fresh_fruit": Counts(
                filed=40,
                settled=20,
                rejected=5,
                followed_up=11,
                first_time=13,
                responded=31,
                responded_in_time=17,
                settlements=9,
                settlements_in_time=7,
                answered=8,
                satisfied=6,
            ),
            "tools": Counts(
                filed=9,
                settled=6,
                rejected=1,
                followed_up=2,
                first_time=3,
                responded=8,
                responded_in_time=4,
                settlements=5,
                settlements_in_time=1,
                answered=3,
                satisfied=0,
            ),
        },
        satisfaction=type(Figures().satisfaction)(answered=11, satisfied=6),
    )
    value = FIGURES[code].of(figures)

    (standing,) = league_of({"A": figures}, code).standings

    assert (standing.place.crude, standing.place.cases) == (value.number, value.behind)
    assert standing.place.rate == standing.place.crude
