"""Certificates issued by rule, renewed, revoked, ended: what happens, and what does not."""

from datetime import date, timedelta

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from stations.models import Agent
from tests.factories import NOW, acting_as, seeing_everything
from tests.training.certificates.cases import (
    TODAY,
    certificate_of,
    finish_required,
    finished,
    practised,
    qualified,
    required_course,
    sat,
)
from training.models import Certificate, Course
from training.queries import certificates as reading
from training.services import certificates as service

UNTIL = date(2028, 11, 19)


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def certified_until(user):
    return Agent._base_manager.get(user=user).certified_until


@pytest.fixture
def desk(cast):
    with acting_as(cast.trainer):
        yield cast


def test_issued_over_both_results_and_the_stations_know(desk):
    sitting, practical = qualified(desk.uncertified, desk.officer)

    certificate = service.issue(desk.uncertified, by=desk.trainer, now=NOW)

    assert (certificate.sitting, certificate.practical, certificate.holder_name, certificate.renews) == (
        sitting,
        practical,
        "罗小军",
        None,
    )
    assert (certificate.issued_on, certificate.valid_until) == (TODAY, UNTIL)
    assert certified_until(desk.uncertified) == UNTIL
    event = AuditEvent.objects.get(verb="certificate.issued")
    assert event.after == {"user": desk.uncertified.pk, "until": "2028-11-19", "renews": None}
    notice = Notice.objects.get(recipient=desk.uncertified)
    assert (notice.event, notice.params["until_on"]) == ("certificate.issued", "2028-11-19")


@pytest.mark.parametrize(
    "lacking",
    [
        "theory",
        "failed theory",
        "old theory",
        "check only",
        "practice",
        "failed practice",
        "old practice",
        "course",
    ],
)
def test_refused_with_one_thing_missing(desk, lacking):
    person, examiner = desk.uncertified, desk.officer
    theory = {
        "theory": None,
        "failed theory": {"has_passed": False},
        "old theory": {"days_ago": 366},
        "check only": {"purpose": "skills_check"},
    }.get(lacking, {})
    practice = {
        "practice": None,
        "failed practice": {"has_passed": False},
        "old practice": {"days_ago": 366},
    }.get(lacking, {})
    if theory is not None:
        sat(person, **theory)
    if practice is not None:
        practised(person, examiner, **practice)
    finish_required(person, examiner)
    if lacking == "course":
        required_course()

    result = reading.qualification(person, TODAY)

    assert len(result.missing) == 1
    assert refusal(service.issue, person, by=desk.trainer, now=NOW) == "not_qualified"
    assert certified_until(person) is None
    if lacking == "course":
        assert "售后流程" in result.missing[0]
        finished(Course.objects.get(code="test-required"), person, examiner)
    else:
        sat(person)
        practised(person, examiner)
    assert service.issue(person, by=desk.trainer, now=NOW).user == person


def test_a_required_course_without_a_lesson_keeps_nobody_waiting(desk):
    qualified(desk.uncertified, desk.officer)
    Course.objects.create(code="empty", title="还没有课", topic="digital", is_required=True)

    assert reading.qualification(desk.uncertified, TODAY).is_ready


def test_a_finished_course_without_lessons_stands_for_no_other_one(desk):
    qualified(desk.uncertified, desk.officer)
    emptied = Course.objects.filter(is_required=True).first()
    emptied.lessons.update(retired_at=NOW)
    required_course("unread", "没有读的课")

    (candidate,) = reading.candidates(Agent.objects.filter(user=desk.uncertified), TODAY)
    assert (candidate.courses_left, candidate.is_qualified) == (1, False)


def test_results_of_the_last_day_that_counts(desk):
    sat(desk.uncertified, days_ago=365)
    practised(desk.uncertified, desk.officer, days_ago=365)
    finish_required(desk.uncertified, desk.officer)

    assert service.issue(desk.uncertified, by=desk.trainer, now=NOW).issued_on == TODAY


def test_each_result_is_used_once(desk):
    qualified(desk.uncertified, desk.officer)
    first = service.issue(desk.uncertified, by=desk.trainer, now=NOW)
    service.revoke(first, reason="考试时有人代考", by=desk.manager, now=NOW)

    assert refusal(service.issue, desk.uncertified, by=desk.trainer, now=NOW) == "not_qualified"
    assert len(reading.qualification(desk.uncertified, TODAY).missing) == 2


def test_nobody_issues_to_themselves(desk):
    qualified(desk.uncertified, desk.officer)

    assert refusal(service.issue, desk.uncertified, by=desk.uncertified, now=NOW) == "own_certificate"


