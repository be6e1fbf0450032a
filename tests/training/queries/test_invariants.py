"""Each check of what must hold for learning finds what is wrong, and nothing on sound data."""

from datetime import date, timedelta

import pytest

from stations.models import Agent
from tests.factories import NOW, seeing_everything
from training.models import (
    Attendee,
    Certificate,
    Course,
    Enrolment,
    Exam,
    HourEntry,
    Lesson,
    LessonProgress,
    LessonVersion,
    PracticalExam,
    PracticalSheet,
    Question,
    Sitting,
    SittingAnswer,
    VillageClass,
)
from training.queries import invariants

TODAY = NOW.date()


class Rows:
    """Writes rows past the services, sound ones or others."""

    def __init__(self, cast):
        self.cast = cast
        self.here = {"station": cast.guangcheng, "county_code": cast.guangcheng.county_code}

    def sitting(self, *, score: int, right: int, attempt: int = 1) -> Sitting:
        exam, _new = Exam.objects.get_or_create(
            code="e", defaults={"title": "考试", "purpose": "certificate"}
        )
        sitting = Sitting.objects.create(
            exam=exam,
            user=self.cast.agent,
            attempt=attempt,
            seed="s",
            paper=[{"question": 1, "order": [0, 1]}, {"question": 2, "order": [1, 0]}],
            state="submitted",
            started_at=NOW,
            ends_at=NOW,
            ended_at=NOW,
            score_permille=score,
            has_passed=score >= 800,
            **self.here,
        )
        question, _new = Question.objects.get_or_create(
            code="q", defaults={"kind": "true_false", "topic": "law", "text": "?"}
        )
        for place in range(right):
            SittingAnswer.objects.create(
                sitting=sitting,
                place=place + 1,
                question=question,
                county_code=sitting.county_code,
                saved_at=NOW,
                is_right=True,
            )
        return sitting

    def certificate(self, sitting: Sitting, *, passed: bool = True) -> Certificate:
        sheet, _new = PracticalSheet.objects.get_or_create(code="p", defaults={"title": "实操"})
        practical = PracticalExam.objects.create(
            sheet=sheet,
            user=self.cast.agent,
            examiner=self.cast.trainer,
            held_on=TODAY,
            score_permille=900 if passed else 500,
            has_passed=passed,
            at=NOW,
            **self.here,
        )
        return Certificate.objects.create(
            number=f"N{practical.pk}",
            user=self.cast.agent,
            holder_name="王秀兰",
            sitting=sitting,
            practical=practical,
            issued_on=TODAY,
            valid_until=date(2028, 11, 19),
            issued_by=self.cast.trainer,
            **self.here,
        )

    def certified(self, until: date | None) -> Agent:
        Agent.objects.filter(user=self.cast.agent).update(certified_until=until)
        return Agent.objects.get(user=self.cast.agent)

    def minutes(self, minutes: int, *, key: str, kind: str = "lesson") -> None:
        HourEntry.objects.create(
            user=self.cast.agent,
            day=TODAY,
            minutes=minutes,
            kind=kind,
            business_key=key,
            by=self.cast.trainer,
            at=NOW,
            **self.here,
        )

    def course(self, *, is_read: bool) -> tuple[Enrolment, Lesson, LessonProgress | None]:
        course = Course.objects.create(code=f"c{is_read}", title="课程", topic="law")
        lesson = Lesson.objects.create(course=course, code=f"l{is_read}", position=1)
        version = LessonVersion.objects.create(
            lesson=lesson, version=1, title="课", body="x", minutes=10, written_by=self.cast.trainer
        )
        enrolment = Enrolment.objects.create(
            course=course,
            user=self.cast.agent,
            enrolled_by=self.cast.trainer,
            enrolled_at=NOW,
            finished_at=NOW,
            **self.here,
        )
        progress = None
        if is_read:
            progress = LessonProgress.objects.create(
                enrolment=enrolment,
                lesson=lesson,
                lesson_version=version,
                county_code=enrolment.county_code,
                opened_at=NOW,
                finished_at=NOW,
            )
        return enrolment, lesson, progress

    def village_class(self, *, attended: int, names: int) -> VillageClass:
        row = VillageClass.objects.create(
            month=TODAY.replace(day=1),
            title="怎么拍照",
            starts_at=NOW - timedelta(days=attended),
            place="村委会",
            teacher=self.cast.agent,
            state="held",
            attended=attended,
            ended_at=NOW,
            planned_by=self.cast.agent,
            planned_at=NOW,
            **self.here,
        )
        for number in range(names):
            Attendee.objects.create(
                village_class=row,
                county_code=row.county_code,
                name_masked=f"张*{number}",
                consent_how="signed",
                added_by=self.cast.agent,
                added_at=NOW,
            )
        return row


@pytest.fixture
def rows(cast):
    with seeing_everything():
        yield Rows(cast)


def test_sound_data_has_nothing_to_say(rows):
    rows.certificate(rows.sitting(score=1000, right=2))
    rows.certified(date(2028, 11, 19))
    _enrolment, lesson, _progress = rows.course(is_read=True)
    rows.minutes(10, key=f"lesson:{lesson.pk}:{rows.cast.agent.pk}")
    rows.minutes(-10, key="correction", kind="correction")
    rows.village_class(attended=2, names=2)

    assert list(invariants.violations()) == []


def test_everything_that_is_wrong_is_told(rows):
    unsound = rows.certificate(rows.sitting(score=1000, right=2), passed=False)
    agent = rows.certified(date(2027, 1, 1))
    sitting = rows.sitting(score=1000, right=1, attempt=2)
    _enrolment, _lesson, progress = rows.course(is_read=True)
    unread, _lesson, _progress = rows.course(is_read=False)
    rows.minutes(-10, key="correction", kind="correction")
    crowded = rows.village_class(attended=1, names=2)

    assert list(invariants.violations()) == [
        f"agent {agent.pk}: certified until 2027-01-01, the certificates say 2028-11-19",
        f"certificate {unsound.pk}: does not rest on two passed exams of its holder",
        f"sitting {sitting.pk}: scored 1000, its answers say 500",
        f"progress {progress.pk}: read, and its minutes are not in the ledger",
        f"enrolment {unread.pk}: finished, and nothing was read",
        f"hours of account {rows.cast.agent.pk} on {TODAY}: -10 minutes",
        f"class {crowded.pk}: 2 names, 1 people",
    ]


def test_a_revoked_certificate_certifies_nobody(rows):
    held = rows.certificate(rows.sitting(score=1000, right=2))
    agent = rows.certified(date(2028, 11, 19))
    Certificate.objects.filter(pk=held.pk).update(
        revoked_at=NOW, revoked_by=rows.cast.manager, revoked_reason="代考"
    )

    assert list(invariants.violations()) == [
        f"agent {agent.pk}: certified until 2028-11-19, the certificates say None"
    ]
