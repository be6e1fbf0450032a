"""What becomes of somebody's learning when they are posted elsewhere, or leave."""

from datetime import date, timedelta

import pytest

from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from stations.models import Agent
from stations.services import agents
from tests.factories import NOW, acting_as, give, make_user, seeing_everything
from training.models import (
    Certificate,
    Course,
    Enrolment,
    Exam,
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

XIUWEN, SUINING = "520123000000", "320324000000"


def place(station) -> dict:
    return {"station": station, "county_code": station.county_code}


@pytest.fixture
def learning(cast):
    """A course under way and one that is finished, an exam in its middle and one that is over, a mentor."""
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
        sheet = PracticalSheet.objects.create(code="p", title="实操")
        practical = PracticalExam.objects.create(
            sheet=sheet,
            user=cast.agent,
            examiner=cast.trainer,
            held_on=NOW.date(),
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


def move(cast, station, by):
    with seeing_everything():
        agent = Agent.objects.select_related("user", "station").get(user=cast.agent)
    with acting_as(by):
        agents.post(agent=agent, station=station, reason="needed there", by=by, now=NOW)


def where_things_are() -> dict:
    with seeing_everything():
        return {
            "courses": list(
                Enrolment.objects.order_by("id").values_list("station__name", "county_code", "withdrawn_at")
            ),
            "progress": list(LessonProgress.objects.values_list("county_code", flat=True)),
            "sittings": list(Sitting.objects.order_by("id").values_list("station__name", "county_code")),
            "answers": list(
                SittingAnswer.objects.order_by("sitting_id").values_list("county_code", flat=True)
            ),
            "mentors": list(Mentorship.objects.values_list("station__name", "until_on")),
            "certificates": list(Certificate.objects.values_list("station__name", "shows_name")),
        }


def test_what_is_under_way_comes_along_within_the_county(cast, learning):
    move(cast, cast.fangmaping, cast.manager)

    assert where_things_are() == {
        "courses": [("放马坪村服务点", XIUWEN, None), ("广城村服务点", XIUWEN, None)],
        "progress": [XIUWEN],
        "sittings": [("广城村服务点", XIUWEN), ("放马坪村服务点", XIUWEN)],
        "answers": [XIUWEN, XIUWEN],
        "mentors": [("放马坪村服务点", None)],
        "certificates": [("广城村服务点", True)],
    }


def test_in_another_county_the_mentor_stays_behind(cast, learning):
    somebody = make_user("nation")
    give(somebody, Role.ADMINISTRATOR)

    move(cast, cast.chenlou, somebody)

    assert where_things_are() == {
        "courses": [("陈楼村服务点", SUINING, None), ("广城村服务点", XIUWEN, None)],
        "progress": [SUINING],
        "sittings": [("广城村服务点", XIUWEN), ("陈楼村服务点", SUINING)],
        "answers": [XIUWEN, SUINING],
        "mentors": [("广城村服务点", NOW.date())],
        "certificates": [("广城村服务点", True)],
    }


def test_who_leaves_gives_courses_up_and_is_no_longer_named_in_public(cast, learning):
    with seeing_everything():
        agent = Agent.objects.select_related("user", "station").get(user=cast.agent)

    with acting_as(cast.manager):
        agents.leave(agent=agent, reason="moved away", by=cast.manager, now=NOW)

    assert where_things_are() == {
        "courses": [("广城村服务点", XIUWEN, NOW), ("广城村服务点", XIUWEN, None)],
        "progress": [XIUWEN],
        "sittings": [("广城村服务点", XIUWEN)] * 2,
        "answers": [XIUWEN, XIUWEN],
        "mentors": [("广城村服务点", NOW.date())],
        "certificates": [("广城村服务点", False)],
    }
    with seeing_everything():
        said = list(AuditEvent.objects.filter(at=NOW).order_by("id").values_list("verb", flat=True))
    assert said[-3:] == ["enrolment.withdrawn", "mentorship.ended", "certificate.consent_withdrawn"]
