"""Everything else of claims that the admin shows: lists, pages, what they cost and what they hide."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims.models import Reship
from tests.claims.admin.rows import choose
from tests.factories import make_consumer, make_line, seeing_everything

# Statements of a list, signing in and roles included.
LISTS = {
    "order": 8,
    "orderline": 8,
    "consumer": 8,
    "photo": 8,
    "coupon": 8,
    "reship": 8,
    "fund": 6,
    "account": 6,
    "movement": 6,
    "spendinglimit": 7,
    "advance": 7,
    "deposit": 6,
    "compensationpolicy": 6,
}
PAGES = {
    "order": lambda rows: rows.claim.order_line.order,
    "orderline": lambda rows: rows.claim.order_line,
    "consumer": lambda rows: rows.claim.consumer,
    "photo": lambda rows: rows.photo,
    "coupon": lambda rows: rows.coupon,
    "reship": lambda rows: rows.reship,
    "fund": lambda rows: rows.fund,
    "account": lambda rows: rows.advance.movement.debit,
    "movement": lambda rows: rows.advance.movement,
    "advance": lambda rows: rows.advance,
    "deposit": lambda rows: rows.deposit,
}
# What lies in 睢宁 and nowhere else: names of places and people, and the fund.
CANARIES = ("睢宁", "王集", "陈楼", "孙二梅", "钱多", "冯经理", "孟", "BANK 320324")


def list_url(name):
    return reverse(f"admin:claims_{name}_changelist")


def page_url(name, row):
    return reverse(f"admin:claims_{name}_change", args=[row.pk])


@pytest.mark.parametrize(("name", "statements"), LISTS.items())
def test_a_list_costs_the_same_for_one_row_and_many(as_user, cast, ours, name, statements):
    client = as_user("manager")
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(list_url(name)).status_code == 200
        counts.append(len(queries))
        for _number in range(3):
            choose(cast.guangcheng, agent=cast.agent, paid_fen=1_000)

    assert counts == [statements, statements]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_shows_nothing_of_another_county(as_user, ours, theirs, name):
    text = as_user("manager").get(f"{list_url(name)}?state=all").content.decode()

    assert [canary for canary in CANARIES if canary in text] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_there_for_ones_own_county_only(as_user, ours, theirs, name):
    client = as_user("manager")

    own = client.get(page_url(name, PAGES[name](ours)))
    foreign = client.get(page_url(name, PAGES[name](theirs)))

    assert (own.status_code, foreign.status_code) == (200, 404)
    assert [canary for canary in CANARIES if canary in own.content.decode()] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_and_a_list_show_no_personal_data(as_user, ours, name):
    client = as_user("manager")

    text = client.get(list_url(name)).content.decode()
    text += client.get(page_url(name, PAGES[name](ours))).content.decode()

    assert "张桂英" not in text and f"1390000{ours.claim.station_id:04d}" not in text
    assert ours.claim.consumer.phone_index not in text


@pytest.mark.parametrize("name", ["order", "orderline"])
def test_orders_are_found_by_whole_numbers(as_user, cast, name):
    consumer = make_consumer(cast.guangcheng, phone="13912345678")
    make_line(cast.guangcheng, consumer=consumer, number="JD0099")
    make_line(cast.guangcheng)
    foreign = make_consumer(cast.chenlou, phone="13887654321")
    make_line(cast.chenlou, consumer=foreign, number="JD0088")
    client = as_user("manager")

    found = {
        text: client.get(list_url(name), {"q": text}).context["cl"].result_count
        for text in ("JD0099", "13912345678", "JD009", "1391234567", "JD0088", "13887654321", " ")
    }

    assert found == {
        "JD0099": 1,
        "13912345678": 1,
        "JD009": 0,
        "1391234567": 0,
        "JD0088": 0,
        "13887654321": 0,
        " ": 2,
    }


def test_consumers_are_found_by_phone_and_by_the_beginning_of_their_name(as_user, cast):
    make_consumer(cast.guangcheng, name="张桂英", phone="13912345678")
    make_consumer(cast.guangcheng, name="张三丰")
    make_consumer(cast.chenlou, name="张桂英", phone="13912345678")
    client = as_user("manager")

    found = {
        text: client.get(list_url("consumer"), {"q": text}).context["cl"].result_count
        for text in ("13912345678", "1391234567", "张", "张桂", "桂英")
    }

    assert found == {"13912345678": 1, "1391234567": 0, "张": 2, "张桂": 1, "桂英": 0}


def test_a_consumers_page_leads_to_the_page_that_asks_for_a_reason(as_user, ours):
    consumer = ours.claim.consumer

    text = as_user("manager").get(page_url("consumer", consumer)).content.decode()

    assert reverse("claims:consumer_reveal", args=[consumer.pk]) in text and "张**" in text


def test_goods_sent_again_are_marked_with_their_parcel(as_user, ours, theirs):
    client = as_user("manager")
    sent = {"action": "mark_shipped", "apply": "1", "with-parcel_number": "SF 123 456"}

    for reship in (ours.reship, theirs.reship):
        client.post(list_url("reship"), {**sent, "_selected_action": reship.pk})

    with seeing_everything():
        numbers = [Reship.objects.get(pk=reship.pk).parcel_number for reship in (ours.reship, theirs.reship)]
    assert numbers == ["SF123456", ""]


def test_a_fund_leads_to_its_page(as_user, ours):
    text = as_user("manager").get(list_url("fund")).content.decode()

    assert reverse("claims:fund_detail", args=["520123000000"]) in text and "¥9,920.00" in text


def test_limits_of_a_day_name_the_station(as_user, ours):
    client = as_user("manager")

    day = client.get(list_url("spendinglimit")).content.decode()
    month = client.get(f"{list_url('spendinglimit')}?kind=fund_month").content.decode()

    assert "广城村服务点" in day and "2026-11-20" in day and "¥420.00" in day
    assert "2026-11" in month and "广城村服务点" not in month
