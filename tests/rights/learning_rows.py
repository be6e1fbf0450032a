"""A course that is taken, hours and a mentor in the small world of tests/rights/world.py."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Model

from aftersales.accounts.models import User
from stations.models import Agent
from tests.factories import NOW, make_user
from tests.rights.marks import Marks
from tests.training.text_pictures import add_picture
from training.models import Attachment, Course, Enrolment, HourEntry, Lesson, LessonVersion, Mentorship

TAKEN, OPEN, LESSON = "rights-course", "rights-open", "rights-lesson"
"""Codes of texts that are the same for every county."""


def learning_rows(mark: Marks, agent: Agent, trainer: User) -> list[Model]:
    """What a village's agent learns: a course under way, hours somebody wrote down, a mentor."""
    where = {"station": agent.station, "county_code": agent.county_code}
    course = _course(TAKEN, LESSON, trainer)
    _course(OPEN, "rights-open-01", trainer)
    enrolment = Enrolment.objects.create(
        course=course,
        user=agent.user,
        enrolled_by=trainer,
        enrolled_at=NOW - timedelta(days=3),
        **where,
    )
    entry = HourEntry.objects.create(
        user=agent.user,
        day=date(2026, 11, 10),
        minutes=60,
        kind="practice",
        note=mark.word("hournote"),
        business_key=mark.word("hourkey"),
        by=trainer,
        at=NOW,
        **where,
    )
    mentorship = Mentorship.objects.create(
        # Trainees are told who looks after them, so this name is no mark of the place.
        mentor=make_user(mark.word("mentor"), full_name="师傅", county=agent.county_code),
        trainee=agent.user,
        from_on=date(2026, 11, 1),
        note=mark.word("mentornote"),
        **where,
    )
    return [enrolment, entry, mentorship]


def lesson_picture(*, is_draft: bool) -> int:
    """The key of the picture of the lesson's published version, or of its draft; 0 where there is none."""
    found = Attachment.objects.filter(
        lesson_version__lesson__code=LESSON, lesson_version__published_at__isnull=is_draft
    )
    return found.values_list("pk", flat=True).first() or 0


def _course(code: str, lesson_code: str, trainer: User) -> Course:
    """A course with one lesson, published and with a newer draft, both with a picture; made once."""
    course, is_new = Course.objects.get_or_create(
        code=code, defaults={"title": "拍照取证", "topic": "evidence"}
    )
    if is_new:
        lesson = Lesson.objects.create(course=course, code=lesson_code, position=1)
        for version, published_at in ((1, NOW), (2, None)):
            _version(lesson, version, published_at, trainer)
    return course


def _version(lesson: Lesson, number: int, published_at, trainer: User) -> None:
    version = LessonVersion.objects.create(
        lesson=lesson,
        version=number,
        title="拍清三样",
        body="![1]",
        minutes=10,
        written_by=trainer,
        published_at=published_at,
        published_by=trainer if published_at else None,
    )
    add_picture(version, trainer)
