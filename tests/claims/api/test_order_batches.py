"""Orders that applications send: entered, brought up to date, refused one by one."""

from datetime import UTC, datetime

import pytest

from aftersales.audit.models import AuditEvent
from claims.models import Consumer, Order, OrderLine
from tests.api_world import Api, make_client, make_token
from tests.factories import NOW, make_claim, make_line, make_party, make_station, seeing_everything

pytestmark = pytest.mark.django_db
XIUWEN = "520123000000"


@pytest.fixture
def platform(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    party = make_party("platform", "农优鲜")
    return Api(make_token(make_client(party, region=XIUWEN, adapter="wechat_store"))[1])


@pytest.fixture
def merchant(cast):
    return Api(make_token(make_client(make_party("merchant", "修文刺梨合作社"), region=XIUWEN))[1])


def order(number="A1", **changes):
    return {
        "number": number,
        "station": "520123103204",
        "ordered_at": "2026-11-15T12:30:00+08:00",
        "state": "shipped",
        "freight": "6.00",
        "merchant": "修文刺梨合作社",
        "consumer": {"name": "张桂英", "phone": "13800001111"},
        "lines": [{"product": "刺梨 5 斤", "quantity": "2", "unit": "box", "paid": "59.80", "sku": "CL-5"}],
        **changes,
    }


def push(api, *orders, **options):
    answer = api.post("orders/batches/", {"orders": list(orders)}, **options)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def results(api, *orders):
    return [(each["number"], each["result"], each["code"]) for each in push(api, *orders)["orders"]]


def only_order():
    with seeing_everything():
        return Order.objects.select_related("platform", "merchant", "consumer", "station").get()


def test_an_order_goes_in_whole(platform, cast):
    lot = {"product": "猕猴桃", "goods_type": "fresh_fruit", "quantity": "1.5", "unit": "kg", "paid": "30"}
    answer = push(platform, order(lines=[order()["lines"][0], {**lot, "batch": "B7", "lot": "L2026-11"}]))

    entered = only_order()
    assert answer == {
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "refused": 0,
        "orders": [
            {
                "index": 0,
                "number": "A1",
                "result": "created",
                "id": entered.pk,
                "code": "",
                "detail": "",
                "errors": [],
            }
        ],
    }
    assert (entered.platform.name, entered.merchant.name, entered.source) == (
        "农优鲜",
        "修文刺梨合作社",
        "api",
    )
    assert (entered.state, entered.version, entered.station_id) == ("shipped", 1, cast.guangcheng.pk)
    assert entered.consumer.phone_masked == "138****1111"
    with seeing_everything():
        lines = OrderLine.objects.order_by("id").values_list(
            "product", "quantity_milli", "paid_fen", "freight_fen", "batch", "lot", "station"
        )
        assert list(lines) == [
            ("刺梨 5 斤", 2000, 5980, 400, "", "", cast.guangcheng.pk),
            ("猕猴桃", 1500, 3000, 200, "B7", "L2026-11", cast.guangcheng.pk),
        ]
        event = AuditEvent.objects.get(verb="order.imported")
    assert (event.door, event.after) == ("api", {"imported": 2, "months": ["2026-11"]})


def test_the_same_again_changes_nothing(platform):
    push(platform, order())

    assert results(platform, order()) == [("A1", "unchanged", "")]
    assert (only_order().version, Consumer._base_manager.count()) == (1, 1)


def test_number_and_state_are_enough_for_a_known_order(platform):
    push(platform, order())

    told = results(platform, {"number": "A1", "state": "signed", "signed_at": "2026-11-18T09:00:00+08:00"})

    known = only_order()
    assert told == [("A1", "updated", "")]
    assert (known.state, known.version) == ("signed", 2)
    assert known.signed_at == datetime(2026, 11, 18, 1, tzinfo=UTC)
    with seeing_everything():
        event = AuditEvent.objects.get(verb="order.changed")
    assert event.after == {"signed_at": "2026-11-18T09:00:00+08:00", "state": "signed"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "signed"}, "signed_at_missing"),
        ({"state": "placed"}, "state_goes_back"),
        ({"state": "shipped", "signed_at": "2026-11-18T09:00:00+08:00"}, "signed_contradicts_state"),
        ({"signed_at": "2026-11-14T09:00:00+08:00"}, "signed_before_ordered"),
        ({"signed_at": "2027-11-14T09:00:00+08:00"}, "signed_ahead"),
        ({"outside_state": "77"}, "outside_code_unknown"),
        ({"outside_state": "30", "state": "shipped"}, "state_twice"),
        ({"merchant": "甲" * 121}, "invalid"),
        ({"state": "lost"}, "invalid"),
        ({"colour": "red"}, "invalid"),
        ({"station": "520123103999"}, "unknown_station"),
        ({"station": "village"}, "unknown_station"),
        ({"consumer": {"name": "张", "phone": "12"}}, "phone_invalid"),
        ({"lines": [{"product": "x", "quantity": "1", "paid": "1"}]}, "no_goods_type"),
        ({"lines": [{"product": "刺梨", "quantity": "1.5", "paid": "1"}]}, "quantity_not_whole"),
        ({"lines": [{"product": "刺梨", "quantity": "1", "paid": "0"}]}, "paid_out_of_range"),
        ({"lines": [{"product": "刺梨", "quantity": 1, "paid": "1"}]}, "invalid"),
        ({"lines": "none"}, "invalid"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(platform, change, code):
    push(platform, order())
    before = only_order().version

    told = results(
        platform, {"number": "A1", **change}, order("A2", consumer={"name": "李", "phone": "13900002222"})
    )

    assert told == [("A1", "refused", code), ("A2", "created", "")]
    with seeing_everything():
        assert Order.objects.get(number="A1").version == before


def test_what_ends_an_order_is_final(platform):
    push(platform, order(state="cancelled"))

    assert results(platform, {"number": "A1", "state": "shipped"}) == [("A1", "refused", "state_final")]
    assert results(platform, {"number": "A1", "state": "cancelled"}) == [("A1", "unchanged", "")]


def test_states_in_the_platforms_own_codes(platform):
    push(platform, order(state="placed"))

    told = results(platform, {"number": "A1", "outside_state": "30"})

    assert told == [("A1", "updated", "")]
    assert only_order().state == "shipped"


def test_an_order_that_is_new_needs_more_than_a_number(platform):
    assert results(platform, {"number": "A1", "state": "shipped"}) == [("A1", "refused", "order_incomplete")]
    assert results(platform, order(lines=[])) == [("A1", "refused", "order_incomplete")]
    assert results(platform, order(), order()) == [
        ("A1", "created", ""),
        ("A1", "refused", "order_scattered"),
    ]


def test_an_order_moves_with_its_lines_while_nothing_rests_on_it(platform, cast):
    push(platform, order())
    other = make_station("village", "520123103201", cast.liuguang_point)

    assert results(platform, {"number": "A1", "station": str(other.pk)}) == [
        ("A1", "refused", "consumer_missing")
    ]
    assert results(platform, order(station=str(other.pk))) == [("A1", "updated", "")]

    moved = only_order()
    with seeing_everything():
        line = OrderLine.objects.get()
    assert (moved.station_id, line.station_id, moved.consumer.station_id) == (other.pk, other.pk, other.pk)


def test_nothing_that_a_claim_rests_on_is_replaced(platform, cast):
    push(platform, order())
    other = make_station("village", "520123103201", cast.liuguang_point)
    with seeing_everything():
        line = OrderLine.objects.select_related("order").get()
        consumer = Consumer.objects.get()
    make_claim(cast.guangcheng, filed_by=cast.agent, line=line, consumer=consumer)

    dearer = {**order()["lines"][0], "paid": "99.80"}
    refused = [
        order(station=str(other.pk)),
        order(freight="7.00"),
        order(state="cancelled"),
        order(lines=[dearer]),
    ]
    assert [results(platform, each)[0][2] for each in refused] == ["order_claimed"] * 3 + [
        "order_line_claimed"
    ]
    assert results(platform, {"number": "A1", "signed_at": "2026-11-18T09:00:00+08:00"}) == [
        ("A1", "updated", "")
    ]
    assert (only_order().freight_fen, only_order().state) == (600, "signed")


def test_whoever_an_order_names_may_say_how_far_it_is_and_nothing_else(platform, merchant):
    push(platform, order())
    cheaper = {**order()["lines"][0], "paid": "1.00"}

    assert results(merchant, {"number": "A1", "station": "520123103204", "lines": [cheaper]}) == [
        ("A1", "refused", "order_of_another")
    ]
    assert results(merchant, {"number": "A1", "station": "520123103204", "freight": "1.00"}) == [
        ("A1", "refused", "order_of_another")
    ]
    assert results(
        merchant, {"number": "A1", "station": "520123103204", "signed_at": "2026-11-18T09:00:00+08:00"}
    ) == [("A1", "updated", "")]


def test_somebody_elses_number_is_not_taken_over(platform, cast):
    make_line(cast.guangcheng, number="T1")
    push(platform, order())
    rival = Api(make_token(make_client(make_party("platform", "别家"), region=XIUWEN))[1])

    assert results(rival, order()) == [("A1", "refused", "order_foreign")]
    assert results(platform, order("T1")) == [("T1", "refused", "order_typed")]
    assert results(rival, {"number": "A1", "state": "cancelled"}) == [("A1", "refused", "order_incomplete")]


def test_nobody_outside_renames_a_consumer_or_leaves_one_with_a_refused_order(platform, cast):
    push(platform, order())
    rival = Api(make_token(make_client(make_party("platform", "别家"), region=XIUWEN))[1])

    push(rival, order("B1", consumer={"name": "李四", "phone": "13800001111"}))
    push(rival, order("A1", consumer={"name": "王五", "phone": "13800002222"}))

    with seeing_everything():
        (known,) = Consumer.objects.all()
    assert known.name_masked == "张**"


def test_one_key_is_one_effect_and_one_answer(platform):
    first = platform.post("orders/batches/", {"orders": [order()]}, key="batch-0001")
    again = platform.post("orders/batches/", {"orders": [order()]}, key="batch-0001")
    other = platform.post("orders/batches/", {"orders": [order("A2")]}, key="batch-0001")
    without = platform.post("orders/batches/", {"orders": [order()]}, key=None)

    assert (first.json(), first.has_header("Idempotency-Replayed")) == (again.json(), False)
    assert again["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert (without.status_code, without.json()["code"]) == (400, "key_missing")
    assert Order._base_manager.count() == 1


@pytest.mark.parametrize(
    "body",
    [{}, {"orders": []}, {"orders": "x"}, {"orders": [{}] * 1001}, {"orders": None}, [], "x", None, 7],
)
def test_what_is_no_batch_is_told_so(platform, body):
    answer = platform.post("orders/batches/", body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize(
    "element", [None, 7, "x", [], {}, {"number": None}, {"number": "\x00"}, {"\x00": 1}, {"state": "\x00"}]
)
def test_what_is_no_order_is_refused_on_its_own(platform, element):
    told = push(platform, element, order())

    assert [each["result"] for each in told["orders"]] == ["refused", "created"]
    assert told["orders"][0]["code"] == "invalid"
    assert told["orders"][0]["errors"]


def test_a_batch_takes_the_same_statements_whatever_its_size(platform, django_assert_max_num_queries):
    def batch(first, count):
        return [
            order(
                f"Q{number}",
                station="520123103204",
                consumer={"name": "张桂英", "phone": f"139{number:08d}"},
            )
            for number in range(first, first + count)
        ]

    push(platform, *batch(0, 2))
    with django_assert_max_num_queries(32):
        push(platform, *batch(10, 3))
    with django_assert_max_num_queries(32):
        push(platform, *batch(100, 150))
    with django_assert_max_num_queries(32):
        push(platform, *[{"number": f"Q{number}", "state": "closed"} for number in range(100, 250)])
    assert Order._base_manager.filter(state="closed").count() == 150
