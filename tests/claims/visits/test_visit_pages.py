"""The pages of a visit: planned in two steps, made, moved, given, its costs, its signature."""

import json
from datetime import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.models import CustodyItem, Photo, Visit, VisitCost
from claims.services import home_help
from stations.models import Party
from tests.claims.pictures import jpeg
from tests.claims.visits.test_slots import make_contract
from tests.claims.visits.visit_cases import MONDAY, make_visit, make_week, shanghai
from tests.factories import (
    NOW,
    acting_as,
    give,
    make_agent,
    make_claim,
    make_line,
    make_user,
    seeing_everything,
)

pytestmark = pytest.mark.django_db
TEN, TWO = shanghai(MONDAY, 10), shanghai(MONDAY, 14)
TOKEN = "visit-form-key-0123456789"
WHAT = {"kind": "repair", "task": "不脱水", "place": "520123103204", "transport": "motorbike"}
STROKES = json.dumps(
    [[[100, 100], [200, 150], [300, 100], [400, 160], [420, 90], [430, 200], [500, 210], [520, 80]]]
)
MOST_FOR_A_VISIT, MOST_FOR_TIMES = 20, 20


@pytest.fixture
def claim(cast):
    make_week(cast.technician, cast.liuguang_point, (0, time(10), 1), (0, time(14), 2))
    make_week(cast.agent, cast.guangcheng, (0, time(10), 1))
    line = make_line(cast.guangcheng, product="全自动洗衣机", goods_type="appliance", paid_fen=89_900)
    return make_claim(cast.guangcheng, filed_by=cast.agent, line=line, procedure="appliance_repair")


@pytest.fixture
def visit(cast, claim):
    return make_visit(claim, starts_at=TEN, kind="repair", task="不脱水", technician=cast.agent)


def only():
    with seeing_everything():
        return Visit.objects.select_related("technician", "station").get()


def plan_url(claim):
    return f"/claims/{claim.number}/visits/new/"


def url(visit, step=""):
    return f"/claims/visits/{visit.pk}/{step}"


def windows(page):
    return [
        (option.window.who, slot.starts_at)
        for day in page.context["offered"].days
        for slot in day.slots
        for option in slot.options
    ]


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


def test_going_back_keeps_what_was_typed(cast, door, claim):
    page = door(cast.agent).post(plan_url(claim), {**WHAT, "step": "what"})

    assert page.context["form"]["task"].value() == "不脱水"
    assert page.templates[0].name == "claims/visit_new.html"


def test_the_page_says_what_can_be_done_and_by_whom(cast, door, visit):
    def steps(person):
        page = door(person).get(url(visit))
        return [step.url.rstrip("/").rsplit("/", 1)[-1] for step in page.context["steps"]]

    assert steps(cast.agent) == ["start", "finish", "fail", "move", "cancel"]
    assert steps(cast.technician) == ["start", "finish", "fail", "move", "cancel", "give"]
    assert steps(cast.platform) == []


def test_the_page_shows_neither_phone_nor_address(cast, door, claim, visit):
    with seeing_everything():
        consumer = claim.consumer
        consumer.set_personal(name="张桂英", phone="13812345678", address="广城村3组17号")
        consumer.save()

    html = door(cast.agent).get(url(visit)).content.decode()

    assert "13812345678" not in html and "3组17号" not in html and "张桂英" not in html
    assert f"/claims/consumers/{consumer.pk}/?claim={claim.number}" in html


@pytest.mark.parametrize("step", ["start", "finish", "fail", "move", "cancel"])
def test_every_step_has_a_page_and_colleagues_do_not_take_it(cast, door, visit, step):
    assert door(cast.agent).get(url(visit, f"{step}/")).status_code == 200
    with seeing_everything():
        Visit.objects.filter(pk=visit.pk).update(technician=cast.technician, planned_by=cast.technician)

    assert door(cast.agent).get(url(visit, f"{step}/")).status_code == 403
    assert door(cast.neighbour).get(url(visit, f"{step}/")).status_code == 404


def test_a_step_that_is_not_possible_leads_back(cast, door, claim):
    ended = make_visit(claim, starts_at=TEN, technician=cast.agent, state="done")

    for step in ("start", "finish", "fail", "move", "cancel"):
        assert door(cast.agent).get(url(ended, f"{step}/")).url == url(ended)


