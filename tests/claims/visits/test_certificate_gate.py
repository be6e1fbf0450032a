"""Without a valid training certificate nobody at a point is sent to a home, and the pages say so."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from aftersales.lib.errors import Refused
from claims.services import visit_seats, visits
from stations.models import Agent, Region
from tests.claims.visits.visit_cases import MONDAY, make_visit, make_week, shanghai
from tests.factories import NOW, acting_as, make_claim

pytestmark = pytest.mark.django_db
TEN = shanghai(MONDAY, 10)


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def certify(user, until) -> None:
    Agent._base_manager.filter(user=user).update(certified_until=until)


def code_of(call, **named) -> str:
    try:
        call(**named)
    except Refused as refused:
        return refused.code
    return "done"


@pytest.mark.parametrize(
    ("until", "code"),
    [(None, "technician_uncertified"), (date(2026, 11, 22), "technician_uncertified"), (MONDAY, "done")],
)
def test_planned_for_a_day_on_which_the_certificate_is_valid(cast, until, code):
    make_week(cast.agent, cast.guangcheng, (0, time(10), 1))
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    certify(cast.agent, until)

    with acting_as(cast.agent):
        said = code_of(
            visits.plan,
            claim=claim,
            kind="pickup",
            task="取走坏果",
            place=Region.objects.get(code="520123103204"),
            starts_at=TEN,
            technician=cast.agent,
            station=cast.guangcheng,
            by=cast.agent,
            now=NOW,
        )

    assert said == code


def test_expiry_between_planning_and_the_day_keeps_from_setting_out(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    visit = make_visit(claim, technician=cast.agent, starts_at=TEN)
    certify(cast.agent, date(2026, 11, 19))

    with acting_as(cast.agent):
        closed = code_of(visits.start, visit=visit, by=cast.agent, now=NOW)
        certify(cast.agent, date(2026, 11, 20))
        opened = code_of(visits.start, visit=visit, by=cast.agent, now=NOW)

    assert (closed, opened) == ("technician_uncertified", "done")


def test_a_visit_is_not_given_to_somebody_without_one(cast):
    make_week(cast.neighbour, cast.liuguang, (0, time(10), 1))
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    visit = make_visit(claim, technician=cast.technician, starts_at=TEN)
    certify(cast.technician, None)

    with acting_as(cast.officer):
        said = code_of(
            visit_seats.give_to,
            visit=visit,
            technician=cast.technician,
            override_reason="村里没有人会修",
            by=cast.officer,
            now=NOW,
        )

    assert said == "technician_uncertified"


def test_today_page_says_what_is_closed_and_leads_to_learning(as_user, cast):
    without = as_user("uncertified").get("/").content.decode()
    filing = as_user("uncertified").get("/claims/new/").content.decode()
    valid = as_user("agent").get("/").content.decode()

    assert "/training/certificates/mine/" in without
    assert "You hold no valid training certificate." in without
    assert "You hold no valid training certificate." in filing
    assert "training certificate" not in valid


def test_today_page_says_that_it_ends_soon(as_user, cast):

    today = timezone.localdate()
    certify(cast.agent, today + timedelta(days=61))
    far = as_user("agent").get("/").content.decode()
    certify(cast.agent, today + timedelta(days=60))
    near = as_user("agent").get("/").content.decode()
    certify(cast.agent, today - timedelta(days=1))
    gone = as_user("agent").get("/").content.decode()

    assert ["certificate ends on" in page for page in (far, near, gone)] == [False, True, False]
    assert "certificate ended on" in gone
