import re
from datetime import timedelta

import pytest

from claims.models import DayPlan
from tests.claims.routes.places import EIGHT, TEN, put_on_the_map, visit_in
from tests.claims.visits.visit_cases import MONDAY

DAY = MONDAY.isoformat()


def address(person, day=DAY, rest=""):
    return f"/claims/visits/day/{person.pk}/{day}/{rest}"


def said(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def two(cast):
    put_on_the_map(cast)
    return visit_in(cast, cast.liuguang, EIGHT), visit_in(cast, cast.guangcheng, EIGHT, seat=1)


def test_the_day_shows_list_map_and_way(cast, two, door):
    far, near = two

    page = door(cast.technician).get(address(cast.technician))

    assert page.status_code == 200
    assert [each.visit for each in page.context["plan"].visits] == [near, far]
    text = said(page)
    assert "8.9 km" in text
    assert "08:00–10:00 · 广城村" in text
    assert text.count('name="step" value="earlier"') == text.count('name="step" value="later"') == 1
    drawn = page.context["map"]
    assert [f">{mark}</text>" in drawn for mark in "123"] == [True, True, False]
    assert "张桂英" not in text
    assert near.claim.number in text


def test_a_visit_is_put_earlier_by_a_press_and_given_back_by_another(cast, two, door):
    far, near = two
    client = door(cast.technician)

    answer = client.post(address(cast.technician), {"visit": far.pk, "step": "earlier", "version": 0})

    assert (answer.status_code, answer.url) == (302, f"{address(cast.technician)}#stops")
    page = client.get(address(cast.technician))
    assert [each.visit for each in page.context["plan"].visits] == [far, near]
    assert "order by hand; computed: 8.9 km" in said(page)

    again = client.post(address(cast.technician), {"step": "again", "version": 1}, follow=True)
    assert [each.visit for each in again.context["plan"].visits] == [near, far]
    assert "The order is computed again." in said(again)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"step": "again"},
        {"step": "earlier", "visit": "x", "version": "0"},
        {"step": "earlier", "visit": "9" * 40, "version": "0"},
        {"step": "<b>", "visit": "1", "version": "0"},
        {"step": "again", "version": "7"},
        {"step": "again", "version": "0"},
    ],
)
def test_nonsense_is_answered_in_words_and_changes_nothing(cast, two, door, sent):
    page = door(cast.technician).post(address(cast.technician), sent)

    assert page.status_code == 409
    assert len(page.context["plan"].visits) == 2
    assert "tone-warn" in said(page)
    assert not DayPlan._base_manager.exists()


def test_an_older_page_is_told_that_the_day_has_changed(cast, two, door):
    far, _near = two
    client = door(cast.technician)
    client.post(address(cast.technician), {"visit": far.pk, "step": "earlier", "version": 0})

    page = client.post(address(cast.technician), {"visit": far.pk, "step": "later", "version": 0})

    assert page.status_code == 409
    assert "This day has changed meanwhile." in said(page)
    assert DayPlan._base_manager.get().version == 1


def test_no_day_and_no_person_are_not_found(cast, door):
    client = door(cast.manager)

    assert [
        client.get(each).status_code
        for each in (
            address(cast.technician, "2026-02-30"),
            address(cast.technician, "tomorrow"),
            address(cast.technician, "0001-01-01"),
            address(cast.technician, "9999-12-31"),
            "/claims/visits/day/999999/2026-11-23/",
            address(cast.technician),
        )
    ] == [404, 404, 404, 404, 404, 200]


def test_others_days_are_for_who_may_send_them_and_reaches_them(cast, two, door):
    visit_in(cast, cast.guangcheng, EIGHT, technician=cast.neighbour)

    answers = {
        name: door(getattr(cast, name)).get(address(cast.technician)).status_code
        for name in ("technician", "manager", "officer", "agent", "neighbour", "suining_manager", "regulator")
    }
    assert answers == {
        "technician": 200,
        "manager": 200,
        "officer": 200,
        "agent": 404,
        "neighbour": 404,
        "suining_manager": 404,
        "regulator": 403,
    }
    assert door(cast.neighbour).get(address(cast.neighbour)).status_code == 200
    manager = door(cast.manager).get(address(cast.technician))
    assert {(pk, number) for pk, _name, number in manager.context["people"]} == {
        (cast.technician.pk, 2),
        (cast.neighbour.pk, 1),
    }


def test_a_head_puts_a_technician_s_day_in_order(cast, two, door):
    far, _near = two

    door(cast.manager).post(address(cast.technician), {"visit": far.pk, "step": "earlier", "version": 0})
    refused = door(cast.suining_manager).post(
        address(cast.technician), {"visit": far.pk, "step": "later", "version": 1}
    )

    assert refused.status_code == 404
    assert DayPlan._base_manager.get().visit_ids[0] == far.pk


def test_an_empty_day_says_what_to_do_next(cast, door):
    page = door(cast.technician).get(address(cast.technician))

    assert "No visits on this day" in said(page)
    assert 'href="/claims/week/"' in said(page)
    assert "<figure" not in said(page)


def test_today_leads_to_one_s_own_day(cast, door):
    answer = door(cast.technician).get("/claims/visits/today/")

    assert answer.url == address(cast.technician, "2026-11-20")


def test_two_visits_in_one_village_are_one_dot_with_both_numbers(cast, door):
    put_on_the_map(cast)
    visit_in(cast, cast.guangcheng, EIGHT)
    visit_in(cast, cast.guangcheng, TEN)

    drawn = door(cast.technician).get(address(cast.technician)).context["map"]

    assert ">1·2</text>" in drawn


def test_the_sheet_has_every_visit_and_no_name(cast, two, door):
    page = door(cast.technician).get(address(cast.technician, rest="print/"))

    text = said(page)
    assert page.status_code == 200
    assert [text.count(visit.claim.number) for visit in two] == [1, 1]
    assert "取走坏果" in text
    assert "张桂英" not in text
    assert door(cast.neighbour).get(address(cast.technician, rest="print/")).status_code == 404


def test_the_number_of_statements_does_not_grow_with_the_day(cast, two, door, django_assert_num_queries):
    client = door(cast.technician)
    client.get(address(cast.technician))
    for hours in range(1, 6):
        visit_in(cast, cast.guangcheng, EIGHT + timedelta(hours=hours))

    with django_assert_num_queries(9):
        page = client.get(address(cast.technician))

    assert len(page.context["plan"].visits) == 7
