"""The list of claims and the page of one: what is shown, to whom, and in how many queries."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.services import casework
from tests.claims.pictures import jpeg
from tests.factories import (
    NOW,
    acting_as,
    make_claim,
    make_consumer,
    make_fund,
    make_line,
    seeing_everything,
)

LIST, MOST_FOR_A_LIST, MOST_FOR_A_CLAIM = "/claims/", 9, 14


def numbers(page):
    return [row["number"] for row in page.context["list_page"]]


def due(hours):
    return NOW + timedelta(hours=hours)


def test_open_claims_come_first_due_first(cast, door):
    late = make_claim(cast.guangcheng, filed_by=cast.agent, handling_due_at=due(20))
    over = make_claim(cast.guangcheng, filed_by=cast.agent, handling_due_at=due(-1))
    soon = make_claim(cast.guangcheng, filed_by=cast.agent, handling_due_at=due(2))
    make_claim(cast.guangcheng, filed_by=cast.agent, status="closed")
    make_claim(cast.liuguang, filed_by=cast.neighbour)

    page = door(cast.agent).get(LIST)

    assert numbers(page) == [over.number, soon.number, late.number]
    assert re.findall(r"item tone-(\w+)", page.content.decode()) == ["bad", "warn", "good"]


@pytest.fixture
def three(cast):
    """An open fruit claim, a resolved fertiliser claim, an overdue fridge filed by the technician."""
    fruit = make_claim(
        cast.guangcheng,
        filed_by=cast.agent,
        consumer=make_consumer(cast.guangcheng, name="李小明", phone="13800001111"),
    )
    inputs = make_claim(
        cast.guangcheng,
        filed_by=cast.agent,
        status="resolved",
        goods_type="fertiliser",
        nature="service",
        filed_at=NOW - timedelta(days=10),
    )
    fridge = make_claim(
        cast.guangcheng,
        filed_by=cast.technician,
        line=make_line(cast.guangcheng, product="冰箱", goods_type="appliance", number="PDD-FRIDGE-1"),
        handling_due_at=due(-3),
        filed_at=NOW - timedelta(days=3),
    )
    return {"fruit": fruit, "inputs": inputs, "fridge": fridge}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["fridge", "fruit"]),
        ("status=any", ["fruit", "fridge", "inputs"]),
        ("status=resolved", ["inputs"]),
        ("status=open&goods=industrial", ["fridge"]),
        ("status=any&goods=agricultural_inputs", ["inputs"]),
        ("status=any&nature=service", ["inputs"]),
        ("mine=on", ["fruit"]),
        ("overdue=on", ["fridge"]),
        ("status=any&since=2026-11-18", ["fruit"]),
        ("status=any&until=2026-11-16", ["inputs"]),
        ("q=13800001111", ["fruit"]),
        ("q=PDD-FRIDGE-1", ["fridge"]),
        ("q=冰箱", ["fridge"]),
        ("q=李小明", ["fruit"]),
        ("q={inputs}", ["inputs"]),
        ("q={inputs}&status=open", []),
        ("q=没有这样的", []),
        ("status=gold&goods=gold&nature=gold&since=yesterday", ["fridge", "fruit"]),
    ],
)
def test_filters_and_search(cast, door, three, query, expected):
    query = query.format(inputs=three["inputs"].number)

    page = door(cast.agent).get(f"{LIST}?{query}")

    assert numbers(page) == [three[name].number for name in expected]
    assert page.context["count"].number == len(expected)


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=" + "9" * 500, "q=%F0%9F%8D%91", "q=" + "长" * 500, "since=9999-99-99"]
)
def test_odd_input_gives_a_page(cast, door, three, query):
    assert door(cast.agent).get(f"{LIST}?{query}").status_code == 200


def test_pages_follow_each_other_without_gaps(cast, door):
    for hour in range(65):
        make_claim(cast.guangcheng, filed_by=cast.agent, handling_due_at=due(hour))
    client = door(cast.agent)

    pages, query = [], ""
    while query is not None:
        page = client.get(LIST + query)
        pages.append(numbers(page))
        query = f"?cursor={page.context['list_page'].next}" if page.context["list_page"].next else None

    assert [len(each) for each in pages] == [30, 30, 5]
    assert len({number for each in pages for number in each}) == 65


def test_empty_list_says_what_to_do(cast, door):
    assert 'href="/claims/new/"' in door(cast.agent).get(LIST).content.decode()


@pytest.mark.parametrize("person", ["agent", "manager"])
@pytest.mark.parametrize("query", ["", "?status=any&goods=produce&overdue=on", "?q=桃"])
def test_list_costs_the_same_with_one_row_and_with_many(
    cast, door, person, query, django_assert_max_num_queries
):
    make_claim(cast.guangcheng, filed_by=cast.agent, handling_due_at=due(-1))
    client = door(getattr(cast, person))

    with CaptureQueriesContext(connection) as one:
        client.get(LIST + query)
    for hour in range(1, 12):
        make_claim(cast.guangcheng, filed_by=cast.agent, handling_due_at=due(-hour))
    with django_assert_max_num_queries(MOST_FOR_A_LIST) as many:
        page = client.get(LIST + query)

    assert len(page.context["list_page"].rows) == 12
    assert len(many.captured_queries) == len(one.captured_queries)


def filed_and_chosen(cast, door, choice="refund-cash"):
    """A claim with photos, a compensation and a history, made through the pages."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    make_fund("520123000000")
    line = make_line(cast.guangcheng, consumer=make_consumer(cast.guangcheng))
    client = door(cast.agent)
    url = client.post(
        f"/claims/new/{line.pk}/",
        {
            "form_key": "form-key-of-the-detail-page",
            "send": "1",
            "symptom": "rotten",
            "bad_milli": "3",
            "consent_kind": "spoken",
            "goods_type": "fresh_fruit",
            "channel": "station",
            "photos": [SimpleUploadedFile(f"{n}.jpg", jpeg(n), content_type="image/jpeg") for n in range(3)],
        },
    ).url
    client.post(f"{url}?choice={choice}", {"asked_how": "in_person", "version": "1"})
    return url.split("/")[2]


