"""Rows of somebody who learns, written past the services."""

from datetime import date, timedelta

from tests.factories import NOW, seeing_everything
from training.models import (
    Certificate,
    Course,
    Enrolment,
    Exam,
    HourEntry,
    Lesson,
    LessonProgress,
    LessonVersion,
    Mentorship,
    PracticalExam,
    PracticalSheet,
    Question,
    Sitting,
    SittingAnswer,
)

XIUWEN = "520123000000"


def place(station) -> dict:
    return {"station": station, "county_code": station.county_code}


def make_learning(cast) -> None:
    """Of the agent: a course under way and one that is finished, an exam in its middle and one that is over,
    a mentor, a certificate, hours."""
    here = place(cast.guangcheng)
    with seeing_everything():
        courses = [Course.objects.create(code=f"c{n}", title=f"课程{n}", topic="law") for n in (1, 2)]
        lesson = Lesson.objects.create(course=courses[0], code="l1", position=1)
        version = LessonVersion.objects.create(
            lesson=lesson, version=1, title="第一课", body="x", minutes=10, written_by=cast.trainer
        )
        common = {"user": cast.agent, "enrolled_by": cast.trainer, "enrolled_at": NOW, **here}
        open_one = Enrolment.objects.create(course=courses[0], **common)
        Enrolment.objects.create(course=courses[1], finished_at=NOW, **common)
        LessonProgress.objects.create(
            enrolment=open_one, lesson=lesson, lesson_version=version, county_code=XIUWEN, opened_at=NOW
        )
        exam = Exam.objects.create(code="e", title="考试", purpose="certificate")
        question = Question.objects.create(code="q", kind="true_false", topic="law", text="?")
        timed = {"started_at": NOW, "ends_at": NOW + timedelta(hours=1), **here}
        over = Sitting.objects.create(
            exam=exam,
            user=cast.agent,
            attempt=1,
            seed="s",
            state="submitted",
            ended_at=NOW,
            score_permille=900,
            has_passed=True,
            **timed,
        )
        running = Sitting.objects.create(exam=exam, user=cast.agent, attempt=2, seed="t", **timed)
        for sat in (over, running):
            SittingAnswer.objects.create(
                sitting=sat, place=1, question=question, county_code=XIUWEN, saved_at=NOW
            )
        Mentorship.objects.create(
            mentor=cast.technician, trainee=cast.agent, from_on=date(2026, 10, 1), **here
        )
        sheet = PracticalSheet.objects.create(
            code="p", title="实操", items=[{"code": "count", "what": "数清坏果", "points": 10}]
        )
        practical = PracticalExam.objects.create(
            sheet=sheet,
            user=cast.agent,
            examiner=cast.trainer,
            held_on=NOW.date(),
            points={"count": 9},
            score_permille=900,
            has_passed=True,
            at=NOW,
            **here,
        )
        Certificate.objects.create(
            number="N1",
            user=cast.agent,
            holder_name="王秀兰",
            sitting=over,
            practical=practical,
            issued_on=NOW.date(),
            valid_until=date(2028, 11, 20),
            issued_by=cast.trainer,
            shows_name=True,
            consented_at=NOW,
            **here,
        )
        HourEntry.objects.create(
            user=cast.agent,
            day=date(2026, 11, 1),
            minutes=95,
            kind="outside",
            note="县里集中培训",
            business_key="test hours",
            by=cast.trainer,
            at=NOW,
            **here,
        )
