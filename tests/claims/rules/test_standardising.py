"""The worked example and the edges of docs/rules/league.md."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.rules.standardising import (
    Standardised,
    Tally,
    Unranked,
    mix_of,
    ranks,
    standardise,
    unranked,
)

COUNTY_A = {"fresh_fruit": Tally(81, 90), "large_appliance": Tally(6, 10)}
COUNTY_B = {"fresh_fruit": Tally(19, 20), "large_appliance": Tally(56, 80)}
STRATA = st.dictionaries(
    st.sampled_from("abcde"),
    st.integers(0, 50).flatmap(lambda cases: st.integers(0, cases).map(lambda hits: Tally(hits, cases))),
)


def test_worked_example():
    mix = mix_of([COUNTY_A, COUNTY_B])

    assert mix == {"fresh_fruit": 110, "large_appliance": 90}
    assert standardise(COUNTY_A, mix) == Standardised(
        crude=Fraction(87, 100), rate=Fraction(765, 1000), cases=100, covered=Fraction(1)
    )
    assert standardise(COUNTY_B, mix) == Standardised(
        crude=Fraction(75, 100), rate=Fraction(8375, 10_000), cases=100, covered=Fraction(1)
    )


def test_a_kind_the_place_never_had_is_left_out_and_said():
    mix = {"fresh_fruit": 75, "large_appliance": 25}

    place = standardise({"fresh_fruit": Tally(8, 10), "large_appliance": Tally(0, 0)}, mix)

    assert place == Standardised(crude=Fraction(4, 5), rate=Fraction(4, 5), cases=10, covered=Fraction(3, 4))


def test_a_kind_outside_the_mix_counts_in_the_crude_rate_alone():
    place = standardise({"fresh_fruit": Tally(1, 2), "seeds": Tally(2, 2)}, {"fresh_fruit": 10})

    assert (place.crude, place.rate, place.covered) == (Fraction(3, 4), Fraction(1, 2), Fraction(1))


@pytest.mark.parametrize("mix", [{}, {"fresh_fruit": 10}])
def test_a_place_without_cases_has_no_data(mix):
    assert standardise({}, mix) == Standardised(crude=None, rate=None, cases=0, covered=Fraction(0))


def test_no_mix_from_places_without_cases():
    assert mix_of([{}, {"fresh_fruit": Tally(0, 0)}]) == {}


@pytest.mark.parametrize(("hits", "cases"), [(-1, 3), (4, 3)])
def test_more_hits_than_cases_is_refused(hits, cases):
    with pytest.raises(ValueError):
        Tally(hits, cases)


@pytest.mark.parametrize(
    ("cases", "covered", "why"),
    [
        (10, Fraction(4, 5), None),
        (9, Fraction(1), Unranked.TOO_FEW),
        (10, Fraction(79, 100), Unranked.OTHER_GOODS),
        (9, Fraction(1, 2), Unranked.TOO_FEW),
    ],
)
def test_who_is_ranked(cases, covered, why):
    assert unranked(Standardised(Fraction(1, 2), Fraction(1, 2), cases, covered)) is why


def test_cases_of_other_goods_alone_are_not_ranked():
    place = standardise({"seeds": Tally(20, 20)}, {"fresh_fruit": 10})

    assert (place.rate, unranked(place)) == (None, Unranked.OTHER_GOODS)


@pytest.mark.parametrize(
    ("more_is_better", "expected"),
    [(True, [2, None, 1, 2, 4]), (False, [2, None, 4, 2, 1])],
)
def test_equal_rates_share_a_rank_and_no_data_has_none(more_is_better, expected):
    rates = [Fraction(1, 2), None, Fraction(9, 10), Fraction(1, 2), Fraction(1, 3)]

    assert ranks(rates, more_is_better=more_is_better) == expected


@given(STRATA)
def test_at_its_own_mix_a_place_has_its_crude_rate(strata):
    place = standardise(strata, mix_of([strata]))

    assert place.rate == place.crude


@given(STRATA, st.dictionaries(st.sampled_from("abcde"), st.integers(1, 99)), st.integers(2, 9))
def test_only_the_shares_of_the_mix_count_and_the_rate_lies_between_those_of_the_kinds(strata, mix, times):
    place = standardise(strata, mix)

    assert place == standardise(strata, {kind: cases * times for kind, cases in mix.items()})
    own = [tally.rate for kind, tally in strata.items() if tally.cases and kind in mix]
    assert place.rate is None if not own else min(own) <= place.rate <= max(own)
