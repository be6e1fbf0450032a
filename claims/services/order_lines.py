"""Which line of a known order a line of a list means."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from claims.models import OrderLine

COLUMNS = ("product", "goods_type", "quantity_milli", "unit", "paid_fen", "sku", "batch")
NEVER_EMPTIED = ("lot", "return_exception")
"""What a list may leave out without saying that there is none."""

NumberedGoods = tuple[int, Mapping[str, Any]]


def pairs(
    given: Sequence[NumberedGoods], lines: Sequence[OrderLine]
) -> tuple[list[tuple[int, dict[str, Any], OrderLine | None]], int]:
    """Pair lines of a list with the known lines of their article; None for one that is new.

    Pairs that say the same are left out and counted.
    """
    free: dict[tuple, list[OrderLine]] = defaultdict(list)
    for line in lines:
        free[_article({name: getattr(line, name) for name in COLUMNS})].append(line)
    differing = []
    for number, goods in given:
        said = {name: value for name, value in goods.items() if value or name not in NEVER_EMPTIED}
        of_article = free[_article(goods)]
        equal = next(
            (
                line
                for line in of_article
                if all(getattr(line, name) == value for name, value in said.items())
            ),
            None,
        )
        if equal is None:
            differing.append((number, said))
        else:
            of_article.remove(equal)
    left = []
    for number, said in differing:
        of_article = free[_article(said)]
        left.append((number, said, of_article.pop(0) if of_article else None))
    return left, len(given) - len(differing)


def _article(goods: Mapping[str, Any]) -> tuple[str, str, str]:
    return goods["sku"], "" if goods["sku"] else goods["product"], goods["batch"]