@pytest.mark.parametrize("person", ["agent", "technician", "officer", "manager", "platform"])
def test_page_of_a_claim_takes_fourteen_queries_at_most(cast, door, person, django_assert_max_num_queries):
    number = filed_and_chosen(cast, door)
    client = door(getattr(cast, person))

    with django_assert_max_num_queries(MOST_FOR_A_CLAIM):
        page = client.get(f"/claims/{number}/")

    assert page.status_code == 200
    assert len(page.context["photos"]) == 3
    assert page.context["compensation"].state == "executed"


def test_history_is_told_newest_first_in_words(cast, door):
    number = filed_and_chosen(cast, door)

    events = door(cast.agent).get(f"/claims/{number}/").context["events"]

    assert [event.title for event in events] == [
        "A follow-up is due",
        "The claim is settled",
        "Paid or handed out",
        "Compensation approved",
        "The villager has chosen",
        "Compensation worked out",
        "Accepted, first reply given",
        "Photos added",
        "Filed",
    ]
    assert events[4].text == "Refund · Cash at the station · in person"
    assert events[3].who == "the rules"


def test_names_and_phones_stay_masked(cast, door):
    line = make_line(
        cast.guangcheng, consumer=make_consumer(cast.guangcheng, name="欧阳小翠", phone="13812345678")
    )
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line, consumer=line.order.consumer)

    for person in (cast.agent, cast.officer, cast.manager):
        html = door(person).get(f"/claims/{claim.number}/").content.decode()
        assert "欧**" in html
        assert "138****5678" in html
        assert "小翠" not in html
        assert "13812345678" not in html


