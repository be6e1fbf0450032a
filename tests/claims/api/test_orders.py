"""Orders listed, read and changed by programs: those of the own party, and nobody is overwritten."""

from datetime import timedelta

import pytest

from aftersales.accounts.api_scopes import ApiScope
from aftersales.audit.models import AuditEvent
from claims.models import Order, OrderLine
from tests.claims.api.world import program
from tests.factories import NOW, make_claim, make_line, make_party, seeing_everything

pytestmark = pytest.mark.django_db
SIGNED = "2026-11-18T09:00:00+08:00"


@pytest.fixture
def sent(world, time_machine):
    """An order that the platform has sent, on its way."""
    time_machine.move_to(NOW, tick=False)
    body = {
        "number": "A1",
        "station": "520123103204",
        "ordered_at": "2026-11-15T12:30:00+08:00",
        "state": "shipped",
        "freight": "6",
        "consumer": {"name": "张桂英", "phone": "13985112233"},
        "lines": [{"product": "刺梨 5 斤", "quantity": "2", "unit": "box", "paid": "59.80", "lot": "L7"}],
    }
    assert world.platform.post("orders/batches/", {"orders": [body]}).json()["created"] == 1
    with seeing_everything():
        return Order.objects.select_related("platform", "station").get(number="A1")


def test_an_order_is_told_with_its_lines_and_a_masked_buyer(world, sent):
    answer = world.platform.get(f"orders/{sent.pk}/")

    with seeing_everything():
        line = OrderLine.objects.get(order=sent)
    assert (answer.status_code, answer["ETag"]) == (200, '"1"')
    assert answer.json() == {
        "id": sent.pk,
        "number": "A1",
        "version": 1,
        "state": "shipped",
        "state_text": answer.json()["state_text"],
        "station": {"id": sent.station_id, "name": sent.station.name, "region": "520123103204"},
        "platform": sent.platform.name,
        "merchant": None,
        "logistics": None,
        "consumer": {"name_masked": "张**", "phone_masked": "139****2233"},
        "ordered_at": "2026-11-15T12:30:00+08:00",
        "signed_at": None,
        "freight": "6.00",
        "source": "api",
        "changed_at": answer.json()["changed_at"],
        "lines": [
            {
                "id": line.pk,
                "product": "刺梨 5 斤",
                "sku": "",
                "batch": "",
                "lot": "L7",
                "goods_type": "fresh_fruit",
                "quantity": "2",
                "unit": "box",
                "paid": "59.80",
                "freight": "6.00",
                "granted": "0.00",
                "return_exception": "",
            }
        ],
    }


def test_an_order_exists_for_those_it_names_alone(world, sent):
    path = f"orders/{sent.pk}/"

    statuses = {
        name: getattr(world, name).get(path).status_code
        for name in ("platform", "rival", "county", "villager", "stranger")
    }

    assert statuses == {"platform": 200, "rival": 404, "county": 404, "villager": 200, "stranger": 404}
    assert world.rival.get("orders/").json()["data"] == []
    assert world.rival.patch(path, {"state": "cancelled"}, version=1).status_code == 404
    assert [row["number"] for row in world.villager.get("orders/").json()["data"]] == ["A1", "SO-1"]


def test_lists_are_narrowed_by_named_filters(world, sent, cast):
    def numbers(**query):
        return [row["number"] for row in world.platform.get("orders/", query).json()["data"]]

    with seeing_everything():
        Order.objects.filter(number="SO-1").update(changed_at=NOW - timedelta(days=1))

    assert numbers() == ["A1", "SO-1"]
    assert numbers(number="SO-1") == ["SO-1"]
    assert numbers(state="shipped") == ["A1"]
    assert numbers(station=cast.liuguang_point.pk) == []
    assert numbers(changed_after=NOW.isoformat()) == ["A1"]
    assert numbers(ordered_after="2026-11-15T12:30:00+08:00") == ["A1"]
    assert numbers(ordered_before="2026-11-15T12:30:00+08:00") == ["SO-1"]
    assert world.platform.get("orders/", {"state": "lost"}).json()["code"] == "invalid"


def test_a_list_takes_eight_statements_at_most(world, cast, django_assert_max_num_queries):
    for _each in range(3):
        make_line(cast.guangcheng)
    world.platform.get("orders/")

    with django_assert_max_num_queries(8):
        answer = world.platform.get("orders/")

    assert len(answer.json()["data"]) == 4


