"""The pages of a visit: made, moved, given, its costs, its signature."""

import json

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.web.service_forms import new_form_key
from claims.models import CustodyItem, Photo, Visit, VisitCost
from tests.claims.pictures import jpeg
from tests.claims.visits.visit_cases import MONDAY, make_visit, only, shanghai, url, windows
from tests.factories import (
    NOW,
    seeing_everything,
)

pytestmark = pytest.mark.django_db
TEN, TWO = shanghai(MONDAY, 10), shanghai(MONDAY, 14)
TOKEN = "visit-form-key-0123456789"
STROKES = json.dumps(
    [[[100, 100], [200, 150], [300, 100], [400, 160], [420, 90], [430, 200], [500, 210], [520, 80]]]
)
MOST_FOR_A_VISIT = 20


@pytest.fixture
def on_the_day(door):
    with time_machine.travel(TEN, tick=False):
        yield


def test_the_page_says_what_can_be_done_and_by_whom(cast, door, on_the_day, visit):
    def steps(person):
        page = door(person).get(url(visit))
        return [step.url.rstrip("/").rsplit("/", 1)[-1] for step in page.context["steps"]]

    assert steps(cast.agent) == ["start", "finish", "fail", "move", "cancel"]
    assert steps(cast.technician) == ["start", "finish", "fail", "move", "cancel", "give"]
    assert steps(cast.platform) == []


def test_before_its_day_a_visit_cannot_come_to_nothing(cast, door, visit):
    client = door(cast.agent)

    steps = [step.url.rstrip("/").rsplit("/", 1)[-1] for step in client.get(url(visit)).context["steps"]]
    sent = client.post(url(visit, "fail/"), {"version": 1, "failure": "nobody_home"})

    assert steps == ["start", "finish", "move", "cancel"]
    assert (sent.status_code, only().state) == (409, "planned")


def test_the_page_shows_neither_phone_nor_address(cast, door, claim, visit):
    with seeing_everything():
        consumer = claim.consumer
        consumer.set_personal(name="张桂英", phone="13812345678", address="广城村3组17号")
        consumer.save()

    html = door(cast.agent).get(url(visit)).content.decode()

    assert "13812345678" not in html and "3组17号" not in html and "张桂英" not in html
    assert f"/claims/consumers/{consumer.pk}/?claim={claim.number}" in html


@pytest.mark.parametrize("step", ["start", "finish", "fail", "move", "cancel"])
def test_every_step_has_a_page_and_colleagues_do_not_take_it(cast, door, on_the_day, visit, step):
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
def test_empty_and_odd_forms_come_back_and_change_nothing(cast, door, on_the_day, visit, step, typed):
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
def test_an_old_page_is_told_and_sent_again_it_counts(cast, door, on_the_day, visit, step, typed):
    with seeing_everything():
        Visit.objects.filter(pk=visit.pk).update(version=5)
    client = door(cast.agent)

    stale = client.post(url(visit, f"{step}/"), {**typed, "version": 4})
    assert stale.status_code == 409
    assert stale.context["form"]["version"].value() == "5"

    assert client.post(url(visit, f"{step}/"), {**typed, "version": 5}).status_code == 302


def test_failed_and_moved_to_another_time(cast, door, on_the_day, visit):
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


def cost(kind: str, amount: str, borne_by: str) -> dict[str, str]:
    """A cost as a form sends it that was opened for it."""
    return {"kind": kind, "amount_fen": amount, "borne_by": borne_by, "form_key": new_form_key()}


def test_a_cost_that_is_sent_twice_is_one_line(cast, door, visit):
    client, line = door(cast.agent), cost("travel", "15", "fund")
    opened = client.get(url(visit)).content.decode()

    twice = [client.post(url(visit, "costs/"), line).status_code for _time in range(2)]
    other = client.post(url(visit, "costs/"), {**line, "amount_fen": "16"})
    bare = client.post(url(visit, "costs/"), {**line, "form_key": ""})

    assert 'name="form_key"' in opened
    assert (twice, other.status_code, bare.status_code) == ([302, 302], 409, 200)
    with seeing_everything():
        assert list(VisitCost.objects.values_list("amount_fen", flat=True)) == [1500]


def test_costs_are_added_and_withdrawn_on_the_page(cast, door, visit):
    client = door(cast.agent)
    client.post(url(visit, "costs/"), cost("travel", "15", "fund"))
    client.post(url(visit, "costs/"), cost("labour", "39.5", "liable_party"))
    with seeing_everything():
        first = VisitCost.objects.get(kind="travel")
    assert client.get(url(visit)).context["money"].total_fen == 5_450

    assert client.get(url(visit, f"costs/{first.pk}/withdraw/")).status_code == 200
    assert client.post(url(visit, f"costs/{first.pk}/withdraw/")).url == url(visit)
    again = client.post(url(visit, f"costs/{first.pk}/withdraw/"))

    assert again.status_code == 409
    assert client.get(url(visit)).context["money"].total_fen == 3_950


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
    client.post(url(visit, "costs/"), cost("travel", "15", "fund"))
    with CaptureQueriesContext(connection) as one:
        client.get(url(visit))
    for _turn in range(6):
        client.post(url(visit, "costs/"), cost("travel", "15", "fund"))

    with django_assert_max_num_queries(MOST_FOR_A_VISIT) as many:
        page = client.get(url(visit))

    assert len(page.context["costs"]) == 7
    assert len(many.captured_queries) == len(one.captured_queries)


def test_a_claim_shows_its_visits(cast, door, claim, visit):
    page = door(cast.agent).get(f"/claims/{claim.number}/")

    assert [each.pk for each in page.context["visits"]] == [visit.pk]
    assert f'href="{url(visit)}"' in page.content.decode()


def test_going_earlier_than_agreed_is_pointed_out(cast, door, claim, visit):
    today = make_visit(claim, starts_at=shanghai(NOW.date(), 14), kind="pickup", technician=cast.agent)
    client = door(cast.agent)

    for step in ("start", "finish"):
        assert client.get(url(visit, f"{step}/")).context["is_early"] is True
        assert client.get(url(today, f"{step}/")).context["is_early"] is False
