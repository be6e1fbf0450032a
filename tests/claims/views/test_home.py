"""Today: the first page of an agent, and where everybody else is sent."""

import re
from datetime import timedelta

import pytest

from claims.models import Reship
from claims.services import compensation as service
from tests.factories import (
    NOW,
    acting_as,
    make_agent,
    make_claim,
    make_fund,
    make_line,
    make_policy,
    seeing_everything,
)


def proposed(cast, station=None, *, paid_fen=4000, filed_by=None):
    station, person = station or cast.guangcheng, filed_by or cast.agent
    claim = make_claim(
        station, filed_by=person, line=make_line(station, paid_fen=paid_fen), procedure="quality_proportional"
    )
    with acting_as(person):
        return service.work_out(claim=claim, by=person, now=NOW)


def choose(person, compensation, remedy="refund"):
    with acting_as(person):
        return service.choose(
            compensation=compensation,
            remedy=remedy,
            payout_method="cash",
            asked_how="in_person",
            by=person,
            now=NOW,
        )


def test_open_claims_of_my_station_are_listed_with_what_is_overdue(cast, door):
    over = make_claim(cast.guangcheng, filed_by=cast.agent, handling_due_at=NOW - timedelta(minutes=1))
    soon = make_claim(cast.guangcheng, filed_by=cast.agent, handling_due_at=NOW + timedelta(hours=1))
    make_claim(cast.guangcheng, filed_by=cast.agent, status="resolved")
    make_claim(cast.liuguang, filed_by=cast.neighbour)

    page = door(cast.agent).get("/")

    assert [row["id"] for row in page.context["claims"]] == [over.pk, soon.pk]
    assert (page.context["open_count"].number, page.context["overdue_count"].number) == (2, 1)
    assert page.context["place"] == cast.guangcheng
    assert "1 min over" in page.content.decode()


def test_who_looks_after_the_county_sees_all_of_it_though_posted_to_its_centre(cast, door):
    make_agent(cast.officer, cast.xiuwen_centre)
    claims = [
        make_claim(station, filed_by=person)
        for station, person in ((cast.guangcheng, cast.agent), (cast.liuguang, cast.neighbour))
    ]
    make_claim(cast.chenlou, filed_by=cast.suining_agent)

    officer = door(cast.officer).get("/").context

    assert {row["id"] for row in officer["claims"]} == {claim.pk for claim in claims}
    assert officer["place"] is None


@pytest.mark.parametrize(
    ("who", "links"),
    [
        (
            "agent",
            {
                "/claims/week/",
                "/claims/visits/",
                "/claims/parts/",
                "/claims/issues/",
                "/claims/follow-ups/",
                "/claims/incentives/",
                "/claims/goods/",
                "/claims/coupons/",
                "/dashboards/station/",
                "/stations/{station}/",
                "/training/",
            },
        ),
        (
            "technician",
            {
                "/claims/week/",
                "/claims/visits/",
                "/claims/parts/",
                "/claims/issues/",
                "/claims/follow-ups/",
                "/claims/incentives/",
                "/claims/goods/",
                "/claims/coupons/",
                "/dashboards/county/",
                "/stations/",
                "/training/",
            },
        ),
        (
            "officer",
            {"/claims/week/", "/claims/visits/", "/claims/parts/", "/claims/follow-ups/", "/training/"},
        ),
    ],
)
def test_on_a_phone_the_start_page_leads_to_board_and_station(cast, door, who, links):
    text = door(getattr(cast, who)).get("/").content.decode()
    below = text.split('<p class="actions">')[1:]

    found = set(re.findall(r'href="([^"]+)"', below[0].split("</p>")[0])) if below else set()

    assert found == {link.format(station=cast.guangcheng.pk) for link in links}


def test_what_waits_is_sorted_by_what_it_waits_for(cast, door):
    make_fund("520123000000", cash_fen=100)
    make_policy(photos_required=0)
    to_choose = proposed(cast)
    to_pay = choose(cast.agent, proposed(cast))
    to_ship = choose(cast.agent, proposed(cast), "reship")
    make_policy(photos_required=1)
    to_decide = choose(cast.agent, proposed(cast))

    agent = door(cast.agent).get("/").context
    officer = door(cast.officer).get("/").context

    with seeing_everything():
        reship = Reship.objects.get(compensation=to_ship)
    assert [agent[name] for name in ("to_choose", "to_pay", "to_ship", "to_decide")] == [
        [to_choose],
        [to_pay],
        [reship],
        [],
    ]
    assert officer["to_decide"] == [to_decide]


def test_large_amounts_wait_for_the_manager_alone(cast, door):
    make_fund("520123000000")
    large = choose(cast.agent, proposed(cast, paid_fen=200_000))
    assert large.needs_level == "manager"

    assert door(cast.officer).get("/").context["to_decide"] == []
    assert door(cast.manager).get("/").context["to_decide"] == [large]


def test_closed_claims_wait_for_nothing(cast, door):
    compensation = proposed(cast)
    with seeing_everything():
        compensation.claim.status = "withdrawn"
        compensation.claim.save()

    assert door(cast.agent).get("/").context["to_choose"] == []


def test_first_page_takes_few_queries_whatever_is_on_it(cast, door, django_assert_max_num_queries):
    for _ in range(9):
        proposed(cast)
    client = door(cast.agent)

    with django_assert_max_num_queries(13):
        client.get("/")


@pytest.mark.parametrize(
    "person", ["regulator", "supervisor", "trainer", "platform", "administrator", "nobody"]
)
def test_people_without_station_pages_are_sent_to_their_own_start(cast, door, person):
    assert door(getattr(cast, person)).get("/").url == "/account/start/"


@pytest.mark.parametrize("person", ["agent", "technician", "officer", "manager"])
def test_people_with_station_pages_can_file_from_here(cast, door, person):
    assert 'href="/claims/new/"' in door(getattr(cast, person)).get("/").content.decode()
