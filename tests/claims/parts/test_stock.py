"""The number on a shelf: received, counted, sent, written off, and the limit for ordering more."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from aftersales.lib.errors import Refused
from claims.models import PartStock
from claims.services import parts
from tests.claims.parts.cases import events, make_part, make_stock, make_visit, movements_of, shelf
from tests.factories import NOW, acting_as, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def pump(db):
    return make_part()


def refusal(by, call, **given) -> tuple:
    with acting_as(by), pytest.raises(Refused) as refused:
        call(by=by, now=NOW, **given)
    return refused.value.code, refused.value.field


def test_received_parts_lie_on_the_shelf_and_in_the_books(cast, pump):
    with acting_as(cast.technician):
        first = parts.receive(
            part=pump, station=cast.liuguang_point, quantity=3, note="厂家补货", by=cast.technician, now=NOW
        )
        parts.receive(part=pump, station=cast.liuguang_point, quantity=2, by=cast.technician, now=NOW)

    assert shelf(first.stock) == (5, 0)
    assert movements_of(first.stock) == [("received", 3, 3, "厂家补货"), ("received", 2, 5, "")]
    assert [(each.station_id, each.after) for each in events("part.received")] == [
        (cast.liuguang_point.pk, {"part": "X-PUMP", "change": 3, "on_hand": 3}),
        (cast.liuguang_point.pk, {"part": "X-PUMP", "change": 2, "on_hand": 5}),
    ]


@pytest.mark.parametrize("quantity", [0, -1, 10_000, 2.5, True, "3", None])
def test_a_number_that_is_none_is_not_received(cast, pump, quantity):
    given = {"part": pump, "station": cast.liuguang_point}

    assert refusal(cast.technician, parts.receive, quantity=quantity, **given) == (
        "quantity_out_of_range",
        "quantity",
    )
    with acting_as(cast.technician):
        assert parts.receive(quantity=9_999, by=cast.technician, now=NOW, **given).on_hand == 9_999
    assert refusal(cast.technician, parts.receive, quantity=1, **given) == ("too_many", "quantity")


def test_receive_refuses_what_is_not_kept_and_where_nobody_is(cast, pump):
    retired = make_part("X-OLD", retired_at=timezone.now())
    with seeing_everything():
        cast.liuguang.__class__.objects.filter(pk=cast.liuguang.pk).update(state="closed")

    assert refusal(cast.technician, parts.receive, part=retired, station=cast.liuguang_point, quantity=1) == (
        "part_retired",
        "part",
    )
    assert refusal(cast.technician, parts.receive, part=pump, station=cast.liuguang, quantity=1) == (
        "station_not_operating",
        "station",
    )
    assert refusal(cast.technician, parts.receive, part=pump, station=cast.longchang_point, quantity=1) == (
        "unknown_station",
        "station",
    )


def test_a_count_that_agrees_moves_nothing_and_is_written_down(cast, pump):
    stock = make_stock(pump, cast.liuguang_point, on_hand=3, by=cast.technician)

    with acting_as(cast.technician):
        movement = parts.count(stock=stock, counted=3, by=cast.technician, now=NOW)

    assert movement is None
    assert movements_of(stock) == [("received", 3, 3, "")]
    (event,) = events("part.counted")
    assert event.after == {"part": "X-PUMP", "counted": 3, "books": 3}


def test_a_difference_at_a_count_needs_a_reason(cast, pump):
    stock = make_stock(pump, cast.liuguang_point, on_hand=3, by=cast.technician)

    assert refusal(cast.technician, parts.count, stock=stock, counted=2, note="  ") == (
        "reason_missing",
        "note",
    )
    with acting_as(cast.technician):
        parts.count(stock=stock, counted=2, note="少了一个，找不到", by=cast.technician, now=NOW)

    assert shelf(stock) == (2, 0)
    assert movements_of(stock)[-1] == ("counted", -1, 2, "少了一个，找不到")


def test_a_count_does_not_go_below_what_is_put_aside(cast, pump):
    stock = make_stock(pump, cast.liuguang_point, on_hand=3, by=cast.technician)
    visit = make_visit(cast)
    with acting_as(cast.technician):
        parts.reserve(
            visit=visit,
            part=pump,
            station=cast.liuguang_point,
            quantity=2,
            by=cast.technician,
            now=NOW,
        )

    given = {"stock": stock, "note": "清点只剩一个"}
    assert refusal(cast.technician, parts.count, counted=1, **given) == ("fewer_than_put_aside", "counted")
    with acting_as(cast.technician):
        parts.count(counted=2, by=cast.technician, now=NOW, **given)
    assert shelf(stock) == (2, 2)


def test_parts_go_to_another_station_on_both_shelves_at_once(cast, pump):
    stock = make_stock(pump, cast.liuguang_point, on_hand=3, by=cast.technician)

    with acting_as(cast.technician):
        out = parts.send(
            stock=stock, to=cast.xiuwen_centre, quantity=2, note="县里要", by=cast.technician, now=NOW
        )

    assert (out.change, out.on_hand) == (-2, 1)
    assert movements_of(stock)[-1] == ("sent", -2, 1, "修文县县域共配售后中心 · 县里要")
    with seeing_everything():
        there = PartStock.objects.get(part=pump, station=cast.xiuwen_centre)
    assert movements_of(there) == [("sent", 2, 2, "六广镇乡镇备用处理点 · 县里要")]


def test_a_station_sends_inside_its_reach_or_to_the_one_above(cast, pump):
    stock = make_stock(pump, cast.liuguang_point, on_hand=3, by=cast.technician)
    given = {"stock": stock, "quantity": 1}

    assert refusal(cast.technician, parts.send, to=cast.liuguang_point, **given) == ("same_station", "to")
    assert refusal(cast.technician, parts.send, to=cast.longchang_point, **given) == (
        "unknown_station",
        "station",
    )
    assert refusal(cast.platform, parts.send, to=cast.wangji_point, **given) == ("other_county", "to")
    with acting_as(cast.officer):
        parts.send(to=cast.longchang_point, by=cast.officer, now=NOW, **given)
    assert shelf(stock) == (2, 0)


def test_what_is_put_aside_is_neither_sent_nor_written_off(cast, pump):
    stock = make_stock(pump, cast.liuguang_point, on_hand=2, by=cast.technician)
    visit = make_visit(cast)
    with acting_as(cast.technician):
        parts.reserve(visit=visit, part=pump, station=cast.liuguang_point, by=cast.technician, now=NOW)

    assert refusal(cast.technician, parts.send, stock=stock, to=cast.xiuwen_centre, quantity=2) == (
        "part_short",
        "quantity",
    )
    assert refusal(cast.technician, parts.break_, stock=stock, quantity=2, note="掉地上摔坏") == (
        "part_short",
        "quantity",
    )
    with acting_as(cast.technician):
        parts.break_(stock=stock, quantity=1, note="掉地上摔坏", by=cast.technician, now=NOW)
    assert shelf(stock) == (1, 1)
    assert movements_of(stock)[-1] == ("broken", -1, 1, "掉地上摔坏")


def test_parts_are_not_written_off_without_a_reason(cast, pump):
    stock = make_stock(pump, cast.liuguang_point, on_hand=2, by=cast.technician)

    assert refusal(cast.technician, parts.break_, stock=stock, quantity=1, note="坏") == (
        "reason_missing",
        "note",
    )
    assert shelf(stock) == (2, 0)


def test_a_shelf_out_of_reach_is_no_shelf(cast, pump):
    stock = make_stock(pump, cast.longchang_point, on_hand=2, by=cast.officer)

    for call, given in (
        (parts.count, {"counted": 2}),
        (parts.send, {"to": cast.xiuwen_centre, "quantity": 1}),
        (parts.break_, {"quantity": 1, "note": "掉地上摔坏"}),
        (parts.set_low, {"low_at": 2}),
    ):
        assert refusal(cast.technician, call, stock=stock, **given) == ("unknown_stock", None)
    assert shelf(stock) == (2, 0)


def test_the_limit_for_ordering_is_set_and_written_down_once(cast, pump):
    stock = make_stock(pump, cast.liuguang_point, on_hand=2, by=cast.technician)

    with acting_as(cast.technician):
        for _press in range(2):
            parts.set_low(stock=stock, low_at=3, by=cast.technician, now=NOW)

    (event,) = events("part.limit_set")
    assert (event.before, event.after) == ({"part": "X-PUMP", "low_at": 1}, {"low_at": 3})
    assert refusal(cast.technician, parts.set_low, stock=stock, low_at=-1) == (
        "quantity_out_of_range",
        "low_at",
    )


def test_the_database_holds_a_shelf_together(cast, pump):
    stock = make_stock(pump, cast.liuguang_point, on_hand=1, by=cast.technician)
    row = PartStock._base_manager.filter(pk=stock.pk)

    for wrong in ({"reserved": 2}, {"on_hand": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**wrong)
    row.update(reserved=1)
