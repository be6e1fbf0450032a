"""The record of learning: one's own wherever it was made, somebody else's where one looks after training."""

import io
from datetime import date, timedelta

import openpyxl
import pytest

from aftersales.audit.models import AuditEvent
from stations.models import Agent
from tests.factories import NOW, seeing_everything
from training.models import Course, Enrolment, Exam, HourEntry, PracticalExam, PracticalSheet, Sitting


@pytest.fixture
def learned(cast):
    """What the agent learned: some of it at a station they have left."""
    before = {"station": cast.fangmaping, "county_code": cast.fangmaping.county_code}
    here = {"station": cast.guangcheng, "county_code": cast.guangcheng.county_code}
    with seeing_everything():
        course = Course.objects.create(code="c1", title="生鲜验货", topic="inspection")
        Enrolment.objects.create(
            course=course,
            user=cast.agent,
            enrolled_by=cast.trainer,
            enrolled_at=NOW,
            finished_at=NOW,
            **before,
        )
        for number, minutes in ((1, 30), (2, 45)):
            HourEntry.objects.create(
                user=cast.agent,
                day=NOW.date() - timedelta(days=number),
                minutes=minutes,
                kind="lesson",
                note=f"第{number}课",
                business_key=f"test {number}",
                by=cast.agent,
                at=NOW,
                **before,
            )
        Sitting.objects.create(
            exam=Exam.objects.create(code="e1", title="理论考试", purpose="certificate"),
            user=cast.agent,
            attempt=2,
            seed="s",
            state="submitted",
            started_at=NOW,
            ends_at=NOW,
            ended_at=NOW,
            score_permille=880,
            has_passed=True,
            **here,
        )
        PracticalExam.objects.create(
            sheet=PracticalSheet.objects.create(code="p1", title="门店实操"),
            user=cast.agent,
            examiner=cast.trainer,
            held_on=NOW.date(),
            score_permille=700,
            has_passed=False,
            at=NOW,
            **here,
        )


def agent_key(user) -> int:
    with seeing_everything():
        return Agent.objects.get(user=user).pk


def lines(response) -> list[tuple]:
    return [
        (section.title, line.day, line.what, line.detail, line.state)
        for section in response.context["sections"]
        for line in section.lines
    ]


TODAY = NOW.date()
LEARNED = [
    ("Courses", TODAY, "生鲜验货", "lessons read: 0", "finished"),
    ("Exams", TODAY, "理论考试", "attempt 2 · 88%", "passed"),
    ("Practical exams", TODAY, "门店实操", "70%", "not passed"),
    ("Hours of learning", date(2026, 11, 19), "第1课", "放马坪村服务点", "30 min"),
    ("Hours of learning", date(2026, 11, 18), "第2课", "放马坪村服务点", "45 min"),
]


@pytest.fixture
def english(client, settings):
    settings.LANGUAGE_CODE = "en"
    client.cookies["django_language"] = "en"
    return client


def test_one_sees_all_of_ones_own(cast, learned, english):
    english.force_login(cast.agent)

    response = english.get("/training/record/")

    assert response.status_code == 200
    assert lines(response) == LEARNED
    assert response.context["total_minutes"] == 75


def test_somebody_new_is_told_that_there_is_nothing_yet(cast, english):
    english.force_login(cast.neighbour)

    response = english.get("/training/record/")

    assert lines(response) == []
    assert "Nothing is written down yet" in response.content.decode()


def test_the_trainer_sees_the_same_and_takes_it_along_as_a_sheet(cast, learned, english):
    english.force_login(cast.trainer)
    address = f"/training/people/{agent_key(cast.agent)}/record/"

    response = english.get(address)
    sheet = english.get(f"{address}?format=xlsx")

    assert lines(response) == LEARNED
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))
    rows = list(book.worksheets[1].iter_rows(values_only=True))[1:]
    assert [(row[0], row[1].date(), *row[2:]) for row in rows] == LEARNED
    with seeing_everything():
        said = AuditEvent.objects.get(verb="report.exported").after
    assert (said["report"], said["user"], said["rows"]) == ("training_record", cast.agent.pk, 5)
    assert english.get(f"{address}?format=pdf").status_code == 404


def test_people_of_another_county_do_not_exist(cast, learned, english):
    english.force_login(cast.suining_manager)

    response = english.get(f"/training/people/{agent_key(cast.agent)}/record/")

    assert response.status_code == 404


def test_it_takes_as_many_queries_for_much_as_for_little(cast, learned, client, django_assert_num_queries):
    client.force_login(cast.trainer)
    address = f"/training/people/{agent_key(cast.agent)}/record/"
    client.get(address)
    with seeing_everything():
        for number in range(20):
            HourEntry.objects.create(
                user=cast.agent,
                day=TODAY,
                minutes=5,
                kind="practice",
                business_key=f"more {number}",
                by=cast.trainer,
                at=NOW,
                station=cast.guangcheng,
                county_code=cast.guangcheng.county_code,
            )

    with django_assert_num_queries(16):
        client.get(address)
