"""People with results, and certificates written past the services."""

from datetime import date, timedelta
from itertools import count

from aftersales.accounts.models import system_user
from stations.models import Agent
from tests.factories import NOW
from training.models import (
    Certificate,
    Course,
    Enrolment,
    Exam,
    Lesson,
    LessonVersion,
    PracticalExam,
    PracticalSheet,
    Sitting,
)
from training.rules.certificates import make_number

TODAY = date(2026, 11, 20)
_numbers = count(1)


def exam(purpose="certificate") -> Exam:
    return Exam.objects.get_or_create(
        code=f"test-{purpose}", defaults={"title": "结业理论考试", "purpose": purpose, "minutes": 60}
    )[0]


def sat(user, *, days_ago=10, has_passed=True, purpose="certificate") -> Sitting:
    """A theory exam that somebody handed in some days before NOW."""
    agent = Agent._base_manager.get(user=user)
    began = NOW - timedelta(days=days_ago, hours=1)
    return Sitting._base_manager.create(
        exam=exam(purpose),
        user=user,
        station=agent.station,
        county_code=agent.county_code,
        attempt=next(_numbers),
        seed="a" * 32,
        state="submitted",
        started_at=began,
        ends_at=began + timedelta(hours=1),
        ended_at=NOW - timedelta(days=days_ago),
        score_permille=900 if has_passed else 500,
        has_passed=has_passed,
    )


def practised(user, examiner, *, days_ago=5, has_passed=True) -> PracticalExam:
    """A practical exam that somebody was scored on some days before NOW."""
    agent = Agent._base_manager.get(user=user)
    sheet = PracticalSheet.objects.get_or_create(code="test-sheet", defaults={"title": "拍照取证实操"})[0]
    return PracticalExam._base_manager.create(
        sheet=sheet,
        user=user,
        examiner=examiner,
        station=agent.station,
        county_code=agent.county_code,
        held_on=TODAY - timedelta(days=days_ago),
        points={},
        score_permille=850,
        has_passed=has_passed,
        at=NOW,
    )


def required_course(code="test-required", title="售后流程") -> Course:
    """A required course with one lesson to read."""
    course = Course.objects.create(code=code, title=title, topic="digital", is_required=True)
    lesson = Lesson.objects.create(course=course, code=f"{code}-01", position=1)
    LessonVersion.objects.create(
        lesson=lesson,
        version=1,
        title=title,
        body="先登记，再处理。",
        minutes=20,
        written_by=system_user(),
        published_at=NOW,
    )
    return course


def finished(course, user, by) -> Enrolment:
    agent = Agent._base_manager.get(user=user)
    return Enrolment._base_manager.create(
        course=course,
        user=user,
        station=agent.station,
        county_code=agent.county_code,
        enrolled_by=by,
        enrolled_at=NOW - timedelta(days=30),
        finished_at=NOW - timedelta(days=3),
    )


def finish_required(user, by) -> None:
    """Finish every course that the certificate asks for."""
    for course in Course.objects.filter(is_required=True, retired_at__isnull=True):
        finished(course, user, by)


def qualified(user, examiner):
    """Everything that a certificate asks for; returns the sitting and the practical exam."""
    finish_required(user, examiner)
    return sat(user), practised(user, examiner)


def certificate_of(user, issuer, *, issued_on=TODAY, until=None, **more) -> Certificate:
    """A certificate with results of its own, and the date at the stations that goes with it."""
    agent = Agent._base_manager.get(user=user)
    until = until or issued_on.replace(year=issued_on.year + 2) - timedelta(days=1)
    row = Certificate._base_manager.create(
        number=make_number(),
        user=user,
        holder_name=user.full_name,
        station=agent.station,
        county_code=agent.county_code,
        sitting=sat(user, days_ago=300),
        practical=practised(user, issuer, days_ago=300),
        issued_on=issued_on,
        valid_until=until,
        issued_by=issuer,
        **more,
    )
    Agent._base_manager.filter(user=user).update(certified_until=until)
    return row
