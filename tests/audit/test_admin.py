"""The trail in the admin: who reads what, how it is narrowed, and that every event has words."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from aftersales.audit import facts, trail
from aftersales.audit.models import AuditBlock, AuditEvent
from aftersales.audit.verbs import KINDS, LABELS, label_of
from aftersales.integration.event_kinds import Kind
from aftersales.notices import events
from tests.factories import NOW, make_claim, seeing_everything

ROOT = Path(__file__).resolve().parents[2]
EVENTS = reverse("admin:audit_auditevent_changelist")
BLOCKS = reverse("admin:audit_auditblock_changelist")
XIUWEN, SUINING = "520123000000", "320324000000"


@pytest.fixture(autouse=True)
def _the_clock_stands():
    with time_machine.travel(NOW, tick=False):
        yield


def write(verb, by, county=XIUWEN, days_ago=0, **more):
    event = trail.prepare(verb, by=by, county_code=county, at=NOW, **more)
    event.recorded_at = NOW - timedelta(days=days_ago)
    with seeing_everything():
        event.save(force_insert=True)
    return event


def shown(client, query=""):
    response = client.get(f"{EVENTS}{query}")
    assert response.status_code == 200
    return [event.pk for event in response.context["cl"].result_list if event.verb != "account.signed_in"]


def verbs_in(source: str) -> set[str]:
    """Constants that look like a verb of the trail: a kind of ours, a dot, and a word in the past.

    "audit" is left out: it is the name of an app as well; `source=` names a column to the API.
    """
    kinds = "|".join({*KINDS, *(verb.partition(".")[0] for verb in LABELS)} - {"audit"})
    pattern = re.compile(rf"(?:{kinds})\.[a-z_]+")
    tree = ast.parse(source)
    columns = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "source"
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and pattern.fullmatch(node.value)
        if id(node) not in columns
    }


def test_every_event_that_is_written_has_words():
    assert verbs_in('trail.record("claim.lost", by=by); x = "claims.claim"') == {"claim.lost"}
    files = [
        path
        for app in ("aftersales", "stations", "claims", "training")
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
    ]
    written = {verb for path in files for verb in verbs_in(path.read_text())}

    messages = {event.code for event in events.registered()} | set(Kind.values)
    assert written - messages - LABELS.keys() == set()
    assert {verb.partition(".")[0] for verb in LABELS} - KINDS.keys() == set()


def test_an_unknown_event_is_shown_as_it_is():
    with override("en"):
        assert (label_of("claim.filed"), label_of("moon.landed")) == ("Claim filed", "moon.landed")


def test_a_manager_reads_the_trail_of_the_county(as_user, cast):
    own = write("claim.filed", cast.agent)
    write("claim.filed", cast.suining_agent, SUINING)
    write("scope.opened", None, "")

    assert shown(as_user("manager")) == [own.pk]
    assert len(shown(as_user("administrator"))) == 3


@pytest.mark.parametrize("who", ["supervisor", "trainer", "technician", "agent", "regulator", "nobody"])
def test_who_does_not_read_the_trail(as_user, who):
    assert as_user(who).get(EVENTS).status_code == 403


def test_the_trail_is_narrowed_by_day_kind_person_and_outcome(as_user, cast):
    today = write("claim.filed", cast.agent)
    week = write("grant.given", cast.manager, days_ago=6)
    month = write("claim.closed", cast.agent, days_ago=20)
    old = write("claim.merged", cast.agent, days_ago=200)
    refused = write("account.sign_in_failed", None, outcome="refused")
    client = as_user("manager")

    assert shown(client) == [refused.pk, week.pk, today.pk]
    assert shown(client, "?day=today") == [refused.pk, today.pk]
    assert shown(client, "?day=month") == [refused.pk, month.pk, week.pk, today.pk]
    assert shown(client, "?day=all&kind=claim") == [old.pk, month.pk, today.pk]
    assert shown(client, f"?day=all&actor={cast.manager.pk}") == [week.pk]
    assert shown(client, "?outcome=refused") == [refused.pk]
    assert shown(client, "?q=王秀兰") == [today.pk]
    assert shown(client, "?day=x&kind=x&outcome=x") == [refused.pk, week.pk, today.pk]
    assert shown(client, "?actor=x") == shown(client, f"?actor={'9' * 40}") == []


def test_one_object_is_told_with_all_that_happened_around_it(as_user, cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    foreign = make_claim(cast.chenlou, filed_by=cast.suining_agent)
    filed = write("claim.filed", cast.agent, obj=claim)
    photo = write("photo.attached", cast.agent, claim_id=claim.pk)
    write("claim.filed", cast.suining_agent, SUINING, obj=foreign)
    client = as_user("manager")

    assert shown(client, f"?about=claims.claim:{claim.pk}&day=all") == [photo.pk, filed.pk]
    assert shown(client, f"?about=claims.claim:{foreign.pk}&day=all") == []
    assert shown(client, "?about=claims.claim:x&day=all") == []


def test_a_persons_name_of_another_county_is_not_told_by_the_filter(as_user, cast):
    write("claim.filed", cast.suining_agent, SUINING)

    text = as_user("manager").get(f"{EVENTS}?actor={cast.suining_agent.pk}").content.decode()

    assert "孙二梅" not in text


def test_an_event_is_told_in_words(as_user, cast):
    event = write(
        "compensation.approved",
        cast.officer,
        before={"state": "chosen"},
        after={"amount_fen": 1360, "state": "approved"},
        reason="照片清楚",
    )
    with seeing_everything():
        event = AuditEvent.objects.get(pk=event.pk)

    text = as_user("manager").get(reverse("admin:audit_auditevent_change", args=[event.pk])).content.decode()

    for words in ("Compensation approved", "刘敏", "¥13.60", "照片清楚"):
        assert words in text


def test_facts_are_told_by_the_model_they_are_about():
    told = {
        "state": "approved",
        "amount_fen": 1360,
        "bad_milli": 2500,
        "decided_at": "2026-11-20T02:30:00+00:00",
        "flags": ["same_photo", "own_claim"],
        "is_frozen": True,
        "note": "",
    }

    with override("en"):
        assert list(facts.in_words(told, "claims.compensation")) == [
            ("state", "Approved, waiting to be carried out"),
            ("amount", "¥13.60"),
            ("bad quantity in thousandths", "2.5"),
            ("decided", "2026-11-20 10:30"),
            ("what caught the eye", "same_photo, own_claim"),
            ("is_frozen", "yes"),
        ]
        assert list(facts.in_words({"state": "x"}, "no.such")) == [("state", "x")]
        assert (facts.kind_of("claims.claim"), facts.kind_of("no.such"), facts.kind_of("")) == (
            "claim",
            "no.such",
            "",
        )


def test_the_list_costs_the_same_for_few_and_many(as_user, cast):
    client = as_user("manager")
    counts = []
    for _round in range(2):
        write("claim.filed", cast.agent)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(EVENTS).status_code == 200
        counts.append(len(queries))
        for _number in range(10):
            write("claim.closed", cast.agent)

    assert counts == [6, 6]


@pytest.mark.parametrize("verb", ["add", "change", "delete"])
def test_the_trail_is_not_written_here(as_user, cast, verb):
    event = write("claim.filed", cast.agent)
    url = reverse(f"admin:audit_auditevent_{verb}", args=[] if verb == "add" else [event.pk])

    assert as_user("administrator").post(url, {"reason": "x", "post": "yes"}).status_code == 403


def test_seals_are_read_by_county(as_user, cast):
    with seeing_everything():
        for county in (XIUWEN, SUINING):
            AuditBlock(county_code=county, number=1, covers_until=NOW, event_count=3, hash="ab" * 32).save(
                force_insert=True
            )

    rows = as_user("manager").get(BLOCKS).context["cl"].result_list

    assert [block.county_code for block in rows] == [XIUWEN]
    assert as_user("officer").get(BLOCKS).status_code == 403
