"""docs/rules/returns.md: the seven days in which goods go back without a reason, and when they may not."""

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

from claims.rules.classification import GoodsType, may_return_without_reason

DAYS = 7
DAY = timedelta(days=1)


class ReturnException(StrEnum):
    """Goods that the law takes out of the seven days, apart from fresh and perishable ones.

    Source: Law on the Protection of Consumer Rights and Interests, article 25.
    """

    CUSTOM_MADE = "custom_made"
    OPENED_DIGITAL = "opened_digital"
    PERIODICAL = "periodical"
    AGREED_AT_PURCHASE = "agreed_at_purchase"


class NoReturn(StrEnum):
    """Why goods may not go back without a reason."""

    PERISHABLE = "no_reason_perishable"
    EXCEPTED = "no_reason_excepted"
    OVER = "no_reason_over"


def last_day(signed_on: date, is_working_day: Callable[[date], bool]) -> date:
    """The last day of the seven, which begin on the day after the goods were signed for.

    A last day on a day off moves to the next working day (Civil Code, articles 201 and 203).
    """
    day = signed_on + DAYS * DAY
    while not is_working_day(day):
        day += DAY
    return day


def why_not(
    goods_type: GoodsType,
    exception: str,
    signed_on: date | None,
    asked_on: date,
    is_working_day: Callable[[date], bool],
) -> NoReturn | None:
    """Why goods may not go back without a reason; None when they may.

    Goods that were not signed for yet may: the seven days have not begun.
    """
    if not may_return_without_reason(goods_type):
        return NoReturn.PERISHABLE
    if exception:
        return NoReturn.EXCEPTED
    if signed_on is not None and asked_on > last_day(signed_on, is_working_day):
        return NoReturn.OVER
    return None