def test_no_posting_no_name_no_certificate(desk):
    assert refusal(service.issue, desk.nobody, by=desk.trainer, now=NOW) == "not_posted"
    assert not reading.qualification(desk.nobody, TODAY).is_ready
    qualified(desk.uncertified, desk.officer)
    desk.uncertified.full_name = " "
    assert refusal(service.issue, desk.uncertified, by=desk.trainer, now=NOW) == "name_missing"


def test_renewed_in_the_window_and_it_runs_on_from_the_old_end(desk):
    end = TODAY + timedelta(days=90)
    old = certificate_of(
        desk.agent, desk.trainer, issued_on=date(2025, 2, 19), until=end, shows_name=True, consented_at=NOW
    )
    qualified(desk.agent, desk.officer)

    new = service.issue(desk.agent, by=desk.trainer, now=NOW)

    assert (new.renews, new.issued_on, new.valid_until) == (old, TODAY, date(2029, 2, 18))
    assert (new.shows_name, new.consented_at) == (True, NOW)
    assert certified_until(desk.agent) == date(2029, 2, 18)


def test_a_gap_between_two_certificates_stays_one(desk):
    certificate_of(desk.agent, desk.trainer, issued_on=date(2024, 11, 1), until=TODAY - timedelta(days=3))
    qualified(desk.agent, desk.officer)

    new = service.issue(desk.agent, by=desk.trainer, now=NOW)

    agent = Agent._base_manager.get(user=desk.agent)
    days = {days_ago: agent.is_certified_on(TODAY - timedelta(days=days_ago)) for days_ago in range(5)}
    assert days == {0: True, 1: False, 2: False, 3: True, 4: True}
    service.revoke(new, reason="考试时有人代考", by=desk.manager, now=NOW)
    agent.refresh_from_db()
    assert (agent.certified_until, agent.certified_spans) == (
        TODAY - timedelta(days=3),
        [["2024-11-01", "2026-11-17"]],
    )


def test_renewed_a_day_too_early_is_refused_and_says_from_when(desk):
    certificate_of(desk.agent, desk.trainer, issued_on=date(2025, 2, 20), until=TODAY + timedelta(days=91))
    qualified(desk.agent, desk.officer)

    result = reading.qualification(desk.agent, TODAY)

    assert not result.is_ready
    assert "2026-11-21" in result.missing[0]
    assert refusal(service.issue, desk.agent, by=desk.trainer, now=NOW) == "not_qualified"


def test_after_the_end_it_begins_anew(desk):
    certificate_of(desk.agent, desk.trainer, issued_on=date(2024, 11, 1), until=TODAY - timedelta(days=1))
    qualified(desk.agent, desk.officer)

    assert service.issue(desk.agent, by=desk.trainer, now=NOW).valid_until == UNTIL


def test_results_count_wherever_the_person_was_posted(desk):
    qualified(desk.uncertified, desk.officer)
    Agent._base_manager.filter(user=desk.uncertified).update(
        station=desk.chenlou, county_code=desk.chenlou.county_code
    )

    with seeing_everything():
        certificate = service.issue(desk.uncertified, by=desk.trainer, now=NOW)

    assert certificate.county_code == desk.chenlou.county_code


def test_many_get_theirs_and_who_does_not_qualify_is_named(desk):
    qualified(desk.uncertified, desk.officer)

    done = service.issue_many([desk.uncertified, desk.technician], by=desk.trainer, now=NOW)

    assert [row.user for row in done.certificates] == [desk.uncertified]
    assert [user for user, _why in done.refused] == [desk.technician]
    assert refusal(service.issue_many, [], by=desk.trainer, now=NOW) == "nobody_chosen"
    assert refusal(service.issue_many, [desk.agent] * 101, by=desk.trainer, now=NOW) == "too_many"


def test_revoked_with_a_reason_by_another_and_the_older_one_stands_again(desk):
    old = certificate_of(
        desk.agent, desk.trainer, issued_on=date(2025, 1, 1), until=TODAY + timedelta(days=30)
    )
    new = certificate_of(desk.agent, desk.trainer, until=UNTIL)

    assert refusal(service.revoke, new, reason="冒名顶替", by=desk.agent, now=NOW) == "own_certificate"
    assert refusal(service.revoke, new, reason="考试时有人代考", by=desk.trainer, now=NOW) == "own_issue"
    assert refusal(service.revoke, new, reason=" 无 ", by=desk.manager, now=NOW) == "reason_missing"
    assert refusal(service.revoke, new, reason="长" * 301, by=desk.manager, now=NOW) == "reason_long"
    service.revoke(new, reason="考试时有人代考", by=desk.manager, now=NOW)

    assert certified_until(desk.agent) == old.valid_until
    assert (
        refusal(service.revoke, new, reason="考试时有人代考", by=desk.manager, now=NOW) == "already_revoked"
    )
    service.revoke(old, reason="考试时有人代考", by=desk.manager, now=NOW)
    assert certified_until(desk.agent) is None
    assert (
        list(AuditEvent.objects.filter(verb="certificate.revoked").values_list("reason", flat=True))
        == ["考试时有人代考"] * 2
    )


