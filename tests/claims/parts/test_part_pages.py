"""Pages of spare parts: the list and its guides, the shelves of stations, what is done with a shelf."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from aftersales.web.service_forms import new_form_key
from claims.models import Part, PartStock
from claims.services import parts
from tests.claims.parts.cases import (
    events,
    make_part,
    make_stock,
    make_visit,
    movements_of,
    read_stock,
    shelf,
)
from tests.factories import NOW, acting_as, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def pump(db):
    return make_part(fits="滚筒通用", guide="断电。\n换上新泵。", old_part_comes_back=True)


@pytest.fixture
def stock(cast, pump):
    return make_stock(pump, cast.liuguang_point, on_hand=3, by=cast.technician)


def act(browser, stock, step, **fields):
    return browser.post(reverse("claims:part_act", args=[stock.pk, step]), fields)


def listed(page) -> list:
    return [(row.station.name, row.part.code, row.free) for row in page.context["list_page"]]


def test_the_list_shows_the_parts_and_what_is_free_in_reach(cast, door, pump, stock):
    make_stock(pump, cast.longchang_point, on_hand=5, by=cast.officer)
    make_part("X-OLD", retired_at=NOW)
    url = reverse("claims:part_list")

    seen = {}
    for person in (cast.agent, cast.technician, cast.officer):
        page = door(person).get(url, {"q": "x-"})
        seen[person] = [(part.code, part.free) for part in page.context["list_page"]]

    assert seen == {
        cast.agent: [("X-PUMP", 0)],
        cast.technician: [("X-PUMP", 3)],
        cast.officer: [("X-PUMP", 8)],
    }
    assert reverse("claims:part_stock") not in door(cast.agent).get(url).content.decode()
    assert reverse("claims:part_stock") in door(cast.technician).get(url).content.decode()


def test_the_list_is_narrowed_by_words_and_appliance(cast, door, pump):
    url = reverse("claims:part_list")
    browser = door(cast.agent)

    def codes(**given):
        return [part.code for part in browser.get(url, given).context["list_page"]]

    assert codes(q="X-PUMP") == codes(q="滚筒 X-") == ["X-PUMP"]
    assert set(codes(appliance="generic")) == set(
        Part.objects.filter(appliance="generic").values_list("code", flat=True)
    )
    assert codes(q="X-PUMP", appliance="fridge") == []
    assert "No part fits" in browser.get(url, {"q": "没有这个"}).content.decode()
    # What is not understood is left out of account.
    assert len(codes(appliance="toaster")) == len(codes()) == 30


def test_a_part_is_shown_with_its_guide_in_steps(cast, door, pump, stock):
    url = reverse("claims:part_detail", args=["X-PUMP"])

    agent, technician = door(cast.agent).get(url), door(cast.technician).get(url)

    for page in (agent, technician):
        assert page.context["steps"] == ["断电。", "换上新泵。"]
    assert (list(agent.context["shelves"]), technician.context["shelves"]) == ([], [stock])
    assert reverse("claims:part_shelf", args=[stock.pk]) in technician.content.decode()
    assert door(cast.agent).get(reverse("claims:part_detail", args=["NO-PART"])).status_code == 404


def test_shelves_are_listed_with_what_runs_low_first(cast, door, pump, stock):
    belt, hose = make_part("X-BELT", name="皮带"), make_part("X-HOSE", name="进水管")
    make_stock(belt, cast.liuguang_point, on_hand=1, low_at=2, by=cast.technician)
    make_stock(hose, cast.longchang_point, on_hand=1, low_at=5, by=cast.officer)
    url = reverse("claims:part_stock")
    point, other = "六广镇乡镇备用处理点", "龙场街道乡镇备用处理点"

    assert listed(door(cast.technician).get(url)) == [(point, "X-BELT", 1), (point, "X-PUMP", 3)]
    county = door(cast.officer)
    assert listed(county.get(url)) == [
        (point, "X-BELT", 1),
        (other, "X-HOSE", 1),
        (point, "X-PUMP", 3),
    ]
    assert listed(county.get(url, {"low": "on"})) == [(point, "X-BELT", 1), (other, "X-HOSE", 1)]
    assert listed(county.get(url, {"station": cast.longchang_point.pk})) == [(other, "X-HOSE", 1)]
    assert listed(county.get(url, {"q": "皮带"})) == [(point, "X-BELT", 1)]
    assert "Run low: 2." in county.get(url).content.decode()
    # A station of another county, or none at all, is no filter and shows nothing of it.
    for nonsense in (cast.wangji_point.pk, "x", "99999999999999999999"):
        assert len(listed(county.get(url, {"station": nonsense}))) == 3


def test_the_pages_of_a_long_list_do_not_lose_a_shelf(cast, door, monkeypatch):
    monkeypatch.setattr("claims.views.parts.PAGE_SIZE", 2)
    for number in range(5):
        part = make_part(f"X-{number}")
        make_stock(part, cast.liuguang_point, on_hand=1, low_at=1 + number % 2, by=cast.technician)
    browser, url = door(cast.technician), reverse("claims:part_stock")

    seen, cursor = [], ""
    while cursor is not None:
        page = browser.get(url, {"cursor": cursor} if cursor else {})
        seen += [code for _station, code, _free in listed(page)]
        cursor = page.context["list_page"].next or None

    assert seen == ["X-1", "X-3", "X-0", "X-2", "X-4"]


def test_lists_ask_no_question_per_row(cast, door):
    def filled(numbers):
        for number in numbers:
            stock = make_stock(make_part(f"X-{number}"), cast.liuguang_point, on_hand=2, by=cast.technician)
            with acting_as(cast.technician):
                parts.reserve(
                    visit=make_visit(cast),
                    part=stock.part,
                    station=cast.liuguang_point,
                    by=cast.technician,
                    now=NOW,
                )
        return stock

    browser = door(cast.technician)
    stock = filled(range(2))
    pages = [
        reverse("claims:part_list"),
        reverse("claims:part_stock"),
        reverse("claims:part_shelf", args=[stock.pk]),
        reverse("claims:part_detail", args=[stock.part.code]),
    ]
    counted = [_queries(browser, url) for url in pages]

    filled(range(2, 12))

    assert [_queries(browser, url) for url in pages] == counted
    assert max(counted) <= 12


def _queries(browser, url) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(url).status_code == 200
    return len(asked)


def test_parts_are_received_once_however_often_the_form_is_sent(cast, door, pump):
    browser, url = door(cast.technician), reverse("claims:part_receive")
    page = browser.get(url, {"part": "X-PUMP"})
    form = page.context["form"]
    assert (form["part"].value(), form["station"].value()) == (pump.pk, cast.liuguang_point.pk)
    given = {
        "form_key": form["form_key"].value(),
        "part": pump.pk,
        "station": cast.liuguang_point.pk,
        "quantity": "4",
        "note": "厂家送货单 18 号",
    }

    answers = [browser.post(url, given) for _press in range(2)]

    with seeing_everything():
        stock = PartStock.objects.get(part=pump)
    assert [answer.url for answer in answers] == [reverse("claims:part_shelf", args=[stock.pk])] * 2
    assert movements_of(stock) == [("received", 4, 4, "厂家送货单 18 号")]
    shown = browser.get(answers[0].url).content.decode()
    assert "厂家送货单 18 号" in shown and "+4" in shown


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"part", "station", "quantity", "form_key"}),
        ({"quantity": "0"}, {"quantity"}),
        ({"quantity": "10000"}, {"quantity"}),
        ({"quantity": "x"}, {"quantity"}),
        ({"part": "99999999999999999999"}, {"part"}),
        ({"part": "x"}, {"part"}),
        ({"station": "0"}, {"station"}),
        ({"note": "长" * 201}, {"note"}),
    ],
)
def test_a_delivery_that_makes_no_sense_is_told_where(cast, door, pump, fields, wrong):
    whole = {
        "form_key": new_form_key(),
        "part": pump.pk,
        "station": cast.liuguang_point.pk,
        "quantity": "4",
        "note": "送货单",
    }
    given = {**whole, **fields} if fields else {}

    page = door(cast.technician).post(reverse("claims:part_receive"), given)

    assert page.status_code == 200
    assert set(page.context["form"].errors) == wrong
    if fields:
        assert page.context["form"]["note"].value() == given["note"]
    with seeing_everything():
        assert not PartStock.objects.exists()


def test_a_supplier_brings_nothing_to_another_place(cast, door, pump):
    given = {"form_key": new_form_key(), "part": pump.pk, "quantity": "4"}
    for station in (cast.longchang_point, cast.wangji_point, cast.guangcheng):
        page = door(cast.technician).post(reverse("claims:part_receive"), {**given, "station": station.pk})
        assert set(page.context["form"].errors) == {"station"}


def test_a_shelf_is_counted_sent_from_written_off_and_given_a_limit(cast, door, stock):
    browser = door(cast.technician)
    shelf_url = reverse("claims:part_shelf", args=[stock.pk])

    page = act(browser, stock, "count", counted="2")
    assert (page.status_code, set(page.context["form"].errors)) == (409, {"note"})
    assert page.context["form"]["counted"].value() == "2"
    assert act(browser, stock, "count", counted="2", note="少了一个，找不到").url == shelf_url
    send = {"to": cast.xiuwen_centre.pk, "quantity": "1", "form_key": new_form_key()}
    assert [act(browser, stock, "send", **send).url for _press in range(2)] == [shelf_url] * 2
    broken = {"quantity": "1", "note": "掉地上摔坏", "form_key": new_form_key()}
    assert [act(browser, stock, "break", **broken).url for _press in range(2)] == [shelf_url] * 2
    assert act(browser, stock, "limit", low_at="4").url == shelf_url

    assert shelf(stock) == (0, 0)
    assert read_stock(stock).low_at == 4
    assert [movement[:3] for movement in movements_of(stock)] == [
        ("received", 3, 3),
        ("counted", -1, 2),
        ("sent", -1, 1),
        ("broken", -1, 0),
    ]


def test_more_than_is_free_is_refused_with_the_nearest_others(cast, door, pump, stock):
    make_stock(pump, cast.longchang_point, on_hand=9, by=cast.officer)

    page = act(
        door(cast.technician),
        stock,
        "send",
        to=cast.xiuwen_centre.pk,
        quantity="4",
        form_key=new_form_key(),
    )

    assert page.status_code == 409
    assert page.context["form"].errors["quantity"] == [
        "There are not enough free pieces at 六广镇乡镇备用处理点. Nearest: 龙场街道乡镇备用处理点 (free: 9)."
    ]
    assert page.context["form"]["quantity"].value() == "4"


@pytest.mark.parametrize("step", ["count", "send", "break", "limit"])
def test_every_step_is_told_what_is_missing(cast, door, stock, step):
    browser = door(cast.technician)
    url = reverse("claims:part_act", args=[stock.pk, step])
    assert browser.get(url).status_code == 200

    for nonsense in ({}, dict.fromkeys(("counted", "to", "quantity", "note", "low_at", "form_key"), "\0x")):
        page = browser.post(url, nonsense)
        assert page.status_code == 200
        assert page.context["form"].errors
    assert shelf(stock) == (3, 0)


def test_shelves_elsewhere_and_steps_that_are_none_are_not_found(cast, door, pump, stock):
    elsewhere = make_stock(pump, cast.longchang_point, on_hand=1, by=cast.officer)
    browser = door(cast.technician)

    assert browser.get(reverse("claims:part_shelf", args=[elsewhere.pk])).status_code == 404
    assert act(browser, elsewhere, "count", counted="1").status_code == 404
    assert act(browser, stock, "throw").status_code == 404
    assert door(cast.agent).get(reverse("claims:part_shelf", args=[stock.pk])).status_code == 403


def test_the_table_holds_numbers_as_numbers_and_is_written_down(cast, door, pump, stock):
    odd = make_part("X-ODD", name="=1+1", fits="+2")
    make_stock(odd, cast.liuguang_point, on_hand=1, low_at=2, by=cast.technician)

    answer = door(cast.technician).get(reverse("claims:part_stock_export"), {"low": ""})

    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[1]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    point = "六广镇乡镇备用处理点"
    assert rows == [
        [point, "X-ODD", "'=1+1", "Washing machine", "'+2", 1, 0, 1, 2, "yes", 45, 45],
        [point, "X-PUMP", "排水泵", "Washing machine", "滚筒通用", 3, 0, 3, 1, None, 45, 135],
    ]
    (event,) = events("part.exported")
    assert event.after["rows"] == 2
