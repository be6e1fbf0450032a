"""docs/rules/losses.md: what bad agricultural inputs cost, and what the law adds for fraud and unsafe food.

Sources: Seed Law, article 45; Agriculture Law, article 76 (price, costs, lost expected benefit); Law on the
Protection of Consumer Rights and Interests, article 55; Food Safety Law, article 148. All money in whole fen.
"""

from collections.abc import Iterable
from enum import StrEnum

from claims.rules.compensation import Award, Limit, Step, StepCode

MILLI = 1000


class LossKind(StrEnum):
    """The three parts of a loss."""

    PRICE = "price"
    COSTS = "costs"
    BENEFIT = "benefit"


def line_fen(quantity_milli: int, unit_fen: int) -> int:
    """Quantity times price of a unit, rounded half up to the fen."""
    return (2 * quantity_milli * unit_fen + MILLI) // (2 * MILLI)


def award(lines: Iterable[tuple[str, int]], *, paid_fen: int, granted_fen: int) -> Award:
    """What (kind, amount) lines come to: the goods' part, and costs and lost benefit beyond it.

    The goods' part is never more than what was paid less what was granted on the line already; the law sets
    the other two no such bound, so a person looks at them.
    """
    sums = dict.fromkeys(LossKind, 0)
    for kind, amount_fen in lines:
        sums[LossKind(kind)] += amount_fen
    price, remaining = sums[LossKind.PRICE], max(0, paid_fen - granted_fen)
    numbers = {f"{kind}_fen": amount_fen for kind, amount_fen in sums.items()}
    steps = [Step(StepCode.LOSSES, price, numbers)]
    if price > remaining:
        numbers = {"granted_fen": granted_fen, "remaining_fen": remaining}
        steps.append(Step(StepCode.REMAINING, remaining, numbers))
    return Award(
        amount_fen=min(price, remaining),
        steps=tuple(steps),
        limited_by=Limit.REMAINING if price > remaining else None,
        damages_fen=sums[LossKind.COSTS] + sums[LossKind.BENEFIT],
    )


def fraud_fen(price_fen: int) -> int:
    """What is added for fraud: three times the price, at least 500 yuan."""
    return max(3 * price_fen, 50_000)


def unsafe_food_fen(price_fen: int, loss_fen: int) -> int:
    """What is added for unsafe food: ten times the price or three times the loss, at least 1,000 yuan."""
    return max(10 * price_fen, 3 * loss_fen, 100_000)
