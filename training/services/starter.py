"""The courses, questions, sheets and articles that come with the programme. docs/rules/starter-content.md."""

from datetime import datetime

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from aftersales.accounts.models import User, system_user
from training.models import (
    Article,
    ArticleVersion,
    Course,
    Exam,
    Lesson,
    LessonVersion,
    PracticalSheet,
    Question,
)
from training.queries import starter_texts
from training.rules.searching import searched_text


def ensure_starter(sender, using="default", **kwargs):
    """After every migration: add what comes with the programme and is not there yet, published.

    What is there stays as the trainers wrote it, also when it is retired; a known lesson or article gets no
    further version from here.
    """
    with transaction.atomic(using=using):
        author, now = system_user(using=using), timezone.now()
        _ensure_courses(using=using)
        _ensure_lessons(author, using=using, now=now)
        _ensure_articles(author, using=using, now=now)
        _add(
            Question,
            [
                Question(**{**vars(each), "options": list(each.options), "answer": list(each.answer)})
                for each in starter_texts.questions()
            ],
            using=using,
        )
        _add(Exam, [Exam(**each) for each in starter_texts.exams()], using=using)
        _add(PracticalSheet, [PracticalSheet(**each) for each in starter_texts.sheets()], using=using)


def _add(model: type[Model], rows: list, *, using: str) -> list:
    """Write the rows whose code is not known yet; gives those."""
    known = set(model.objects.using(using).values_list("code", flat=True))
    return model.objects.using(using).bulk_create(row for row in rows if row.code not in known)


def _ensure_courses(*, using: str) -> None:
    _add(Course, [Course(**each) for each in starter_texts.courses()], using=using)


def _ensure_lessons(author: User, *, using: str, now: datetime) -> None:
    courses = dict(Course.objects.using(using).values_list("code", "pk"))
    texts = {each.code: each for each in starter_texts.lessons()}
    rows = [
        Lesson(code=each.code, course_id=courses[each.course], position=each.position)
        for each in texts.values()
    ]
    LessonVersion.objects.using(using).bulk_create(
        LessonVersion(
            lesson=lesson,
            version=1,
            title=texts[lesson.code].title,
            body=texts[lesson.code].body,
            minutes=texts[lesson.code].minutes,
            sources=texts[lesson.code].sources,
            written_by=author,
            published_at=now,
            published_by=author,
        )
        for lesson in _add(Lesson, rows, using=using)
    )


def _ensure_articles(author: User, *, using: str, now: datetime) -> None:
    texts = {each.code: each for each in starter_texts.articles()}
    about = ("code", "audience", "topic", "goods_type", "problem", "position")
    rows = [Article(**{name: getattr(each, name) for name in about}) for each in texts.values()]
    ArticleVersion.objects.using(using).bulk_create(
        ArticleVersion(
            article=article,
            version=1,
            title=texts[article.code].title,
            summary=texts[article.code].summary,
            body=texts[article.code].body,
            sources=texts[article.code].sources,
            searched=searched_text(
                texts[article.code].title, texts[article.code].summary, texts[article.code].body
            ),
            review_on=texts[article.code].review_on,
            written_by=author,
            published_at=now,
            published_by=author,
            is_current=True,
        )
        for article in _add(Article, rows, using=using)
    )