def test_revoking_reaches_who_moved_to_another_county(desk):
    row = certificate_of(desk.agent, desk.trainer)
    Agent._base_manager.filter(user=desk.agent).update(
        station=desk.chenlou, county_code=desk.chenlou.county_code
    )

    service.revoke(row, reason="考试时有人代考", by=desk.manager, now=NOW)

    assert certified_until(desk.agent) is None


def test_the_holder_alone_shows_the_name_and_takes_it_off_even_when_revoked(desk):
    row = certificate_of(desk.agent, desk.trainer)

    assert refusal(service.set_consent, row, shows_name=True, by=desk.trainer, now=NOW) == "not_yours"
    row = service.set_consent(row, shows_name=True, by=desk.agent, now=NOW)
    assert (row.shows_name, row.consented_at) == (True, NOW)
    service.set_consent(row, shows_name=True, by=desk.agent, now=NOW)
    service.revoke(row, reason="考试时有人代考", by=desk.manager, now=NOW)
    row = service.set_consent(row, shows_name=False, by=desk.agent, now=NOW)
    assert (row.shows_name, row.consented_at) == (False, None)
    assert refusal(service.set_consent, row, shows_name=True, by=desk.agent, now=NOW) == "already_revoked"
    assert list(
        AuditEvent.objects.filter(verb__startswith="certificate.consent")
        .order_by("id")
        .values_list("verb", flat=True)
    ) == ["certificate.consent_given", "certificate.consent_withdrawn"]


def test_reminders_at_each_step_once_and_the_end_is_said(cast):
    row = certificate_of(cast.agent, cast.trainer, until=TODAY + timedelta(days=61))
    sent = []
    for days in range(100):
        now = NOW + timedelta(days=days)
        if service.send_reminders(now) and not service.send_reminders(now):
            sent.append(days)

    events = list(
        Notice.objects.filter(recipient=cast.agent).order_by("created_at").values_list("event", flat=True)
    )
    assert sent == [1, 31, 54, 62]
    assert events == ["certificate.ends"] * 3 + ["certificate.expired"]
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="certificate.expired", object_id=str(row.pk)).count() == 1


@pytest.mark.parametrize("why", ["renewed", "revoked", "left", "long ago"])
def test_who_is_not_reminded(cast, why):
    until = TODAY - timedelta(days=40) if why == "long ago" else TODAY + timedelta(days=20)
    row = certificate_of(cast.agent, cast.trainer, issued_on=date(2024, 1, 1), until=until)
    if why == "renewed":
        certificate_of(cast.agent, cast.trainer)
    if why == "revoked":
        with acting_as(cast.manager):
            service.revoke(row, reason="考试时有人代考", by=cast.manager, now=NOW)
    if why == "left":
        Agent._base_manager.filter(user=cast.agent).update(left_on=TODAY)

    assert service.send_reminders(NOW) == 0


def test_list_of_candidates_takes_the_same_queries_for_all(desk, django_assert_num_queries):
    for person in (desk.agent, desk.neighbour, desk.uncertified, desk.technician):
        qualified(person, desk.officer)
    required_course()
    rows = reading.candidates(Agent.objects.all(), TODAY)

    with django_assert_num_queries(5):
        found = reading.qualifications(rows, TODAY)

    assert set(found) == {
        desk.agent.pk,
        desk.neighbour.pk,
        desk.uncertified.pk,
        desk.technician.pk,
    }
    assert not any(each.is_ready for each in found.values())


def test_what_the_database_says_and_the_words_agree(desk):
    qualified(desk.uncertified, desk.officer)
    sat(desk.neighbour)
    certificate_of(desk.agent, desk.trainer)
    qualified(desk.agent, desk.officer)
    qualified(desk.technician, desk.officer)
    rows = list(reading.candidates(Agent.objects.all(), TODAY))

    found = reading.qualifications(rows, TODAY)

    assert {row.user_id: bool(row.is_qualified) for row in rows} == {
        user: each.is_ready for user, each in found.items()
    }
    assert {user for user, each in found.items() if each.is_ready} == {
        desk.uncertified.pk,
        desk.technician.pk,
    }
    assert Certificate.objects.count() == 1
