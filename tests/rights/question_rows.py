"""A question with its picture and an exam in the small world of tests/rights/world.py: of no place."""

from __future__ import annotations

from django.db.models import Model

from aftersales.accounts.models import User
from aftersales.web import picture_store, pictures
from tests.claims.pictures import jpeg
from tests.factories import NOW
from training.models import Attachment, Exam, Question

QUESTION, EXAM = "RIGHTS-1", "rights-certificate"


def question_rows(trainer: User) -> list[Model]:
    """The question, its picture and the exam that certificates of the world rest on; made once."""
    question, is_new = Question.objects.get_or_create(
        code=QUESTION,
        defaults={
            "kind": "picture",
            "topic": "evidence",
            "text": "图中是什么？",
            "options": ["坏果", "好果"],
            "answer": [0],
        },
    )
    if is_new:
        picture = pictures.rebuild(jpeg(), now=NOW)
        Attachment.objects.create(
            question=question,
            caption="一箱苹果",
            file_name=picture_store.store(picture),
            width=picture.width,
            height=picture.height,
            byte_size=len(picture.jpeg),
            added_by=trainer,
            added_at=NOW,
        )
    exam, _made = Exam.objects.get_or_create(
        code=EXAM, defaults={"title": "结业理论考试", "purpose": "certificate"}
    )
    return [question, exam]


def question_picture() -> int:
    """The key of the question's picture; 0 where there is none."""
    found = Attachment.objects.filter(question__code=QUESTION)
    return found.values_list("pk", flat=True).first() or 0
