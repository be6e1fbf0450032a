"""The issue library: what comes with the programme, what the platform changes, what is counted."""

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Issue
from claims.queries import checklists
from claims.queries import issues as reading
from claims.services import issues
from tests.claims.diagnosis.cases import WORDS, found, washer_claim
from tests.factories import NOW, acting_as, seeing_everything


@pytest.mark.django_db
def test_the_library_comes_with_the_programme():
    listed = {
        row["code"]: {name: row[name] for name in issues.FIELDS} for row in checklists.rows_of("issues.csv")
    }

    kept = {row["code"]: row for row in Issue.objects.values("code", *issues.FIELDS)}
    for code, row in kept.items():
        row.pop("code")
        Issue.objects.get(code=code).full_clean()
    assert kept == listed


def test_what_the_platform_wrote_stays_after_the_next_migration(cast):
    issue = Issue.objects.get(code="WM-12")
    issues.change(issue=issue, by=cast.platform, now=NOW, symptom="不排水，泵在响")
    Issue.objects.filter(code="WM-13").delete()

    issues.ensure_library(sender=None)

    assert Issue.objects.get(code="WM-12").symptom == "不排水，泵在响"
    assert Issue.objects.filter(code="WM-13").exists()


def test_adding_changing_and_retiring_leave_a_trail(cast):
    issue = issues.add(code=" wm-90 ", by=cast.platform, now=NOW, **WORDS)
    changed = issues.change(issue=issue, by=cast.platform, now=NOW, **{**WORDS, "cause": "刹车带松"})
    assert (issue.code, changed.cause) == ("WM-90", "刹车带松")
    retired = issues.retire(issue=changed, reason="与 WM-21 重复", by=cast.platform, now=NOW)
    assert retired.retired_at == NOW
    back = issues.restore(issue=retired, reason="不重复", by=cast.platform, now=NOW)
    assert back.retired_at is None

    events = AuditEvent._base_manager.filter(object_type="claims.issue").order_by("id")
    assert [(each.verb, each.before, each.reason) for each in events] == [
        ("issue.added", None, ""),
        ("issue.changed", {"cause": "刹车片磨损"}, ""),
        ("issue.retired", None, "与 WM-21 重复"),
        ("issue.restored", None, "不重复"),
    ]
    assert events[1].after == {"cause": "刹车带松"}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"code": "WM-12"}, "issue_exists"),
        ({"code": ""}, "text_missing"),
        ({"code": "W" * 21}, "too_long"),
        ({"symptom": ""}, "text_missing"),
        ({"symptom": "长" * 121}, "too_long"),
        ({"solution": ""}, "text_missing"),
        ({"goods_type": "boat"}, "unknown_choice"),
        ({"appliance": "boat"}, "unknown_choice"),
        ({"root_cause": "fate"}, "unknown_choice"),
    ],
)
def test_what_cannot_be_a_known_fault_is_refused(cast, wrong, code):
    before = Issue.objects.count()

    with pytest.raises(Refused) as refused:
        issues.add(**{"code": "WM-90", **WORDS, **wrong}, by=cast.platform, now=NOW)

    assert (refused.value.code, Issue.objects.count()) == (code, before)


def test_what_is_said_already_is_no_change(cast):
    issue = Issue.objects.get(code="WM-12")

    issues.change(issue=issue, by=cast.platform, now=NOW, symptom=issue.symptom)

    assert not AuditEvent._base_manager.filter(verb="issue.changed").exists()


def test_retiring_twice_is_refused(cast):
    issue = issues.retire(issue=Issue.objects.get(code="WM-12"), reason="-", by=cast.platform, now=NOW)

    with pytest.raises(Refused) as again:
        issues.retire(issue=issue, reason="-", by=cast.platform, now=NOW)
    with pytest.raises(Refused) as back:
        issues.restore(issue=Issue.objects.get(code="WM-13"), reason="-", by=cast.platform, now=NOW)

    assert (again.value.code, back.value.code) == ("issue_retired", "issue_in_use")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("wm-12", ["WM-12"]),
        ("排水泵 嗡嗡", ["WM-12"]),
        ("门封", ["FR-12", "WM-22"]),
        ("没有这种毛病", []),
    ],
)
def test_the_library_is_searched_by_every_word(text, codes):
    rows = reading.matching(reading.in_use(), text)

    assert sorted(rows.values_list("code", flat=True)) == codes


def test_counts_are_those_within_reach_and_of_the_last_year(cast):
    with seeing_everything():
        ours = washer_claim(cast.guangcheng, cast.agent)
        next_door = washer_claim(cast.liuguang, cast.neighbour)
        theirs = washer_claim(cast.chenlou, cast.suining_agent)
        found(ours, "WM-12", "visit_with_part")
        found(ours, "WM-10", "solved_by_phone")
        found(next_door, "WM-12", "visit_with_part")
        found(next_door, "")
        found(next_door, "FR-06", "solved_by_phone")
        found(theirs, "WM-12")
        found(ours, "WM-12", days=400)
    since = NOW - reading.LOOKS_BACK
    pump = Issue.objects.get(code="WM-12")

    times, tables = {}, {}
    for name in ("agent", "manager"):
        with acting_as(getattr(cast, name)):
            times[name] = reading.times_found([pump, Issue.objects.get(code="WM-22")], since=since)
            tables[name] = [
                (line.appliance, dict(line.by_cause), line.unknown, line.all, line.solved)
                for line in reading.by_cause(since=since)
            ]
            led_to = reading.by_advice(pump, since=since)

    assert times == {"agent": {pump.pk: 1}, "manager": {pump.pk: 2}}
    assert tables == {
        "agent": [("washing_machine", {"wear": 1, "installation": 1}, 0, 2, 1)],
        "manager": [
            ("washing_machine", {"wear": 2, "installation": 1}, 0, 3, 1),
            ("fridge", {"use": 1}, 0, 1, 1),
            ("generic", {}, 1, 1, 0),
        ],
    }
    assert led_to == {"visit_with_part": 2}