def test_set_out_and_finish_with_a_signature(cast, door, visit):
    client = door(cast.agent)
    client.post(url(visit, "start/"), {"version": 1})
    assert only().state == "under_way"

    answer = client.post(
        url(visit, "finish/"),
        {
            "version": 2,
            "form_key": TOKEN,
            "outcome": "solved",
            "found": "皮带断了",
            "done": "换了皮带",
            "distance_m": "4.2",
            "proof": "signature",
            "strokes": STROKES,
        },
    )

    assert answer.url == url(visit)
    made = only()
    assert (made.state, made.outcome, made.proof, made.distance_m) == ("done", "solved", "signature", 4_200)
    page = client.get(url(visit))
    assert page.context["is_signed"] is True
    assert [event.title for event in page.context["events"]] == [
        "The visit was made",
        "Somebody is on the way",
    ]


def test_goods_are_taken_along_with_a_photo(cast, door, claim):
    visit = make_visit(claim, starts_at=TEN, kind="pickup", technician=cast.agent)
    client = door(cast.agent)
    given = {
        "version": 1,
        "form_key": TOKEN,
        "outcome": "taken_along",
        "done": "取走了",
        "what": "洗衣机",
        "pieces": "1",
        "condition": "opened",
        "shelf": "A2",
        "proof": "photo",
    }

    missing = client.post(url(visit, "finish/"), {**given, "shelf": "", "condition": ""})
    assert set(missing.context["form"].errors) == {"condition", "shelf"}
    assert client.post(url(visit, "finish/"), given).status_code == 409

    picture = SimpleUploadedFile("1.jpg", jpeg(3), content_type="image/jpeg")
    client.post(url(visit, "finish/"), {**given, "photos": [picture]})

    assert only().state == "done"
    with seeing_everything():
        assert CustodyItem.objects.get().what == "洗衣机"
        assert Photo.objects.get().visit_id == visit.pk


def test_photos_are_taken_one_by_one(cast, door, visit):
    picture = SimpleUploadedFile("1.jpg", jpeg(3), content_type="image/jpeg")

    answer = door(cast.agent).post(url(visit, "photos/"), {"form_key": TOKEN, "photos": [picture]})
    assert answer.status_code == 200
    assert "<img" in answer.content.decode()
    assert door(cast.agent).post(url(visit, "photos/"), {}).status_code == 400


@pytest.mark.parametrize(
    ("step", "typed"),
    [
        ("start", {}),
        ("start", {"version": "x"}),
        ("finish", {}),
        ("finish", {"version": "1", "form_key": TOKEN, "outcome": "solved", "done": "x", "proof": "paper"}),
        ("finish", {"version": "1", "form_key": "é", "outcome": "taken_along", "pieces": "many"}),
        ("fail", {}),
        ("fail", {"version": "1", "failure": "bored"}),
        ("move", {}),
        ("move", {"step": "plan"}),
        ("move", {"step": "plan", "version": "1", "window": "t0|x"}),
        ("move", {"step": "plan", "version": "1", "window": "t0|2026-11-23T06:00:00+00:00"}),
        ("cancel", {"version": "1"}),
        ("costs", {}),
        ("costs", {"kind": "travel", "amount_fen": "-1", "borne_by": "fund"}),
    ],
)
def test_empty_and_odd_forms_come_back_and_change_nothing(cast, door, visit, step, typed):
    answer = door(cast.agent).post(url(visit, f"{step}/"), typed)

    assert answer.status_code in (200, 409)
    assert only().state == "planned"


@pytest.mark.parametrize(
    ("step", "typed"),
    [
        ("start", {}),
        ("finish", {"form_key": TOKEN, "outcome": "solved", "done": "换了皮带", "proof": "paper"}),
        ("fail", {"failure": "road"}),
        ("cancel", {"note": "村民说已经好了"}),
        ("move", {"step": "plan", "window": f"n|{TWO.isoformat()}"}),
    ],
)
def test_an_old_page_is_told_and_sent_again_it_counts(cast, door, visit, step, typed):
    with seeing_everything():
        Visit.objects.filter(pk=visit.pk).update(version=5)
    client = door(cast.agent)

    stale = client.post(url(visit, f"{step}/"), {**typed, "version": 4})
    assert stale.status_code == 409
    assert stale.context["form"]["version"].value() == "5"

    assert client.post(url(visit, f"{step}/"), {**typed, "version": 5}).status_code == 302


