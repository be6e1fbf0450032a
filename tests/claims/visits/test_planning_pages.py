"""Planning a visit in two steps: what and where, then who and when."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.models import Visit
from claims.services import home_help
from stations.models import Party
from tests.claims.visits.test_slots import make_contract
from tests.claims.visits.visit_cases import MONDAY, make_week, only, shanghai, url, windows
from tests.factories import (
    NOW,
    acting_as,
    give,
    make_agent,
    make_claim,
    make_user,
    seeing_everything,
)

pytestmark = pytest.mark.django_db
TEN, TWO = shanghai(MONDAY, 10), shanghai(MONDAY, 14)
WHAT = {"kind": "repair", "task": "不脱水", "place": "520123103204", "transport": "motorbike"}
MOST_FOR_TIMES = 20


def plan_url(claim):
    return f"/claims/{claim.number}/visits/new/"


def test_an_agent_plans_a_visit_of_their_own_in_two_steps(cast, door, claim):
    client = door(cast.agent)

    first = client.get(f"{plan_url(claim)}?kind=repair&task=不脱水")
    assert first.context["form"].initial == {
        "place": "520123103204",
        "kind": "repair",
        "task": "不脱水",
    }
    times = client.post(plan_url(claim), {**WHAT, "step": "times"})
    assert windows(times) == [("王秀兰", TEN)]

    answer = client.post(
        plan_url(claim), {**WHAT, "step": "plan", "window": f"t{cast.agent.pk}|{TEN.isoformat()}"}
    )

    visit = only()
    assert answer.url == url(visit)
    assert (visit.technician, visit.station, visit.task, visit.transport) == (
        cast.agent,
        cast.guangcheng,
        "不脱水",
        "motorbike",
    )


def test_the_township_sees_everybody_and_gives_a_reason_for_the_way(cast, door, claim):
    client = door(cast.technician)
    times = client.post(plan_url(claim), {**WHAT, "step": "times"})
    assert set(windows(times)) == {("王秀兰", TEN), ("陈大勇", TEN), ("陈大勇", TWO)}

    chosen = {**WHAT, "step": "plan", "window": f"t{cast.technician.pk}|{TWO.isoformat()}"}
    refused = client.post(plan_url(claim), chosen)
    assert refused.status_code == 409
    assert "Nobody knows how far it is" in refused.content.decode()
    client.post(plan_url(claim), {**chosen, "override_reason": "机器太重"})

    visit = only()
    assert (visit.technician, visit.station, visit.override_reason) == (
        cast.technician,
        cast.liuguang_point,
        "机器太重",
    )


def test_one_person_is_looked_at_alone(cast, door, claim):
    asked = {**WHAT, "step": "times", "who": f"t{cast.technician.pk}"}

    assert windows(door(cast.technician).post(plan_url(claim), asked)) == [("陈大勇", TEN), ("陈大勇", TWO)]


def test_only_the_time_is_chosen_while_nobody_is_found(cast, door, claim):
    door(cast.agent).post(plan_url(claim), {**WHAT, "step": "plan", "window": f"n|{TWO.isoformat()}"})

    visit = only()
    assert (visit.technician, visit.starts_at, visit.station) == (None, TWO, cast.guangcheng)


def test_an_agent_sends_nobody_else(cast, door, claim):
    chosen = {**WHAT, "step": "plan", "window": f"t{cast.technician.pk}|{TEN.isoformat()}"}

    answer = door(cast.agent).post(plan_url(claim), {**chosen, "override_reason": "机器太重"})

    assert answer.status_code == 200
    assert "does not make visits for this station" in answer.content.decode()
    with seeing_everything():
        assert not Visit.objects.exists()


def test_a_window_that_is_gone_names_the_free_ones(cast, door, claim, visit):
    other = make_claim(cast.guangcheng, filed_by=cast.agent)

    answer = door(cast.agent).post(
        plan_url(other), {**WHAT, "step": "plan", "window": f"t{cast.agent.pk}|{TEN.isoformat()}"}
    )

    assert answer.status_code == 409
    assert "Free are: 2026-11-30 10:00–12:00" in answer.content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"step": "times"},
        {"step": "plan"},
        {**WHAT, "step": "plan"},
        {**WHAT, "step": "plan", "window": "x"},
        {**WHAT, "step": "plan", "window": "t99999999999999999999|2026-11-23T02:00:00+00:00"},
        {**WHAT, "step": "plan", "window": "t1|2026-11-23T02:00:00"},
        {**WHAT, "step": "plan", "window": "n|9999-12-31T23:59:59+00:00"},
        {**WHAT, "step": "plan", "window": "n|0001-01-01T00:00:00+14:00"},
        {**WHAT, "step": "times", "show": "2026-99-99", "who": "p٣"},
        {**WHAT, "step": "times", "show": "9999-12-31", "who": "t" + "9" * 40},
        {**WHAT, "kind": "party", "step": "times"},
        {**WHAT, "place": "320324102217", "step": "times"},
    ],
)
def test_what_nobody_can_mean_plans_nothing(cast, door, claim, typed):
    for person in (cast.agent, cast.technician):
        assert door(person).post(plan_url(claim), typed).status_code in (200, 409)

    with seeing_everything():
        assert not Visit.objects.exists()


@pytest.mark.parametrize("task", ["不脱水，打13985123456", "139-8512-3456 老龙家"])
def test_a_phone_number_stays_out_of_what_a_provider_reads_before_it_accepts(cast, door, claim, task):
    page = door(cast.agent).post(plan_url(claim), {**WHAT, "task": task, "step": "times"})

    assert page.templates[0].name == "claims/visit_new.html"
    assert page.context["form"].errors.as_data().keys() == {"task"}
    assert page.context["form"]["task"].value() == task


def test_going_back_keeps_what_was_typed(cast, door, claim):
    page = door(cast.agent).post(plan_url(claim), {**WHAT, "step": "what"})

    assert page.context["form"]["task"].value() == "不脱水"
    assert page.templates[0].name == "claims/visit_new.html"


def test_nobody_is_offered_whom_the_claim_is_none_of_the_business_of(cast, door, claim):
    make_week(cast.neighbour, cast.liuguang, (0, time(10), 1))

    times = door(cast.manager).post(plan_url(claim), {**WHAT, "step": "times"})

    assert {who for who, _at in windows(times)} == {"王秀兰", "陈大勇"}


def test_a_window_of_a_provider_leads_to_its_order(cast, door, claim):
    provider = Party.objects.create(kind="provider", name="黔家电维修", grade="A")
    make_contract(cast, provider)
    client = door(cast.technician)
    times = client.post(plan_url(claim), {**WHAT, "step": "times", "who": f"p{provider.pk}"})
    assert ("黔家电维修", TWO) in windows(times)

    answer = client.post(
        plan_url(claim), {**WHAT, "step": "plan", "window": f"p{provider.pk}|{TWO.isoformat()}"}
    )

    visit = only()
    assert (visit.technician, visit.provider, visit.starts_at) == (None, None, TWO)
    assert answer.url == f"{url(visit, 'offer/')}?provider={provider.pk}"
    assert client.get(answer.url).context["chosen"] == str(provider.pk)
    assert ("黔家电维修", TWO) not in windows(
        door(cast.agent).post(plan_url(claim), {**WHAT, "kind": "pickup", "step": "times"})
    )


def test_the_times_cost_the_same_with_one_person_and_with_many(
    cast, door, claim, django_assert_max_num_queries
):
    client = door(cast.technician)
    asked = {**WHAT, "step": "times"}
    with CaptureQueriesContext(connection) as one:
        client.post(plan_url(claim), asked)
    for number in range(5):
        person = make_user(f"mate{number}", county="520123000000")
        give(person, "township", region="520123103000")
        make_agent(person, cast.liuguang_point)
        make_week(person, cast.liuguang_point, *((day, time(10), 1) for day in range(5)))

    with django_assert_max_num_queries(MOST_FOR_TIMES) as many:
        page = client.post(plan_url(claim), asked)

    assert len({who for who, _at in windows(page)}) == 6
    assert len(many.captured_queries) == len(one.captured_queries)


def test_that_somebody_cannot_come_is_taken_over_from_the_consent(cast, door, claim):
    with acting_as(cast.agent):
        home_help.record(consumer=claim.consumer, why="", consent_how="spoken", by=cast.agent, now=NOW)
    client = door(cast.agent)

    assert client.get(plan_url(claim)).context["needs_help"] is not None
    client.post(plan_url(claim), {**WHAT, "step": "plan", "window": f"n|{TWO.isoformat()}"})

    assert only().is_home_help is True
