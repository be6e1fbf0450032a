from decimal import Decimal

import pytest

from aftersales.lib.errors import InvalidValue
from aftersales.lib.money import yuan_to_fen
from claims.rules.compensation import (
    Award,
    CompensationError,
    Limit,
    Step,
    StepCode,
    Terms,
    coupon_value_fen,
    cumulative_award,
    proportional_share,
    reship_quantity,
    reship_value_fen,
)
from claims.rules.damage_tiers import DEFAULT_TIERS, Tier
from tests import golden


@pytest.mark.parametrize("row", golden.rows("proportional_rounding"), ids=lambda row: row["id"])
def test_share_agrees_with_the_published_rows(row):
    share = proportional_share(row["bad"], row["total"], row["amount_cny"])

    assert (str(share), share) == (row["expected_cny"], Decimal(row["expected_cny"]))


@pytest.mark.parametrize("row", golden.rows("tier_percent_rounding"), ids=lambda row: row["id"])
def test_damage_tiers_are_shares_of_a_hundred(row):
    assert str(proportional_share(row["percent"], "100", row["amount_cny"])) == row["expected_cny"]


@pytest.mark.parametrize("row", golden.rows("tier_percent_rounding"), ids=lambda row: row["id"])
def test_damage_tiers_pay_what_is_published(row):
    award = cumulative_award(
        bad_milli=int(row["percent"]),
        total_milli=100,
        paid_fen=yuan_to_fen(row["amount_cny"]),
        terms=Terms(tiers=DEFAULT_TIERS),
    )

    assert award.amount_fen == yuan_to_fen(row["expected_cny"])


@pytest.mark.parametrize(
    ("bad", "amount"), [(0, 0), (1, 1200), (10, 1200), (11, 3600), (30, 3600), (31, 6000), (100, 12000)]
)
def test_a_share_between_two_tiers_is_paid_as_the_higher_one(bad, amount):
    award = cumulative_award(bad_milli=bad, total_milli=100, paid_fen=12000, terms=Terms(tiers=DEFAULT_TIERS))

    assert award.amount_fen == amount


def test_a_tier_is_told_with_its_numbers_and_freight():
    award = cumulative_award(
        bad_milli=2000,
        total_milli=12000,
        paid_fen=3990,
        freight_fen=600,
        terms=Terms(tiers=DEFAULT_TIERS, includes_freight=True),
    )

    assert award.steps[0] == Step(StepCode.BASIS, 4590, {"paid_fen": 3990, "freight_fen": 600})
    assert award.steps[2:] == (
        Step(
            StepCode.TIER,
            1377,
            {
                "bad_milli": 2000,
                "total_milli": 12000,
                "basis_fen": 4590,
                "multiplier_permille": 1000,
                "up_to_permille": 300,
                "pays_permille": 300,
            },
        ),
    )


def test_claims_on_one_line_climb_the_tiers_together():
    terms = Terms(tiers=DEFAULT_TIERS)
    amounts, bad_before = [], 0
    for bad in (1000, 2000, 3000, 4000):
        award = cumulative_award(
            bad_milli=bad,
            earlier_bad_milli=bad_before,
            total_milli=10_000,
            paid_fen=1000,
            earlier_award_fen=sum(amounts),
            granted_fen=sum(amounts),
            terms=terms,
        )
        amounts.append(award.amount_fen)
        bad_before += bad

    assert amounts == [100, 200, 500, 200]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"tiers": DEFAULT_TIERS, "multiplier_permille": 1200}, "multiplier_with_tiers"),
        ({"tiers": (Tier(500, 500),)}, "not_to_the_end"),
    ],
)
def test_terms_with_a_table_that_says_two_things_are_refused(terms, code):
    with pytest.raises(InvalidValue) as refused:
        Terms(**terms)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("bad", "total", "paid", "share"),
    [
        (1, 3, Decimal("10.00"), "3.33"),
        (Decimal("0.5"), Decimal("2.5"), "39.90", "7.98"),
        ("5", 12, "39.9", "16.63"),
        (0, 1, 0, "0.00"),
        (10**12, 10**12, 10**12, "1000000000000.00"),
    ],
)
def test_share_takes_exact_numbers_of_any_kind(bad, total, paid, share):
    assert str(proportional_share(bad, total, paid)) == share


