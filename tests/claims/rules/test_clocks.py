from datetime import UTC, datetime, timedelta

import pytest

from aftersales.lib.errors import InvalidValue
from claims.rules.classification import GoodsType
from claims.rules.clocks import Clock, allowance, due_at


@pytest.mark.parametrize(
    ("goods_type", "hours"),
    [
        (GoodsType.PRODUCE, 24),
        (GoodsType.FRESH_FRUIT, 24),
        (GoodsType.TEA_DRY_GOODS, 24),
        (GoodsType.APPLIANCE, 48),
        (GoodsType.ELECTRONICS, 48),
        (GoodsType.CLOTHING, 48),
        (GoodsType.INDUSTRIAL, 48),
        (GoodsType.AGRICULTURAL_INPUTS, 72),
        (GoodsType.SEED, 72),
    ],
)
def test_handling_depends_on_the_goods(goods_type, hours):
    assert allowance(goods_type, Clock.HANDLING) == timedelta(hours=hours)


@pytest.mark.parametrize(("clock", "hours"), [(Clock.FIRST_RESPONSE, 2), (Clock.SETTLEMENT, 24)])
def test_the_other_promises_are_the_same_for_all_goods(clock, hours):
    assert {allowance(goods_type, clock) for goods_type in GoodsType} == {timedelta(hours=hours)}


def test_due_is_the_start_plus_the_allowance():
    start = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)

    assert due_at(GoodsType.SEED, Clock.HANDLING, start) == datetime(2026, 3, 3, 23, 30, tzinfo=UTC)


def test_a_time_without_zone_is_refused():
    with pytest.raises(InvalidValue) as refused:
        due_at(GoodsType.SEED, Clock.HANDLING, datetime(2026, 2, 28))

    assert refused.value.code == "naive"