def test_failed_and_moved_to_another_time(cast, door, visit):
    client = door(cast.agent)
    client.post(url(visit, "fail/"), {"version": 1, "failure": "nobody_home", "note": "赶集去了"})
    offered = client.get(url(visit, "move/"))
    assert windows(offered) == [("王秀兰", TEN)]

    answer = client.post(
        url(visit, "move/"),
        {"step": "plan", "version": 2, "window": f"t{cast.agent.pk}|{TEN.isoformat()}"},
    )

    with seeing_everything():
        new = Visit.objects.get(moved_from=visit)
    assert answer.url == url(new)
    assert f'href="{url(new)}"' in client.get(url(visit)).content.decode()


def test_somebody_else_goes(cast, door, visit):
    client = door(cast.technician)
    page = client.get(url(visit, "give/"))
    assert [mark for mark, _words in page.context["form"].fields["who"].choices] == [
        f"t{cast.technician.pk}",
        "n",
    ]

    client.post(
        url(visit, "give/"), {"version": 1, "who": f"t{cast.technician.pk}", "override_reason": "代办员请假"}
    )
    assert only().technician == cast.technician
    client.post(url(visit, "give/"), {"version": 2, "who": "n"})
    assert only().technician is None
    assert door(cast.agent).get(url(visit, "give/")).status_code == 403


def test_costs_are_added_and_withdrawn_on_the_page(cast, door, visit):
    client = door(cast.agent)
    client.post(url(visit, "costs/"), {"kind": "travel", "amount_fen": "15", "borne_by": "fund"})
    client.post(url(visit, "costs/"), {"kind": "labour", "amount_fen": "39.5", "borne_by": "liable_party"})
    with seeing_everything():
        first = VisitCost.objects.get(kind="travel")
    assert client.get(url(visit)).context["total_fen"] == 5_450

    assert client.get(url(visit, f"costs/{first.pk}/withdraw/")).status_code == 200
    assert client.post(url(visit, f"costs/{first.pk}/withdraw/")).url == url(visit)
    again = client.post(url(visit, f"costs/{first.pk}/withdraw/"))

    assert again.status_code == 409
    assert client.get(url(visit)).context["total_fen"] == 3_950


def test_a_signature_is_shown_for_a_reason(cast, door, visit):
    client = door(cast.agent)
    assert client.get(url(visit, "signature/")).status_code == 404
    client.post(
        url(visit, "finish/"),
        {
            "version": 1,
            "form_key": TOKEN,
            "outcome": "solved",
            "done": "换了皮带",
            "proof": "signature",
            "strokes": STROKES,
        },
    )

    assert "polyline" not in client.get(url(visit, "signature/")).content.decode()
    assert "polyline" not in client.post(url(visit, "signature/"), {"reason": "看"}).content.decode()
    assert "polyline" in client.post(url(visit, "signature/"), {"reason": "核对签名"}).content.decode()


def test_the_page_costs_the_same_with_one_cost_and_with_many(
    cast, door, visit, django_assert_max_num_queries
):
    client = door(cast.technician)
    client.post(url(visit, "costs/"), {"kind": "travel", "amount_fen": "15", "borne_by": "fund"})
    with CaptureQueriesContext(connection) as one:
        client.get(url(visit))
    for _turn in range(6):
        client.post(url(visit, "costs/"), {"kind": "travel", "amount_fen": "15", "borne_by": "fund"})

    with django_assert_max_num_queries(MOST_FOR_A_VISIT) as many:
        page = client.get(url(visit))

    assert len(page.context["costs"]) == 7
    assert len(many.captured_queries) == len(one.captured_queries)


def test_a_claim_shows_its_visits(cast, door, claim, visit):
    page = door(cast.agent).get(f"/claims/{claim.number}/")

    assert [each.pk for each in page.context["visits"]] == [visit.pk]
    assert f'href="{url(visit)}"' in page.content.decode()


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


def test_going_earlier_than_agreed_is_pointed_out(cast, door, claim, visit):
    today = make_visit(claim, starts_at=shanghai(NOW.date(), 14), kind="pickup", technician=cast.agent)
    client = door(cast.agent)

    for step in ("start", "finish"):
        assert client.get(url(visit, f"{step}/")).context["is_early"] is True
        assert client.get(url(today, f"{step}/")).context["is_early"] is False


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
