"""What listed losses come to, and what the law adds."""

import pytest

from claims.rules.compensation import Limit
from claims.rules.losses import LossKind, award, fraud_fen, line_fen, unsafe_food_fen


@pytest.mark.parametrize(
    ("quantity_milli", "unit_fen", "amount_fen"),
    [(3_200, 45_000, 144_000), (1, 500, 1), (1, 499, 0), (333, 1_000, 333), (2_500, 3, 8)],
)
def test_line_is_quantity_times_price_rounded_half_up(quantity_milli, unit_fen, amount_fen):
    assert line_fen(quantity_milli, unit_fen) == amount_fen


@pytest.mark.parametrize(
    ("lines", "granted_fen", "amount_fen", "damages_fen", "limited_by"),
    [
        ([(LossKind.PRICE, 9_000)], 0, 9_000, 0, None),
        ([(LossKind.PRICE, 9_001)], 0, 9_000, 0, Limit.REMAINING),
        ([(LossKind.PRICE, 9_000)], 4_000, 5_000, 0, Limit.REMAINING),
        ([(LossKind.PRICE, 9_000)], 9_500, 0, 0, Limit.REMAINING),
        ([(LossKind.COSTS, 12_000), (LossKind.BENEFIT, 90_000)], 0, 0, 102_000, None),
        (
            [(LossKind.PRICE, 4_000), (LossKind.PRICE, 3_000), (LossKind.COSTS, 1_000)],
            0,
            7_000,
            1_000,
            None,
        ),
    ],
)
def test_price_stays_within_the_line_and_the_rest_is_damages(
    lines, granted_fen, amount_fen, damages_fen, limited_by
):
    due = award(lines, paid_fen=9_000, granted_fen=granted_fen)

    assert (due.amount_fen, due.damages_fen, due.limited_by) == (amount_fen, damages_fen, limited_by)


@pytest.mark.parametrize(
    ("price_fen", "fraud", "food", "loss_fen"),
    [
        (10_000, 50_000, 100_000, 0),
        (16_667, 50_001, 166_670, 0),
        (100, 50_000, 100_000, 33_333),
        (100, 50_000, 100_002, 33_334),
    ],
)
def test_what_the_law_adds_has_a_floor(price_fen, fraud, food, loss_fen):
    assert fraud_fen(price_fen) == fraud
    assert unsafe_food_fen(price_fen, loss_fen) == food
