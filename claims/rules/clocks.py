"""docs/rules/clocks.md: how much time each promise allows.

Allowances are counted here in natural time, hour by hour round the clock. Counting in opening
hours and working days belongs to the working-time calendar.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from aftersales.lib.errors import InvalidValue
from claims.rules.classification import GoodsType, group_of


class Clock(StrEnum):
    """A promise to the consumer that is timed."""

    FIRST_RESPONSE = "first_response"
    HANDLING = "handling"
    SETTLEMENT = "settlement"


FIRST_RESPONSE = timedelta(hours=2)
SETTLEMENT = timedelta(hours=24)

HANDLING: dict[GoodsType, timedelta] = {
    GoodsType.PRODUCE: timedelta(hours=24),
    GoodsType.APPLIANCE: timedelta(hours=48),
    GoodsType.AGRICULTURAL_INPUTS: timedelta(hours=72),
}
"""Time from filing to resolution; the nearest entry above a goods type counts."""

HANDLING_OTHERWISE = timedelta(hours=48)


def allowance(goods_type: GoodsType, clock: Clock) -> timedelta:
    """How much time a clock allows for a goods type."""
    if clock == Clock.FIRST_RESPONSE:
        return FIRST_RESPONSE
    if clock == Clock.SETTLEMENT:
        return SETTLEMENT
    return HANDLING.get(goods_type) or HANDLING.get(group_of(goods_type), HANDLING_OTHERWISE)


def due_at(goods_type: GoodsType, clock: Clock, start: datetime) -> datetime:
    """The instant by which a clock that started at `start` must have been stopped, in natural time.

    Raises InvalidValue("naive") for a time without a zone.
    """
    if start.tzinfo is None:
        raise InvalidValue("naive", "an instant needs a time zone")
    return start + allowance(goods_type, clock)
