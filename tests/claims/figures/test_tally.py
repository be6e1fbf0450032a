"""Figures add up in any order and grouping, come back from a cell as they were, and admit to no data."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.lib.figures import Unit
from claims.queries.figures import FIGURES, Counts, Figures, stored
from claims.queries.figures.tally import COUNTED
from claims.rules.satisfaction import Satisfaction
from claims.rules.statistics import nearest_rank, percentile
from tests.property import cases

few = st.integers(0, 40)
times = st.dictionaries(st.integers(0, 5000), st.integers(1, 5), max_size=6).map(Counter)
counts = st.fixed_dictionaries(dict.fromkeys(COUNTED, few)).map(lambda given: Counts(**given))
tallies = st.builds(
    Figures,
    by_goods=st.dictionaries(st.sampled_from(["fresh_fruit", "seed", "appliance"]), counts, max_size=3),
    by_class_and_status=st.dictionaries(
        st.tuples(
            st.sampled_from(["seed", "feed"]), st.just("quality"), st.sampled_from(["closed", "waiting"])
        ),
        st.integers(1, 9),
        max_size=4,
    ).map(Counter),
    by_remedy=st.dictionaries(st.sampled_from(["refund", "coupon"]), st.integers(1, 9)).map(Counter),
    satisfaction=st.builds(Satisfaction, few, few, few, few, few, few),
    orders=st.integers(1, 40),
    orders_claimed=few,
    responses=times,
    resolutions=times,
)


def total(*parts: Figures) -> Figures:
    return Figures.sum_of(parts)


@cases
@given(tallies, tallies, tallies)
def test_adding_up_knows_no_order_and_no_grouping(one, two, three):
    assert total(total(one, two), three) == total(one, total(two, three)) == total(three, one, two)
    assert total(one) == one
    assert total(one, Figures()) == one


@cases
@given(tallies)
def test_a_cell_keeps_everything(figures):
    read = stored.read(
        stored.content_of(figures),
        stored.times_of(figures.responses),
        stored.times_of(figures.resolutions),
    )
    assert read == figures
    assert read.has_times


@cases
@given(st.lists(st.integers(0, 99), max_size=40), st.integers(1, 100))
def test_percentiles_of_counts_are_those_of_the_values(values, percent):
    assert nearest_rank(Counter(values), percent) == percentile(sorted(values), percent)


@pytest.mark.parametrize("percent", [0, 101, -5])
def test_there_is_no_such_percentile(percent):
    with pytest.raises(ValueError):
        nearest_rank(Counter([1]), percent)


def test_a_sum_leaves_its_parts_alone():
    part = Figures(by_goods={"seed": Counts(filed=1)}, responses=Counter({5: 1}))
    total(part, part)

    assert part == Figures(by_goods={"seed": Counts(filed=1)}, responses=Counter({5: 1}))


def test_medians_of_a_sum_are_not_medians_of_medians():
    one = Figures(by_goods={"seed": Counts(responded=3)}, responses=Counter({5: 2, 30: 1}))
    two = Figures(by_goods={"seed": Counts(responded=2)}, responses=Counter({60: 1, 90: 1}))

    assert (one.response_median, two.response_median, total(one, two).response_median) == (5, 60, 30)


def test_nothing_is_no_data_and_never_a_grade():
    values = {code: figure.of(Figures()) for code, figure in FIGURES.items()}
    additive = {"filed", "compensated", "compensated_amount", "by_rule", "reopened"}

    assert {code for code, value in values.items() if value.number == 0} == additive
    assert {code for code, value in values.items() if value.number is None} == values.keys() - additive
    assert not any(value.misses_target for value in values.values())
    assert {value.behind for value in values.values()} == {0}


def test_figures_are_defined_once_in_the_order_of_reports():
    assert list(FIGURES) == [
        "filed",
        "resolution_rate",
        "response_median",
        "response_p90",
        "response_in_time",
        "settlement_in_time",
        "resolution_median",
        "resolution_p90",
        "resolution_mean",
        "satisfaction",
        "answer_rate",
        "follow_up_rate",
        "complaint_rate",
        "first_contact_rate",
        "compensated",
        "compensated_amount",
        "mean_compensation",
        "by_rule",
        "reopened",
    ]
    targets = {
        code: (figure.target.aim.value, figure.target.value)
        for code, figure in FIGURES.items()
        if figure.target
    }
    assert targets == {
        "response_median": ("at_most", 120),
        "resolution_mean": ("at_most", 2880),
        "satisfaction": ("at_least", Fraction(92, 100)),
        "complaint_rate": ("at_most", Fraction(6, 100)),
    }
    assert {figure.unit for figure in FIGURES.values()} == set(Unit)