@pytest.mark.parametrize(
    ("bad", "total", "paid"),
    [
        (-1, 10, 10),
        (11, 10, 10),
        (0, 0, 10),
        (1, -1, 10),
        (1, 10, -1),
        (1, 10, "0.005"),
        ("1.0005", 10, 10),
        (1.0, 10, 10),
        (1, 10.0, 10),
        (1, 10, 10.0),
        (True, 10, 10),
        (None, 10, 10),
        (1, "NaN", 10),
        (1, 10, "1e3"),
        (1, 10, "1,000"),
        (1, 10, "１０"),
        (1, 10, Decimal("Infinity")),
        (1, 10, 2**63),
    ],
)
def test_share_refuses_what_is_out_of_range_or_not_exact(bad, total, paid):
    with pytest.raises(ValueError):
        proportional_share(bad, total, paid)


def test_the_formula_is_told_line_by_line():
    award = cumulative_award(bad_milli=5000, total_milli=12000, paid_fen=3990)

    assert award == Award(
        amount_fen=1663,
        steps=(
            Step(StepCode.BASIS, 3990, {"paid_fen": 3990, "freight_fen": 0}),
            Step(
                StepCode.BAD_SO_FAR,
                3990,
                {"earlier_bad_milli": 0, "bad_milli": 5000, "bad_so_far_milli": 5000},
            ),
            Step(
                StepCode.SHARE,
                1663,
                {"bad_milli": 5000, "total_milli": 12000, "basis_fen": 3990, "multiplier_permille": 1000},
            ),
        ),
        limited_by=None,
    )


def test_a_later_claim_gets_what_the_earlier_ones_left():
    award = cumulative_award(
        bad_milli=1000,
        earlier_bad_milli=1000,
        earlier_award_fen=333,
        granted_fen=333,
        total_milli=3000,
        paid_fen=1000,
    )

    assert (award.amount_fen, award.limited_by) == (334, None)
    assert award.steps[-1] == Step(StepCode.EARLIER, 334, {"entitled_fen": 667, "earlier_award_fen": 333})


def test_a_fen_cut_in_two_is_paid_once():
    first = cumulative_award(bad_milli=1000, total_milli=2000, paid_fen=5)
    second = cumulative_award(
        bad_milli=1000,
        total_milli=2000,
        paid_fen=5,
        earlier_bad_milli=1000,
        earlier_award_fen=3,
        granted_fen=3,
    )

    assert (first.amount_fen, second.amount_fen) == (3, 2)


