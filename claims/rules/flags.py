"""Flags: what makes a person look at a claim. docs/rules/flags.md.

Advice only: a flag moves a claim to a person, it never refuses one. Sums in fen, shares in permille.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import median

SAME_PHOTO = "same_photo"
LIKE_PHOTO = "like_photo"
PHOTO_BEFORE_GOODS = "photo_before_goods"
PHOTO_OLD = "photo_old"
MANY_CLAIMS = "many_claims"
MANY_HOUSEHOLD = "many_household"
MANY_AGENT = "many_agent"
MANY_MERCHANT = "many_merchant"
MANY_BATCH = "many_batch"
AMOUNT_UNUSUAL = "amount_unusual"
OWN_CLAIM = "own_claim"
OBJECTED = "objected"

PHOTO_CODES = frozenset({SAME_PHOTO, LIKE_PHOTO, PHOTO_BEFORE_GOODS, PHOTO_OLD})

PHOTO_AGE = timedelta(days=15)
"""A photo is old that was taken longer than this before its claim was filed."""

SPAN = timedelta(days=30)
MANY_OF_PHONE = 3
MANY_OF_HOUSEHOLD = 4
MANY_OF_BATCH = 10
"""How many claims within the span, the present one included, are many."""

AGENT_SPAN = timedelta(days=7)
AGENT_SPANS_BEFORE = 8
MANY_OF_AGENT = 20
MERCHANT_SPANS_BEFORE = 3
MANY_OF_MERCHANT = 20
SURGE = 3
"""How many times the mean of earlier spans is far more than usual."""

NORM_SPAN = timedelta(days=90)
STATION_NORM_COUNT = 10
COUNTY_NORM_COUNT = 20
SPREADS = 5
LEAST_SPREAD = Fraction(1, 10)
LEAST_UNUSUAL_FEN = 2_000
# What the median of distances is multiplied with to stand for a standard deviation of normal values.
MAD_TO_DEVIATION = Fraction(14826, 10000)


@dataclass(frozen=True)
class Norm:
    """What is usual: the median of so many values, and the value above which something is not."""

    count: int
    median: int
    limit: int


def photo_is_early(taken_at: datetime, *, goods_at: datetime) -> bool:
    """Whether a photo was taken before the goods could be there: signed for, else ordered."""
    return taken_at < goods_at


def photo_is_old(taken_at: datetime, *, filed_at: datetime) -> bool:
    """Whether a photo was taken longer before the claim than somebody waits who shows a fresh damage."""
    return taken_at < filed_at - PHOTO_AGE


def is_surge(count: int, *, before: int, spans_before: int, least: int) -> bool:
    """Whether a count of one span is at least `least` and more than three times the mean of earlier spans."""
    return count >= least and count * spans_before > SURGE * before


def norm(values: Sequence[int], *, least_count: int) -> Norm | None:
    """What is usual among values of the past; None when there are too few to say.

    The limit is the median and five spreads, and never less than twice the median. The spread is the median
    distance from the median, as a standard deviation, and at least a tenth of the median: where all values
    are alike, a slightly larger one is nothing.
    """
    if len(values) < least_count:
        return None
    middle = Fraction(median(map(Fraction, values)))
    spread = median(abs(value - middle) for value in values) * MAD_TO_DEVIATION
    limit = max(middle + SPREADS * max(spread, middle * LEAST_SPREAD), 2 * middle)
    return Norm(len(values), int(middle), int(limit))


def is_unusual(value: int, usual: Norm | None) -> bool:
    """Whether a value lies beyond what is usual; nothing does where nobody can say what is."""
    return usual is not None and value > usual.limit
