"""docs/rules/supervision.md, sections 4 and 5: findings, rectifications, reminders, the next cycle."""

from datetime import date, timedelta

import pytest

from aftersales.notices.models import Notice
from claims.models import CheckItem, Finding, Rectification
from claims.queries import supervision as reading
from claims.services import checks, findings
from tests.claims.supervision.cases import OCTOBER, ended_claim, events, go_through, make_finding, open_check
from tests.claims.supervision.test_checks import refused
from tests.factories import NOW, acting_as, seeing_everything

DUE = date(2026, 11, 30)
NEW_DAY = date(2026, 12, 15)


def told(event: str) -> list[int]:
    return sorted(Notice.objects.filter(event=event).values_list("recipient", flat=True))


@pytest.fixture
def check(cast):
    ended_claim(cast)
    return open_check(cast)


def report(cast, finding, words="已补发差额，并培训站点"):
    with acting_as(cast.manager):
        return findings.report_rectification(finding=finding, words=words, by=cast.manager, now=NOW)


def test_a_finding_about_a_claim_is_about_its_station_and_the_county_is_told(cast, check):
    with acting_as(cast.supervisor):
        item = CheckItem.objects.select_related("claim__station").get()

    finding = make_finding(cast, check, item=item, question="amount_by_rule")

    assert (finding.station, finding.state, finding.repeats) == (cast.guangcheng, "open", None)
    assert told("finding.made") == [cast.manager.pk]
    (event,) = events("finding.made")
    assert event.after == {
        "check": check.pk,
        "question": "amount_by_rule",
        "severity": "serious",
        "due_on": "2026-11-30",
        "repeats": None,
    }


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"words": "差"}, "words_missing"),
        ({"words": "打给 13812345678 没接"}, "personal_data"),
        ({"due_on": date(2026, 11, 20)}, "due_on"),
        ({"due_on": date(2027, 2, 19)}, "due_on"),
        ({"question": "no_such"}, "unknown_question"),
    ],
)
def test_a_finding_that_cannot_be_made_is_refused(cast, check, fields, code):
    assert refused(make_finding, cast, check, **fields) == code
    assert make_finding(cast, check, due_on=date(2027, 2, 18))


def test_a_finding_belongs_to_its_check_and_county(cast, check):
    other = open_check(cast, theme="false_advertising", kind="special")
    with seeing_everything():
        item = CheckItem.objects.select_related("claim__station").get(check_round=other)

    assert refused(make_finding, cast, check, item=item) == "other_check"
    assert refused(make_finding, cast, check, station=cast.chenlou) == "other_county"
    assert make_finding(cast, check, station=cast.liuguang).station == cast.liuguang


def test_no_finding_is_added_to_a_closed_check(cast, check):
    go_through(cast, check)
    with acting_as(cast.supervisor):
        checks.close_check(check=check, conclusion="处理规范", by=cast.supervisor, now=NOW)

    assert refused(make_finding, cast, check) == "check_closed"


def test_a_rectification_is_reported_and_accepted(cast, check):
    finding = make_finding(cast, check)

    written = report(cast, finding)
    with acting_as(cast.supervisor):
        accepted = findings.accept(finding=finding, by=cast.supervisor, now=NOW)

    written.refresh_from_db()
    assert (accepted.state, accepted.accepted_at) == ("accepted", NOW)
    assert (written.is_accepted, written.judged_by, written.judged_at) == (True, cast.supervisor, NOW)
    assert told("finding.answered") == [cast.supervisor.pk]
    assert told("finding.accepted") == [cast.manager.pk]
    assert [event.verb for event in events(object_type="claims.finding")] == [
        "finding.made",
        "finding.answered",
        "finding.accepted",
    ]


