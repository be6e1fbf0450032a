"""The fee of a visit, to the fen."""

import pytest

from claims.rules.provider_fees import Fee, FeeRates, fee, in_vain, rates_for

RATES = FeeRates(
    "repair", "", base_fen=8000, free_km=3, per_km_fen=200, after_hours_permille=500, vain_permille=300
)


@pytest.mark.parametrize(
    ("distance_m", "is_after_hours", "parts"),
    [
        (0, False, Fee(8000, 0, 0, 8000)),
        (3000, False, Fee(8000, 0, 0, 8000)),
        (3001, False, Fee(8000, 200, 0, 8200)),
        (4000, False, Fee(8000, 200, 0, 8200)),
        (12_345, False, Fee(8000, 2000, 0, 10_000)),
        (None, False, Fee(8000, 0, 0, 8000)),
        (3001, True, Fee(8000, 200, 4000, 12_200)),
        (None, True, Fee(8000, 0, 4000, 12_000)),
    ],
)
def test_every_kilometre_begun_beyond_the_free_ones_counts_and_late_hours_raise_the_base(
    distance_m, is_after_hours, parts
):
    assert fee(RATES, distance_m=distance_m, is_after_hours=is_after_hours) == parts


@pytest.mark.parametrize(("base_fen", "late_fen"), [(1, 1), (3, 2), (5, 3), (7, 4), (101, 51)])
def test_half_a_fen_is_rounded_up(base_fen, late_fen):
    rates = FeeRates("repair", "", base_fen=base_fen, after_hours_permille=500)

    assert fee(rates, distance_m=None, is_after_hours=True).after_hours_fen == late_fen


@pytest.mark.parametrize(
    ("failure", "fee_fen"),
    [
        ("nobody_home", 2460),
        ("wrong_address", 2460),
        ("refused", 2460),
        ("road", 2460),
        ("no_part", 2460),
        ("other", 2460),
        ("did_not_come", 0),
    ],
)
def test_a_way_in_vain_is_paid_in_part_unless_nobody_came(failure, fee_fen):
    full = fee(RATES, distance_m=3001, is_after_hours=False)

    assert in_vain(full, RATES, failure=failure) == Fee(8000, 200, 0, fee_fen)


def test_the_exact_goods_type_goes_before_every_other():
    phones = FeeRates("repair", "electronics", base_fen=5000)
    pickup = FeeRates("pickup", "", base_fen=3000)
    lines = [RATES, phones, pickup]

    found = [
        rates_for(lines, visit_kind=kind, goods_type=goods)
        for kind, goods in (
            ("repair", "electronics"),
            ("repair", "appliance"),
            ("pickup", "electronics"),
            ("installation", "appliance"),
        )
    ]

    assert found == [phones, RATES, pickup, None]
