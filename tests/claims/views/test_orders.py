"""Orders: typed in when the system does not know them, listed, looked at."""

import re

import pytest

from claims.models import OrderLine
from tests.factories import NOW, make_claim, make_consumer, make_line, seeing_everything

KEY = "form-key-of-an-order-0001"


def typed(**changes):
    return {
        "form_key": KEY,
        "product": "五星枇杷 5 斤",
        "goods_type": "fresh_fruit",
        "paid": "45.5",
        "quantity": "5",
        "unit": "jin",
        "ordered_on": "2026-11-15",
        "signed_on": "2026-11-20",
        "name": "杨昌荣",
        "phone": "138 0000 6666",
        "merchant_name": "",
        "number": "",
        **changes,
    }


def lines():
    with seeing_everything():
        return list(OrderLine.objects.select_related("order__consumer", "order__merchant").order_by("id"))


def test_form_starts_with_what_is_most_likely(cast, door):
    form = door(cast.agent).get("/claims/orders/new/").context["form"]

    assert "station" not in form.fields
    assert (form["goods_type"].value(), form["unit"].value()) == ("fresh_fruit", "piece")


def test_typed_order_leads_on_to_the_claim(cast, door):
    answer = door(cast.agent).post(
        "/claims/orders/new/", typed(merchant_name="山里红水果", number="TB778899")
    )

    [line] = lines()
    assert answer.url == f"/claims/new/{line.pk}/"
    assert (line.paid_fen, line.quantity_milli, line.unit, line.station) == (
        4550,
        5000,
        "jin",
        cast.guangcheng,
    )
    order = line.order
    assert (order.number, order.merchant.name, order.consumer.name_masked, order.source) == (
        "TB778899",
        "山里红水果",
        "杨**",
        "typed",
    )
    assert order.signed_at <= NOW


def test_order_without_a_number_gets_one_and_sent_twice_is_one(cast, door):
    client = door(cast.agent)

    first = client.post("/claims/orders/new/", typed())
    second = client.post("/claims/orders/new/", typed())

    [line] = lines()
    assert first.url == second.url
    assert line.order.number.startswith("D261120")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"product": ""}, "product", "required"),
        ({"product": "长" * 121}, "product", "max_length"),
        ({"paid": "0"}, "paid", "zero"),
        ({"paid": "12.345"}, "paid", "too_many_decimals"),
        ({"paid": "1e5"}, "paid", "not_a_number"),
        ({"quantity": "-1"}, "quantity", "negative"),
        ({"quantity": "2.5", "unit": "piece"}, "quantity", "quantity_not_whole"),
        ({"ordered_on": "2026-11-21"}, "ordered_on", "future"),
        ({"ordered_on": "2020-01-01", "signed_on": ""}, "ordered_on", "too_old"),
        ({"ordered_on": "2026-11-18", "signed_on": "2026-11-17"}, "signed_on", "before_order"),
        ({"phone": "12345"}, "phone", "not_a_phone"),
        ({"name": "<b>"}, "name", "not_a_name"),
        ({"unit": "ton"}, "unit", "invalid_choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(cast, door, changes, field, code):
    page = door(cast.agent).post("/claims/orders/new/", typed(**changes))

    assert lines() == []
    errors = page.context["form"].errors.as_data()
    assert {name: error[0].code for name, error in errors.items()} == {field: code}
    assert "杨昌荣" in page.content.decode() or field == "name"


def test_people_of_several_stations_choose_one_of_theirs(cast, door):
    client = door(cast.officer)

    form = client.get("/claims/orders/new/").context["form"]
    foreign = client.post("/claims/orders/new/", typed(station=cast.chenlou.pk))
    answer = client.post("/claims/orders/new/", typed(station=cast.liuguang.pk))

    assert cast.liuguang in form.fields["station"].queryset
    assert foreign.context["form"].errors.keys() == {"station"}
    assert answer.status_code == 302
    assert lines()[0].station == cast.liuguang


def test_list_shows_the_lines_in_reach(cast, door):
    ours = make_line(cast.guangcheng, number="PDD-1", product="桃子")
    make_line(cast.liuguang)
    client = door(cast.agent)

    assert [line.pk for line in client.get("/claims/orders/").context["lines"]] == [ours.pk]
    assert [line.pk for line in client.get("/claims/orders/?q=桃子").context["lines"]] == [ours.pk]
    assert client.get("/claims/orders/?q=梨").context["lines"] == []


def test_list_pages_without_gaps(cast, door):
    for _ in range(35):
        make_line(cast.guangcheng)
    client = door(cast.agent)

    first = client.get("/claims/orders/").context
    second = client.get(f"/claims/orders/?cursor={first['list_page'].next}").context

    assert (len(first["lines"]), len(second["lines"])) == (30, 5)


def test_order_shows_its_lines_and_claims(cast, door, django_assert_max_num_queries):
    line = make_line(cast.guangcheng, consumer=make_consumer(cast.guangcheng))
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line)
    client = door(cast.agent)

    with django_assert_max_num_queries(8):
        page = client.get(f"/claims/orders/{line.order_id}/")

    [entry] = page.context["lines"]
    assert entry["line"] == line
    assert re.findall(r'href="/claims/(SH\w+)/"', entry["claims"]) == [claim.number]


def test_order_of_another_station_is_not_found(cast, door):
    line = make_line(cast.liuguang)

    assert door(cast.agent).get(f"/claims/orders/{line.order_id}/").status_code == 404
