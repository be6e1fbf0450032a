"""What must hold for every order line, on drawn cases against exact fractions."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from claims.rules.compensation import (
    Terms,
    cumulative_award,
    proportional_share,
    share_fen,
)
from claims.rules.damage_tiers import ALL, Tier
from tests.property import cases

quantities = st.integers(1, 10**12).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))
amounts = st.integers(0, 10**12)


@st.composite
def tables(draw):
    """Tables of damage tiers of every shape that is allowed."""
    ends = [*sorted(draw(st.sets(st.integers(1, ALL - 1), max_size=6))), ALL]
    pays = sorted(draw(st.lists(st.integers(0, ALL), min_size=len(ends), max_size=len(ends))))
    return tuple(Tier(up_to, share) for up_to, share in zip(ends, pays, strict=True))


@st.composite
def terms(draw, *, with_tiers=True):
    minimum = draw(st.integers(0, 3000))
    tiers = draw(st.one_of(st.just(()), tables())) if with_tiers else ()
    return Terms(
        tolerance_permille=draw(st.sampled_from([0, 0, 50, 100, 1000])),
        multiplier_permille=1000 if tiers else draw(st.sampled_from([0, 500, 1000, 1000, 1333, 3000])),
        minimum_fen=minimum,
        cap_fen=draw(st.one_of(st.none(), st.integers(minimum, 20000))),
        includes_freight=draw(st.booleans()),
        tiers=tiers,
    )


@st.composite
def histories(draw):
    """One order line: total quantity, paid, freight, the bad quantities of its claims in order."""
    total = draw(st.integers(1, 50_000))
    bad, left = [], total
    for _ in range(draw(st.integers(1, 6))):
        bad.append(draw(st.integers(0, left)))
        left -= bad[-1]
    return total, draw(st.integers(0, 100_000)), draw(st.integers(0, 2000)), bad


@cases
@given(quantities, amounts)
def test_share_is_the_exact_fraction_rounded_half_up(bad_total, paid_fen):
    bad, total = bad_total

    share = share_fen(bad, total, paid_fen)

    exact = Fraction(bad * paid_fen, total)
    assert Fraction(-1, 2) <= exact - share < Fraction(1, 2)
    assert 0 <= share <= paid_fen


@cases
@given(st.integers(1, 10**6), amounts, st.data())
def test_share_never_falls_when_more_is_bad(total, paid_fen, data):
    less = data.draw(st.integers(0, total))
    more = data.draw(st.integers(less, total))

    assert share_fen(less, total, paid_fen) <= share_fen(more, total, paid_fen)


@cases
@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 10**9))
def test_share_in_yuan_is_decimal_arithmetic_where_that_is_exact_enough(bad, total, paid_fen):
    bad = min(bad, total)
    expected = (Decimal(bad) * Decimal(paid_fen) / Decimal(total)).quantize(Decimal(1), ROUND_HALF_UP)

    assert proportional_share(bad, total, Decimal(paid_fen).scaleb(-2)) * 100 == expected


def awards_of(history, given_terms, granted_before=0):
    """The awards of a line's claims, each granted in full before the next one comes."""
    total, paid, freight, bad = history
    awards, bad_before = [], 0
    for quantity in bad:
        awarded = sum(awards)
        award = cumulative_award(
            bad_milli=quantity,
            earlier_bad_milli=bad_before,
            total_milli=total,
            paid_fen=paid,
            freight_fen=freight,
            earlier_award_fen=awarded,
            granted_fen=granted_before + awarded,
            terms=given_terms,
        )
        awards.append(award.amount_fen)
        bad_before += quantity
    return awards


@cases
@given(histories(), terms(), st.integers(0, 120_000))
def test_awards_stay_between_zero_and_what_remains(history, given_terms, granted_before):
    _total, paid, freight, _bad = history
    basis = paid + (freight if given_terms.includes_freight else 0)

    awards = awards_of(history, given_terms, granted_before)

    assert min(awards) >= 0
    assert sum(awards) <= max(0, basis - granted_before)


@cases
@given(histories(), terms())
def test_several_claims_get_exactly_what_one_claim_for_the_whole_gets(history, given_terms):
    total, paid, freight, bad = history

    assert sum(awards_of(history, given_terms)) == sum(
        awards_of((total, paid, freight, [sum(bad)]), given_terms)
    )


@cases
@given(histories(), terms(), st.integers(0, 120_000))
def test_several_claims_never_get_more_than_one_whatever_else_was_granted(
    history, given_terms, granted_before
):
    total, paid, freight, bad = history

    assert sum(awards_of(history, given_terms, granted_before)) <= sum(
        awards_of((total, paid, freight, [sum(bad)]), given_terms, granted_before)
    )


@cases
@given(st.integers(1, 5000), amounts, terms(), st.data())
def test_an_award_never_falls_when_more_is_bad(total, paid, given_terms, data):
    quantities = sorted(data.draw(st.lists(st.integers(0, total), min_size=2, max_size=5)))

    amounts = [
        cumulative_award(bad_milli=bad, total_milli=total, paid_fen=paid, terms=given_terms).amount_fen
        for bad in quantities
    ]

    assert all(less <= more for less, more in pairwise(amounts))


@cases
@given(quantities, amounts, terms(with_tiers=False))
def test_an_award_agrees_with_exact_fractions(bad_total, paid, given_terms):
    bad, total = bad_total
    exact = Fraction(bad, total) * paid * Fraction(given_terms.multiplier_permille, 1000)
    rounded = int(exact + Fraction(1, 2))
    expected = max(rounded, given_terms.minimum_fen)
    if given_terms.cap_fen is not None:
        expected = min(expected, given_terms.cap_fen)
    if bad == 0 or Fraction(bad, total) < Fraction(given_terms.tolerance_permille, 1000):
        expected = 0

    award = cumulative_award(bad_milli=bad, total_milli=total, paid_fen=paid, terms=given_terms)

    assert award.amount_fen == min(expected, paid)


@cases
@given(quantities, amounts, tables())
def test_a_table_pays_the_first_tier_that_reaches_the_exact_share(bad_total, paid, tiers):
    bad, total = bad_total
    reached = [tier for tier in tiers if Fraction(bad, total) <= Fraction(tier.up_to_permille, 1000)]
    expected = int(paid * Fraction(reached[0].pays_permille, 1000) + Fraction(1, 2)) if bad else 0

    award = cumulative_award(bad_milli=bad, total_milli=total, paid_fen=paid, terms=Terms(tiers=tiers))

    assert award.amount_fen == expected
