"""docs/rules/compensation.md, section 5: damage tiers, the other way to say what bad goods are paid.

Shares are whole permille. A bad share falls into the smallest tier that reaches it, so that a share between
two tiers is paid as the higher one: in the consumer's favour.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from aftersales.lib.errors import InvalidValue

ALL = 1000
MOST_TIERS = 20


class TierError(InvalidValue):
    """A table that leaves a share without a tier or pays less for more damage.

    Codes: empty, too_many, not_whole, out_of_range, not_ascending, pays_less, not_to_the_end.
    """


@dataclass(frozen=True)
class Tier:
    """Up to this bad share, so much of what was paid; both in permille."""

    up_to_permille: int
    pays_permille: int


DEFAULT_TIERS = (Tier(100, 100), Tier(300, 300), Tier(500, 500), Tier(800, 800), Tier(1000, 1000))
"""The five tiers that WeChat Store publishes for its fresh-goods guarantee (坏损包退): 10, 30, 50, 80 and
100 % of the price, freight included."""


def checked(tiers: Iterable[Tier]) -> tuple[Tier, ...]:
    """The table itself, once it is known to pay every bad share and never less for more damage.

    Raises TierError.
    """
    table = tuple(tiers)
    if not table:
        raise TierError("empty", "a table needs at least one tier")
    if len(table) > MOST_TIERS:
        raise TierError("too_many", f"a table has at most {MOST_TIERS} tiers")
    for tier in table:
        given = (tier.up_to_permille, tier.pays_permille)
        if any(type(each) is not int for each in given):
            raise TierError("not_whole", "shares are whole permille")
        if not 0 < tier.up_to_permille <= ALL or not 0 <= tier.pays_permille <= ALL:
            raise TierError("out_of_range", "shares lie between 0 and 1000 permille")
    for lower, higher in pairwise(table):
        if lower.up_to_permille >= higher.up_to_permille:
            raise TierError("not_ascending", "tiers must ascend")
        if lower.pays_permille > higher.pays_permille:
            raise TierError("pays_less", "a higher tier must not pay less")
    if table[-1].up_to_permille != ALL:
        raise TierError("not_to_the_end", "the last tier must reach 1000 permille")
    return table


def tier_of(bad_milli: int, total_milli: int, tiers: Sequence[Tier]) -> Tier:
    """The smallest tier that reaches bad / total, compared exactly. `tiers` are checked."""
    return next(tier for tier in tiers if bad_milli * ALL <= tier.up_to_permille * total_milli)


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Tier, ...]:
    """A table as it is kept with a policy; an empty one stands for none. Raises TierError."""
    rows = list(rows)
    if not rows:
        return ()
    try:
        return checked(Tier(row["up_to_permille"], row["pays_permille"]) for row in rows)
    except (KeyError, TypeError):
        raise TierError("not_whole", "a tier has two whole shares") from None


def written(tiers: Iterable[Tier]) -> list[dict[str, int]]:
    """A table in the form in which a policy keeps it."""
    return [{"up_to_permille": tier.up_to_permille, "pays_permille": tier.pays_permille} for tier in tiers]