def test_foreign_and_missing_claims_look_alike(cast, door):
    foreign = make_claim(cast.chenlou, filed_by=cast.suining_agent)
    client = door(cast.agent)

    answers = [
        client.get(f"/claims/{number}/") for number in (foreign.number, "SH260101AAAAAAAA", "x", "%20")
    ]

    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize(
    ("person", "status", "first", "further"),
    [
        ("agent", "submitted", "accept", {"withdraw", "merge"}),
        ("agent", "accepted", "start", {"resolve", "withdraw", "merge"}),
        ("agent", "in_progress", None, {"wait", "resolve", "withdraw", "merge"}),
        ("agent", "waiting", "resume", {"withdraw", "merge"}),
        ("agent", "closed", None, {"reopen"}),
        ("agent", "withdrawn", None, set()),
        ("officer", "submitted", "accept", {"reject", "withdraw", "merge"}),
        ("platform", "in_progress", None, {"wait", "resolve", "reject"}),
    ],
)
def test_what_can_be_done_follows_the_table_and_the_person(cast, door, person, status, first, further):
    ended = {"closed_at": NOW, "resolved_at": NOW} if status == "closed" else {}
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status=status, **ended)

    context = door(getattr(cast, person)).get(f"/claims/{claim.number}/").context

    def name(step):
        return step.url.strip("/").split("/")[-1] if step else None

    always = {"withdrawn": set(), "closed": {"record"}}.get(status, {"record", "class", "hand-up"})
    if claim.is_open and person != "platform":
        always |= {"new"}  # a visit
    assert name(context["step"]) == first
    assert {name(step) for step in context["steps"]} == further | always


def test_after_seven_days_it_is_not_reopened(cast, door):
    ended = NOW - timedelta(days=7, seconds=1)
    claim = make_claim(
        cast.guangcheng,
        filed_by=cast.agent,
        status="closed",
        closed_at=ended,
        resolved_at=ended,
        filed_at=ended,
    )

    steps = door(cast.agent).get(f"/claims/{claim.number}/").context["steps"]
    assert [step.url for step in steps] == [f"/claims/{claim.number}/record/"]


def test_refused_claim_shows_rule_and_explanation(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    with acting_as(cast.officer):
        casework.reject(claim=claim, code="too_late", text="收货十天后才来登记。", by=cast.officer, now=NOW)

    assert "收货十天后才来登记。" in door(cast.agent).get(f"/claims/{claim.number}/").content.decode()


def test_merged_claim_leads_to_the_other(cast, door):
    into = make_claim(cast.guangcheng, filed_by=cast.agent)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="merged", merged_into=into)

    assert (
        f'href="/claims/{into.number}/"' in door(cast.agent).get(f"/claims/{claim.number}/").content.decode()
    )


def test_markup_in_texts_is_shown_as_text(cast, door):
    nasty = '<img src=x onerror="alert(1)">'
    line = make_line(cast.guangcheng, product=nasty, number="<b>x1</b>")
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line, description=nasty, batch="<i>")
    client = door(cast.agent)

    for path in (
        LIST,
        "/",
        "/claims/new/",
        f"/claims/new/{line.pk}/",
        f"/claims/{claim.number}/",
        "/claims/orders/",
    ):
        html = client.get(path).content.decode()
        assert nasty not in html
        assert "<b>x1</b>" not in html
        assert "&lt;img" in html


def test_scope_of_the_list_is_that_of_the_person(cast, door):
    make_claim(cast.guangcheng, filed_by=cast.agent)
    make_claim(cast.fangmaping, filed_by=cast.uncertified)
    make_claim(cast.chenlou, filed_by=cast.suining_agent)

    seen = {
        person: len(numbers(door(getattr(cast, person)).get(LIST)))
        for person in ("agent", "technician", "officer", "manager", "platform", "suining_manager")
    }

    assert seen == {
        "agent": 1,
        "technician": 1,
        "officer": 2,
        "manager": 2,
        "platform": 3,
        "suining_manager": 1,
    }


@pytest.mark.parametrize("person", ["regulator", "supervisor", "trainer", "administrator", "nobody"])
def test_others_see_no_claims(cast, door, person):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    client = door(getattr(cast, person))

    assert client.get(LIST).status_code == 403
    assert client.get(f"/claims/{claim.number}/").status_code == 403


def test_signed_out_people_are_asked_to_sign_in(client, cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    for path in ("/", LIST, f"/claims/{claim.number}/", "/claims/new/"):
        assert client.get(path).url.startswith("/account/sign-in/")


def test_looking_changes_nothing(cast, door):
    number = filed_and_chosen(cast, door)
    client = door(cast.manager)
    with seeing_everything(), CaptureQueriesContext(connection) as queries:
        for path in (
            LIST,
            f"/claims/{number}/",
            f"/claims/{number}/choice/",
            "/claims/orders/",
            "/claims/new/",
        ):
            assert client.get(path).status_code == 200

    assert [
        query["sql"] for query in queries if query["sql"].split()[0] not in ("SELECT", "SAVEPOINT", "RELEASE")
    ] == []
