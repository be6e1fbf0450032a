"""docs/rules/losses.md: what bad agricultural inputs cost, and what the law adds for fraud and unsafe food.

Sources: Seed Law, article 45; Agriculture Law, article 76 (price, costs, lost expected benefit); Law on the
Protection of Consumer Rights and Interests, article 55; Food Safety Law, article 148. All money in whole fen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MILLI = 1000


class LossKind(StrEnum):
    """The three parts of a loss."""

    PRICE = "price"
    COSTS = "costs"
    BENEFIT = "benefit"


@dataclass(frozen=True)
class Due:
    """What the lines of a loss come to: the goods' part, within what is left of the line, and beyond it."""

    amount_fen: int
    damages_fen: int
    price_fen: int
    costs_fen: int
    benefit_fen: int


def line_fen(quantity_milli: int, unit_fen: int) -> int:
    """Quantity times price of a unit, rounded half up to the fen."""
    return (2 * quantity_milli * unit_fen + MILLI) // (2 * MILLI)


def due(lines: Iterable[tuple[str, int]], remaining_fen: int) -> Due:
    """What (kind, amount) lines come to when `remaining_fen` of the order line is not granted yet."""
    sums = dict.fromkeys(LossKind, 0)
    for kind, amount_fen in lines:
        sums[LossKind(kind)] += amount_fen
    price, costs, benefit = sums[LossKind.PRICE], sums[LossKind.COSTS], sums[LossKind.BENEFIT]
    return Due(min(price, max(0, remaining_fen)), costs + benefit, price, costs, benefit)


def fraud_fen(price_fen: int) -> int:
    """What is added for fraud: three times the price, at least 500 yuan."""
    return max(3 * price_fen, 50_000)


def unsafe_food_fen(price_fen: int, loss_fen: int) -> int:
    """What is added for unsafe food: ten times the price or three times the loss, at least 1,000 yuan."""
    return max(10 * price_fen, 3 * loss_fen, 100_000)
