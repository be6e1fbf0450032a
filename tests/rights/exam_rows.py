"""An exam under way and a practical exam in the small world of tests/rights/world.py."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Model
from django.utils import timezone

from aftersales.accounts.models import User
from stations.models import Agent
from tests.factories import NOW
from tests.rights.marks import Marks
from tests.rights.question_rows import QUESTION
from training.models import Exam, PracticalExam, PracticalSheet, Question, Sitting, SittingAnswer

EXAM, SHEET = "RIGHTS-PRACTICE", "rights-sheet"


def exam_rows(mark: Marks, agent: Agent, trainer: User) -> list[Model]:
    """What a village's agent sits at this moment, one answer to it, and what was scored on a sheet."""
    where = {"user": agent.user, "station": agent.station, "county_code": agent.county_code}
    question = Question.objects.get(code=QUESTION)
    exam, _made = Exam.objects.get_or_create(
        code=EXAM,
        defaults={
            "title": "练习",
            "purpose": "practice",
            "draw": [{"topic": "evidence", "kind": "", "count": 1}],
        },
    )
    sheet, _made = PracticalSheet.objects.get_or_create(
        code=SHEET,
        defaults={
            "title": "拍照取证实操",
            "items": [{"code": "photo", "what": "照片清楚", "points": 100}],
        },
    )
    now = timezone.now()
    sitting = Sitting.objects.create(
        exam=exam,
        attempt=1,
        seed="a" * 32,
        paper=[{"question": question.pk, "order": [1, 0]}],
        started_at=now,
        ends_at=now + timedelta(hours=4),
        **where,
    )
    answer = SittingAnswer.objects.create(
        sitting=sitting,
        place=1,
        question=question,
        county_code=agent.county_code,
        answer=[1],
        sent=0,
        saved_at=now,
    )
    practical = PracticalExam.objects.create(
        sheet=sheet,
        examiner=trainer,
        held_on=date(2026, 10, 20),
        points={"photo": 60},
        score_permille=600,
        has_passed=False,
        remark=mark.word("scoredremark"),
        at=NOW,
        **where,
    )
    return [sitting, answer, sheet, practical]
