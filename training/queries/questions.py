"""The bank of questions as it is searched, listed and drawn from. docs/rules/exams.md, sections 1 and 2."""

from collections.abc import Mapping

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from training.models import Attachment, Exam, Question
from training.rules.exams import BankQuestion, DrawLine, QuestionKind, shortages

LIST_ORDER = ("topic", "code", "id")


def in_use() -> QuerySet[Question]:
    """Questions that are not retired."""
    return Question.objects.filter(retired_at__isnull=True)


def with_picture_mark(rows: QuerySet[Question]) -> QuerySet[Question]:
    """The same rows, each knowing whether it has a picture (`has_picture`)."""
    return rows.annotate(has_picture=Exists(Attachment.objects.filter(question=OuterRef("pk"))))


def drawable() -> QuerySet[Question]:
    """Questions a paper may ask: in use, and a picture question has its picture."""
    rows = with_picture_mark(in_use())
    return rows.filter(~Q(kind=QuestionKind.PICTURE) | Q(has_picture=True))


def bank(topics: set[str] | None = None) -> list[BankQuestion]:
    """What papers are drawn from; only some topics where they are named."""
    rows = drawable() if topics is None else drawable().filter(topic__in=topics)
    return [
        BankQuestion(key=key, code=code, topic=topic, kind=kind, options=len(options))
        for key, code, topic, kind, options in rows.order_by().values_list(
            "pk", "code", "topic", "kind", "options"
        )
    ]


def counts() -> dict[tuple[str, str], int]:
    """How many questions a paper may ask, by topic and kind."""
    rows = drawable().order_by().values_list("topic", "kind").annotate(number=Count("pk"))
    return {(topic, kind): number for topic, kind, number in rows}


def lines_of(exam: Exam) -> tuple[DrawLine, ...]:
    """How an exam's papers are drawn."""
    return tuple(DrawLine(row["topic"], row["kind"], row["count"]) for row in exam.draw)


def exams_in_use() -> QuerySet[Exam]:
    """Exams somebody may begin."""
    return Exam.objects.filter(retired_at__isnull=True).order_by("code")


def short_exams(there: Mapping[tuple[str, str], int]) -> list[tuple[Exam, DrawLine, int]]:
    """Exams in use whose papers a bank with these counts cannot fill: with the first such line and what there
    is for it."""
    found = []
    for exam in exams_in_use():
        if short := shortages(lines_of(exam), there):
            found.append((exam, *short[0]))
    return found


def matching(rows: QuerySet[Question], text: str) -> QuerySet[Question]:
    """Questions that hold every word of a text in their code, question, explanation or source."""
    for word in text.split():
        rows = rows.filter(
            Q(code__icontains=word)
            | Q(text__icontains=word)
            | Q(explanation__icontains=word)
            | Q(source__icontains=word)
        )
    return rows


def newest(question: Question) -> Question:
    """The question that stands in the place of this one today; itself when nothing does."""
    while successor := Question.objects.filter(replaces=question).first():
        question = successor
    return question
