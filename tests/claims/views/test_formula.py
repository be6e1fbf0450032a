"""How an amount came about, in words with the numbers in them."""

import pytest
from django.utils import translation

from claims.rules.compensation import Terms, cumulative_award
from claims.rules.damage_tiers import DEFAULT_TIERS
from claims.services.lines import written
from claims.views.formula import formula_of, remarks


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def told(terms, *, bad=2000, total=12_000, paid=3990, freight=600, **line):
    award = cumulative_award(
        bad_milli=bad, total_milli=total, paid_fen=paid, freight_fen=freight, terms=terms, **line
    )
    return formula_of(
        written(award),
        "piece",
        bad_milli=bad,
        total_milli=total,
        paid_fen=terms.basis_fen(paid, freight),
        amount_fen=award.amount_fen,
    )


def test_a_plain_share_needs_no_remark():
    shown = told(Terms())

    assert (shown["working"], shown["remarks"]) == ("2 pieces ÷ 12 pieces × ¥39.90 = ¥6.65", [])
    assert (shown["pays"], shown["up_to"]) == ("", "")


def test_a_tier_and_freight_are_told_with_their_numbers():
    shown = told(Terms(tiers=DEFAULT_TIERS, includes_freight=True))

    assert shown["working"] == "2 pieces ÷ 12 pieces → 30% × ¥45.90 = ¥13.77"
    assert (shown["pays"], shown["up_to"], shown["paid_fen"]) == ("30%", "30%", 4590)
    assert shown["remarks"] == [
        "¥6.00 of what was paid is freight, which counts.",
        "2 pieces of 12 pieces: tier up to 30%, which pays 30% of ¥45.90: ¥13.77.",
    ]


def test_tiers_over_several_claims_are_told_with_all_that_is_bad():
    shown = told(Terms(tiers=DEFAULT_TIERS), earlier_bad_milli=2000, earlier_award_fen=1197, granted_fen=1197)

    assert shown["remarks"] == [
        "With earlier claims, 4 pieces of this order are bad so far.",
        "4 pieces of 12 pieces: tier up to 50%, which pays 50% of ¥39.90: ¥19.95.",
        "¥11.97 of it was granted earlier, so ¥7.98 is left.",
    ]


def test_tolerance_is_told_as_a_share():
    award = cumulative_award(
        bad_milli=100, total_milli=12_000, paid_fen=3990, terms=Terms(tolerance_permille=125)
    )

    assert remarks(written(award), "piece") == [
        "Less than 12.5% is bad: within the agreed tolerance, nothing is due."
    ]
