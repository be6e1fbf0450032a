"""The seven days without a reason: when they end, and for which goods they are not given."""

from datetime import date

import pytest

from claims.rules.classification import GoodsType
from claims.rules.returns import NoReturn, ReturnException, last_day, why_not
from stations.rules.calendar import computed

SIGNED = date(2026, 11, 12)


def is_working_day(day: date) -> bool:
    return computed(day).is_workday


@pytest.mark.parametrize(
    ("signed_on", "last"),
    [
        (date(2026, 11, 12), date(2026, 11, 19)),  # Thursday to Thursday
        (date(2026, 11, 14), date(2026, 11, 23)),  # the seventh day is a Saturday
        (date(2026, 9, 24), date(2026, 10, 8)),  # the seventh day is the National Day
        (date(2026, 12, 25), date(2027, 1, 4)),  # New Year, and the weekend after it
    ],
)
def test_last_day_moves_to_a_working_day(signed_on, last):
    assert last_day(signed_on, is_working_day) == last


@pytest.mark.parametrize(
    ("goods_type", "exception", "asked_on", "because"),
    [
        (GoodsType.CLOTHING, "", SIGNED, None),
        (GoodsType.CLOTHING, "", date(2026, 11, 19), None),
        (GoodsType.CLOTHING, "", date(2026, 11, 20), NoReturn.OVER),
        (GoodsType.FRESH_FRUIT, "", SIGNED, NoReturn.PERISHABLE),
        (GoodsType.AQUATIC, "", SIGNED, NoReturn.PERISHABLE),
        (GoodsType.TEA_DRY_GOODS, "", SIGNED, None),
        *((GoodsType.CLOTHING, each, SIGNED, NoReturn.EXCEPTED) for each in ReturnException),
    ],
)
def test_goods_that_may_not_go_back_without_a_reason(goods_type, exception, asked_on, because):
    assert why_not(goods_type, exception, SIGNED, asked_on, is_working_day) == because


def test_goods_that_were_not_signed_for_may_go_back():
    assert why_not(GoodsType.CLOTHING, "", None, date(2030, 1, 1), is_working_day) is None