def test_a_change_names_what_it_was_made_from(world, sent):
    path = f"orders/{sent.pk}/"

    changed = world.platform.patch(path, {"state": "signed", "signed_at": SIGNED}, version=1)
    stale = world.platform.patch(path, {"freight": "7"}, version=1)
    without = world.platform.patch(path, {"freight": "7"})

    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    assert (changed.json()["state"], changed.json()["signed_at"]) == ("signed", SIGNED)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale.json()["current"]["version"] == 2
    assert (without.status_code, without.json()["code"]) == (428, "version_missing")
    with seeing_everything():
        event = AuditEvent.objects.get(verb="order.changed")
    assert (event.before, event.after) == (
        {"signed_at": None, "state": "shipped"},
        {"signed_at": SIGNED, "state": "signed"},
    )


def test_a_change_to_what_is_so_already_changes_nothing(world, sent):
    answer = world.platform.patch(f"orders/{sent.pk}/", {"state": "shipped", "freight": "6.00"}, version=1)

    assert (answer.status_code, answer["ETag"]) == (200, '"1"')


def test_a_new_freight_is_spread_over_the_lines(world, sent):
    answer = world.platform.patch(f"orders/{sent.pk}/", {"freight": "8.50"}, version=1)

    assert (answer.json()["freight"], answer.json()["lines"][0]["freight"]) == ("8.50", "8.50")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"state": "placed"}, "state_goes_back"),
        ({"state": "signed"}, "signed_at_missing"),
        ({"state": "shipped", "signed_at": SIGNED}, "signed_contradicts_state"),
        ({"signed_at": "2026-11-10T09:00:00+08:00"}, "signed_before_ordered"),
        ({"signed_at": "2026-12-10T09:00:00+08:00"}, "signed_ahead"),
        ({"outside_state": "30"}, "adapter_missing"),
        ({"signed_at": "0001-01-01T00:00:00"}, "invalid"),
        ({"number": "A2"}, "invalid"),
        ({"freight": "-1"}, "invalid"),
    ],
)
def test_what_cannot_be_is_refused(world, sent, body, code):
    answer = world.platform.patch(f"orders/{sent.pk}/", body, version=1)

    assert answer.json()["code"] == code
    assert world.platform.get(f"orders/{sent.pk}/")["ETag"] == '"1"'


def test_nobody_calls_off_what_a_claim_rests_on(world, sent, cast):
    with seeing_everything():
        line = OrderLine.objects.select_related("order__consumer").get(order=sent)
    make_claim(cast.guangcheng, filed_by=cast.agent, line=line, consumer=line.order.consumer)

    answer = world.platform.patch(f"orders/{sent.pk}/", {"state": "cancelled"}, version=1)

    assert (answer.status_code, answer.json()["code"]) == (409, "order_claimed")


def test_nothing_is_claimed_on_an_order_that_was_called_off(world, sent):
    world.platform.patch(f"orders/{sent.pk}/", {"state": "cancelled"}, version=1)

    answer = world.platform.post(
        "claims/",
        {
            "order_number": "A1",
            "nature": "quality",
            "severity": "minor",
            "bad_quantity": "1",
            "consented": True,
        },
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "order_cancelled")


def test_a_logistics_firm_says_when_it_was_signed_for_and_no_more(world, cast):
    firm = make_party("logistics")
    api = program(firm)
    with seeing_everything():
        order = Order.objects.get(number="SO-1")
        Order.objects.filter(pk=order.pk).update(state="shipped", signed_at=None)
    path = f"orders/{order.pk}/"

    assert api.patch(path, {"freight": "9"}, version=1).json()["code"] == "order_typed"
    with seeing_everything():
        Order.objects.filter(pk=order.pk).update(source="api")
    assert api.patch(path, {"freight": "9"}, version=1).json()["code"] == "order_of_another"
    assert api.patch(path, {"signed_at": SIGNED}, version=1).json()["state"] == "signed"
    assert api.patch(path, {"signed_at": "2026-11-19T09:00:00+08:00"}, version=2).json()["code"] == (
        "order_of_another"
    )


def test_consumers_read_and_change_nothing(world, sent):
    assert world.villager.patch(f"orders/{sent.pk}/", {"state": "cancelled"}, version=1).status_code == 403
    assert world.villager.post("orders/batches/", {"orders": [{"number": "X"}]}).status_code == 403


def test_a_token_needs_the_scope(world, sent):
    reader = program(make_party("platform"), scopes=[ApiScope.ORDERS_READ])

    answer = reader.post("orders/batches/", {"orders": [{"number": "X"}]})

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert reader.get("orders/").status_code == 200