def test_a_rectification_is_sent_back_and_reported_anew(cast, check):
    finding = make_finding(cast, check)
    report(cast, finding)
    with acting_as(cast.supervisor):
        back = findings.send_back(
            finding=finding, remark="没有凭证", due_on=NEW_DAY, by=cast.supervisor, now=NOW
        )

    assert (back.state, back.due_on) == ("returned", NEW_DAY)
    report(cast, finding, "已附转账凭证")
    with acting_as(cast.supervisor):
        assert findings.accept(finding=finding, by=cast.supervisor, now=NOW).state == "accepted"
        assert list(Rectification.objects.order_by("id").values_list("words", "is_accepted", "remark")) == [
            ("已补发差额，并培训站点", False, "没有凭证"),
            ("已附转账凭证", True, ""),
        ]


def test_nobody_judges_their_own_report_or_one_that_is_not_there(cast, check):
    finding = make_finding(cast, check)
    with seeing_everything():
        asked = {"finding": finding, "now": NOW}
        assert refused(findings.accept, by=cast.supervisor, **asked) == "nothing_reported"
        findings.report_rectification(words="已整改到位", by=cast.platform, **asked)
        assert refused(findings.accept, by=cast.platform, **asked) == "same_person"
        assert (
            refused(findings.send_back, remark="没有凭证", due_on=NEW_DAY, by=cast.platform, **asked)
            == "same_person"
        )
        assert refused(findings.report_rectification, words="再报一次", by=cast.manager, **asked) == (
            "answered_already"
        )
        findings.accept(by=cast.supervisor, **asked)
        assert refused(findings.accept, by=cast.supervisor, **asked) == "nothing_reported"
        assert refused(findings.report_rectification, words="再报一次", by=cast.manager, **asked) == (
            "answered_already"
        )


def test_sending_back_needs_a_reason_and_a_day_to_come(cast, check):
    finding = make_finding(cast, check)
    report(cast, finding)
    with acting_as(cast.supervisor):
        asked = {"finding": finding, "by": cast.supervisor, "now": NOW}
        assert refused(findings.send_back, remark="", due_on=NEW_DAY, **asked) == "words_missing"
        assert refused(findings.send_back, remark="没有凭证", due_on=date(2026, 11, 20), **asked) == "due_on"
        assert Finding.objects.get().state == "answered"


def test_counties_are_reminded_when_due_and_again_every_seven_days(cast, check):
    finding = make_finding(cast, check)
    answered = make_finding(cast, check, words="另一条问题")
    report(cast, answered)

    def run(day: int) -> int:
        with seeing_everything():
            return findings.remind(now=NOW + timedelta(days=day))

    assert [run(day) for day in (6, 7, 7, 8, 13, 14)] == [0, 1, 0, 0, 0, 1]
    assert told("finding.due_soon") == [cast.manager.pk]
    assert told("finding.overdue") == sorted([cast.manager.pk, cast.supervisor.pk])
    with seeing_everything():
        finding.refresh_from_db()
    assert finding.reminded_on == date(2026, 12, 4)


def test_what_is_found_again_in_the_next_cycle_names_the_earlier_finding(cast):
    ended_claim(cast), ended_claim(cast, closed_at=OCTOBER.previous.starts_at)
    before = open_check(cast, period=OCTOBER.previous)
    there = make_finding(cast, before, question="amount_by_rule", station=cast.liuguang)
    here = make_finding(cast, before, question="amount_by_rule", station=cast.guangcheng)
    make_finding(cast, before, question="class_right")
    check = open_check(cast)

    again = make_finding(cast, check, question="amount_by_rule", station=cast.liuguang)
    elsewhere = make_finding(cast, check, question="amount_by_rule", station=cast.fangmaping)
    new = make_finding(cast, check, question="evidence_kept")
    beside = make_finding(cast, check)

    assert [each.repeats for each in (again, elsewhere, new, beside)] == [there, here, None, None]


def test_findings_are_counted_once(cast, check):
    finding = make_finding(cast, check)
    make_finding(cast, check, due_on=date(2026, 11, 21))
    report(cast, finding)
    with acting_as(cast.supervisor):
        findings.accept(finding=finding, by=cast.supervisor, now=NOW)
        shown = reading.standing(Finding.objects.all(), date(2026, 11, 25))

    assert shown == {
        "total": 2,
        "open": 1,
        "overdue": 1,
        "answered": 0,
        "rectified": 1,
        "repeated": 0,
        "in_time": 1,
    }