@pytest.mark.parametrize(
    ("given_terms", "arguments", "amount", "limited_by", "codes"),
    [
        (Terms(), {"bad_milli": 0}, 0, Limit.NOTHING_BAD, ["basis", "bad_so_far"]),
        (
            Terms(tolerance_permille=50),
            {"bad_milli": 499},
            0,
            Limit.TOLERANCE,
            ["basis", "bad_so_far", "tolerance"],
        ),
        (Terms(tolerance_permille=50), {"bad_milli": 500}, 200, None, ["basis", "bad_so_far", "share"]),
        (Terms(multiplier_permille=1500), {"bad_milli": 500}, 300, None, ["basis", "bad_so_far", "share"]),
        (
            Terms(multiplier_permille=3000),
            {"bad_milli": 5000},
            4000,
            Limit.PAID,
            ["basis", "bad_so_far", "share", "paid_limit"],
        ),
        (Terms(minimum_fen=500), {"bad_milli": 500}, 500, None, ["basis", "bad_so_far", "share", "minimum"]),
        (Terms(cap_fen=1500), {"bad_milli": 5000}, 1500, Limit.CAP, ["basis", "bad_so_far", "share", "cap"]),
        (Terms(cap_fen=2000), {"bad_milli": 5000}, 2000, None, ["basis", "bad_so_far", "share"]),
        (Terms(includes_freight=True), {"bad_milli": 5000, "freight_fen": 800}, 2400, None, None),
        (Terms(), {"bad_milli": 5000, "freight_fen": 800}, 2000, None, None),
        (
            Terms(),
            {"bad_milli": 5000, "granted_fen": 2500},
            1500,
            Limit.REMAINING,
            ["basis", "bad_so_far", "share", "remaining"],
        ),
        (Terms(), {"bad_milli": 5000, "granted_fen": 2000}, 2000, None, ["basis", "bad_so_far", "share"]),
        (Terms(), {"bad_milli": 5000, "granted_fen": 4000}, 0, Limit.REMAINING, None),
        (Terms(), {"bad_milli": 5000, "granted_fen": 9000}, 0, Limit.REMAINING, None),
        (
            Terms(),
            {"bad_milli": 100, "earlier_award_fen": 900},
            0,
            None,
            ["basis", "bad_so_far", "share", "earlier"],
        ),
    ],
)
def test_terms_and_limits(given_terms, arguments, amount, limited_by, codes):
    award = cumulative_award(total_milli=10_000, paid_fen=4000, terms=given_terms, **arguments)

    assert (award.amount_fen, award.limited_by) == (amount, limited_by)
    if codes:
        assert [step.code.value for step in award.steps] == codes
    assert award.steps[-1].amount_fen == amount or award.limited_by == Limit.NOTHING_BAD


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"bad_milli": 11, "total_milli": 10, "paid_fen": 1}, "bad_over_total"),
        ({"bad_milli": 6, "earlier_bad_milli": 5, "total_milli": 10, "paid_fen": 1}, "bad_over_total"),
        ({"bad_milli": 1, "total_milli": 0, "paid_fen": 1}, "total_not_positive"),
        ({"bad_milli": -1, "total_milli": 10, "paid_fen": 1}, "negative"),
        ({"bad_milli": 1, "total_milli": 10, "paid_fen": -1}, "negative"),
        ({"bad_milli": 1, "total_milli": 10, "paid_fen": 1, "granted_fen": -1}, "negative"),
        ({"bad_milli": 1, "total_milli": 10, "paid_fen": 1, "earlier_award_fen": -1}, "negative"),
        ({"bad_milli": 1, "total_milli": 10, "paid_fen": 1, "freight_fen": -1}, "negative"),
        ({"bad_milli": 6, "earlier_bad_milli": -1, "total_milli": 10, "paid_fen": 1}, "negative"),
    ],
)
def test_awards_refuse_what_does_not_fit_together(arguments, code):
    with pytest.raises(CompensationError) as refused:
        cumulative_award(**arguments)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"tolerance_permille": -1}, "negative"),
        ({"cap_fen": -1}, "negative"),
        ({"minimum_fen": 500, "cap_fen": 499}, "cap_below_minimum"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(arguments, code):
    with pytest.raises(CompensationError) as refused:
        Terms(**arguments)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("bad_milli", "countable", "quantity"),
    [(0, True, 0), (1, True, 1000), (2000, True, 2000), (2001, True, 3000), (2001, False, 2001)],
)
def test_countable_goods_are_sent_again_in_whole_pieces(bad_milli, countable, quantity):
    assert reship_quantity(bad_milli, countable) == quantity


@pytest.mark.parametrize(
    ("quantity", "total", "paid", "remaining", "value"),
    [
        (3000, 12000, 3990, 3990, 998),
        (3000, 12000, 3990, 900, 900),
        (3000, 12000, 3990, 0, 0),
        (3000, 12000, 3990, -5, 0),
        (3000, 2500, 1000, 1000, 1000),
    ],
)
def test_reshipped_goods_count_their_share(quantity, total, paid, remaining, value):
    assert reship_value_fen(quantity, total, paid, remaining) == value


@pytest.mark.parametrize(
    ("amount", "bonus", "remaining", "face"),
    [
        (1000, 100, 5000, 1100),
        (1663, 100, 5000, 1829),
        (5, 100, 5000, 6),
        (1000, 0, 5000, 1000),
        (1000, 100, 1050, 1050),
    ],
)
def test_coupons_carry_a_bonus_but_never_more_than_remains(amount, bonus, remaining, face):
    assert coupon_value_fen(amount, bonus, remaining) == face


@pytest.mark.parametrize("call", [lambda: reship_quantity(-1, True), lambda: coupon_value_fen(-1, 0, 0)])
def test_remedies_refuse_negative_numbers(call):
    with pytest.raises(CompensationError):
        call()
