"""Steps of a claim: what each asks, what it does, and what the slower of two people sees."""

from datetime import timedelta

import pytest

from claims.models import Claim
from tests.factories import NOW, make_claim, seeing_everything

REPLY = {"progress": "已受理，正在核对照片", "finish_at": "2026-11-21T18:00", "method": "退款、补发或优惠券"}


def move(client, claim, action, **values):
    return client.post(f"/claims/{claim.number}/move/{action}/", {"version": claim.version, **values})


def fresh(claim):
    with seeing_everything():
        return Claim.objects.get(pk=claim.pk)


@pytest.mark.parametrize(
    ("person", "status", "action", "values", "after"),
    [
        ("agent", "submitted", "accept", REPLY, "accepted"),
        ("agent", "accepted", "start", {}, "in_progress"),
        ("agent", "in_progress", "wait", {"reason_code": "logistics", "note": "等快递公司回话"}, "waiting"),
        ("agent", "waiting", "resume", {}, "in_progress"),
        ("agent", "in_progress", "resolve", {"reason": "已当面解释清楚"}, "resolved"),
        ("agent", "resolved", "close", {}, "closed"),
        ("agent", "closed", "reopen", {"reason": "村民说没收到钱"}, "in_progress"),
        ("agent", "accepted", "withdraw", {"reason": "村民说不要了"}, "withdrawn"),
        ("officer", "submitted", "reject", {"code": "too_late", "text": "收货十天后才来"}, "rejected"),
    ],
)
def test_every_step_is_asked_for_and_taken(cast, door, person, status, action, values, after):
    ended = {"resolved_at": NOW, "closed_at": NOW} if status in ("resolved", "closed") else {}
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status=status, **ended)
    client = door(getattr(cast, person))

    page = client.get(f"/claims/{claim.number}/move/{action}/")
    answer = move(client, claim, action, **values)

    assert page.status_code == 200
    assert answer.url == f"/claims/{claim.number}/"
    assert fresh(claim).status == after


def test_first_reply_is_stored_with_its_three_facts(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="submitted", handler=None)

    move(door(cast.agent), claim, "accept", **REPLY)

    accepted = fresh(claim)
    assert (accepted.reply_progress, accepted.reply_method, accepted.handler) == (
        REPLY["progress"],
        REPLY["method"],
        cast.agent,
    )
    assert accepted.reply_finish_at == NOW.replace(day=21, hour=10, minute=0)


def test_accept_is_prepared_with_the_promise(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="submitted")

    initial = door(cast.agent).get(f"/claims/{claim.number}/move/accept/").context["form"].initial

    assert initial["finish_at"] == claim.handling_due_at
    assert initial["progress"] and initial["method"]


@pytest.mark.parametrize(
    ("action", "status", "values", "fields"),
    [
        ("accept", "submitted", {}, {"progress", "finish_at", "method"}),
        ("accept", "submitted", {**REPLY, "finish_at": "2026-11-20T10:00"}, {"finish_at"}),
        ("accept", "submitted", {**REPLY, "finish_at": "2027-11-20T10:00"}, {"finish_at"}),
        ("accept", "submitted", {**REPLY, "method": "长" * 201}, {"method"}),
        ("wait", "in_progress", {"note": "等"}, {"reason_code"}),
        ("wait", "in_progress", {"reason_code": "lunch", "note": "吃饭"}, {"reason_code"}),
        ("resolve", "in_progress", {"reason": ""}, {"reason"}),
        ("withdraw", "accepted", {}, {"reason"}),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(cast, door, action, status, values, fields):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status=status)

    page = move(door(cast.agent), claim, action, **values)

    assert page.context["form"].errors.keys() == fields
    assert fresh(claim).status == status
    for name, value in values.items():
        assert name == "reason_code" or value in page.content.decode()


def test_the_slower_person_is_shown_what_happened_and_may_go_on(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress")
    move(door(cast.technician), claim, "wait", reason_code="logistics", note="等快递公司回话")
    client = door(cast.agent)

    page = move(client, claim, "withdraw", reason="村民说不要了")

    assert page.status_code == 409
    assert (page.context["seen_version"], page.context["claim"].version) == (1, 2)
    assert [(event.title, event.text) for event in page.context["meanwhile"]] == [
        ("Put on hold", "Waiting for the logistics firm 等快递公司回话")
    ]
    assert page.context["is_possible"]
    again = client.post(
        f"/claims/{claim.number}/move/withdraw/",
        {"version": page.context["form"]["version"].value(), "reason": "村民说不要了"},
    )
    assert again.status_code == 302
    assert fresh(claim).status == "withdrawn"


def test_step_that_is_no_longer_possible_offers_no_button(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="accepted")
    move(door(cast.technician), claim, "withdraw", reason="村民说不要了")

    page = move(door(cast.agent), claim, "start")

    assert not page.context["is_possible"]
    assert "btn main" not in page.content.decode()


def test_page_of_an_impossible_step_leads_back(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="closed", closed_at=NOW, resolved_at=NOW)

    assert door(cast.agent).get(f"/claims/{claim.number}/move/accept/").url == f"/claims/{claim.number}/"


def test_reopening_ends_after_seven_days(cast, door):
    ended = NOW - timedelta(days=8)
    claim = make_claim(
        cast.guangcheng,
        filed_by=cast.agent,
        status="closed",
        closed_at=ended,
        resolved_at=ended,
        filed_at=ended,
    )

    page = move(door(cast.agent), claim, "reopen", reason="村民说没收到钱")

    assert page.context["form"].refused.code == "reopening_over"
    assert fresh(claim).status == "closed"


@pytest.mark.parametrize("action", ["merge", "delete", "approve", "%20", "ACCEPT"])
def test_steps_that_do_not_exist_are_not_found(cast, door, action):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    assert move(door(cast.agent), claim, action).status_code == 404


@pytest.mark.parametrize(
    ("person", "action", "status"),
    [
        ("agent", "reject", 404),
        ("platform", "withdraw", 404),
        ("neighbour", "start", 404),
        ("trainer", "start", 403),
    ],
)
def test_steps_of_others_are_refused(cast, door, person, action, status):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    client = door(getattr(cast, person))

    assert move(client, claim, action, reason="试一试吧", code="other", text="试一试吧").status_code == status
    assert fresh(claim).status == "accepted"


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 30])
def test_odd_versions_are_not_taken(cast, door, version):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    page = door(cast.agent).post(f"/claims/{claim.number}/move/start/", {"version": version})

    assert page.status_code == 200
    assert fresh(claim).status == "accepted"
