from datetime import timedelta

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Order, OrderLine
from claims.services import orders
from stations.models import Party
from tests.factories import NOW, acting_as, make_consumer, seeing_everything
from tests.processes import at_once

YESTERDAY = NOW - timedelta(days=1)


def type_in(cast, **changes):
    given = {
        "station": cast.guangcheng,
        "number": "DD2026111900012",
        "product": "刺梨 5 斤装",
        "goods_type": "fresh_fruit",
        "quantity_milli": 2000,
        "unit": "box",
        "paid_fen": 5980,
        "ordered_at": YESTERDAY,
        "by": cast.agent,
        "now": NOW,
        **changes,
    }
    with acting_as(given["by"]):
        return orders.type_in(**given)


def refusal(cast, **changes):
    with pytest.raises(Refused) as refused:
        type_in(cast, **changes)
    return refused.value.code, refused.value.field


def test_an_order_is_typed_in_with_its_parties(cast):
    consumer = make_consumer(cast.guangcheng)

    line = type_in(
        cast,
        number=" DD2026111900012 ",
        product="刺梨  5 斤装",
        signed_at=NOW,
        merchant_name="修文刺梨合作社",
        logistics_name="中国邮政",
        platform_name="",
        consumer=consumer,
        sku="CL-5",
        batch="2026-11",
    )

    with seeing_everything():
        stored = OrderLine.objects.select_related("order__merchant", "order__logistics").get()
        (event,) = AuditEvent.objects.filter(verb="order.typed_in")
        parties = set(
            Party.objects.filter(name__in=["修文刺梨合作社", "中国邮政"]).values_list("kind", "name")
        )
    assert stored == line
    assert (stored.product, stored.sku, stored.batch, stored.goods_type) == (
        "刺梨 5 斤装",
        "CL-5",
        "2026-11",
        "fresh_fruit",
    )
    assert (stored.quantity_milli, stored.unit, stored.paid_fen) == (2000, "box", 5980)
    order = stored.order
    assert (order.number, order.source, order.consumer_id, order.created_by_id, order.created_at) == (
        "DD2026111900012",
        "typed",
        consumer.pk,
        cast.agent.pk,
        NOW,
    )
    assert (order.ordered_at, order.signed_at, order.platform_id) == (YESTERDAY, NOW, None)
    assert parties == {("merchant", "修文刺梨合作社"), ("logistics", "中国邮政")}
    assert event.after == {
        "order": order.pk,
        "number": "DD2026111900012",
        "goods_type": "fresh_fruit",
        "quantity_milli": 2000,
        "paid_fen": 5980,
    }


def test_typing_the_same_line_again_is_the_same_line(cast):
    first = type_in(cast)

    assert type_in(cast) == first
    other = type_in(cast, product="刺梨干 500 克")
    assert (other != first, other.order_id) == (True, first.order_id)
    with seeing_everything():
        assert (Order.objects.count(), OrderLine.objects.count()) == (1, 2)
        assert AuditEvent.objects.filter(verb="order.typed_in").count() == 2


def test_the_same_number_at_another_station_is_another_order(cast):
    ours = type_in(cast)
    theirs = type_in(cast, station=cast.liuguang, by=cast.neighbour)

    assert ours.order_id != theirs.order_id


def test_nobody_adds_lines_to_an_order_that_a_platform_sent(cast):
    line = type_in(cast)
    with seeing_everything():
        Order.objects.filter(pk=line.order_id).update(source="import")

    assert refusal(cast, product="刺梨干") == ("order_is_imported", "number")
    assert type_in(cast, number="DD2", product="刺梨干").pk


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"number": " "}, ("number_missing", "number")),
        ({"number": "1" * 41}, ("too_long", "number")),
        ({"product": ""}, ("product_missing", "product")),
        ({"product": "梨" * 121}, ("too_long", "product")),
        ({"sku": "1" * 41}, ("too_long", "sku")),
        ({"batch": "1" * 41}, ("too_long", "batch")),
        ({"goods_type": "gold"}, ("unknown_choice", "goods_type")),
        ({"unit": "ton"}, ("unknown_choice", "unit")),
        ({"quantity_milli": 0}, ("quantity_out_of_range", "quantity")),
        ({"quantity_milli": 10**15 + 1}, ("quantity_out_of_range", "quantity")),
        ({"quantity_milli": 1500}, ("quantity_not_whole", "quantity")),
        ({"paid_fen": 0}, ("paid_out_of_range", "paid")),
        ({"paid_fen": 10**12 + 1}, ("paid_out_of_range", "paid")),
        ({"ordered_at": NOW + timedelta(minutes=6)}, ("ordered_ahead", "ordered_at")),
        ({"signed_at": NOW + timedelta(minutes=6)}, ("signed_ahead", "signed_at")),
        ({"signed_at": YESTERDAY - timedelta(seconds=1)}, ("signed_before_ordered", "signed_at")),
    ],
)
def test_an_order_that_cannot_be_is_refused(cast, change, expected):
    assert refusal(cast, **change) == expected
    with seeing_everything():
        assert (Order.objects.count(), AuditEvent.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"number": "1" * 40},
        {"product": "梨" * 120},
        {"quantity_milli": 1500, "unit": "kg"},
        {"quantity_milli": 10**15},
        {"paid_fen": 1},
        {"paid_fen": 10**12},
        {"ordered_at": NOW + timedelta(minutes=5)},
        {"signed_at": YESTERDAY},
    ],
)
def test_an_order_that_just_can_be_goes_in(cast, change):
    assert type_in(cast, **change).pk


def test_station_and_consumer_of_others_look_like_none(cast):
    foreign = make_consumer(cast.liuguang)

    assert refusal(cast, by=cast.neighbour) == ("unknown_station", "station")
    assert refusal(cast, by=cast.suining_manager) == ("unknown_station", "station")
    assert refusal(cast, consumer=foreign) == ("unknown_consumer", "consumer")
    assert refusal(cast, consumer=foreign, by=cast.officer) == ("consumer_elsewhere", "consumer")
    assert type_in(cast, consumer=foreign, station=cast.liuguang, by=cast.officer).pk


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_order_typed_by_several_at_once_is_one_order(transactional_db, cast):
    outcomes = at_once(
        lambda product: type_in(cast, product=product).order_id,
        [(f"刺梨 {number}",) for number in range(4)] * 2,
    )

    with seeing_everything():
        (order,) = Order.objects.all()
        assert OrderLine.objects.filter(order=order).count() == 4
    assert [(outcome.value, outcome.error) for outcome in outcomes] == [(order.pk, "")] * 8
