"""Courses and lessons: opened, changed, retired; the text of a lesson in versions. docs/rules/courses.md."""

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.changes import change_row
from aftersales.lib.errors import Refused
from aftersales.web import picture_store
from training.models import Course, Lesson, LessonVersion
from training.models.choices import GoodsChoices, TopicChoices
from training.queries.courses import current_of, draft_of
from training.queries.drafts import mark_of
from training.rules.markup import pictures_missing
from training.services import attachments
from training.services.enrolments import finish_whole

CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,19}")
MAX_MINUTES = 480
TEXT_SIGNS = 20_000
SIGNS = {"title": 80, "summary": 300, "programme": 60, "sources": 500, "video_url": 300, "body": TEXT_SIGNS}
CHANGEABLE = ("title", "topic", "goods_type", "summary", "programme", "is_required", "position")


def open_course(
    *,
    code: str,
    title: str,
    topic: str,
    goods_type: str = "",
    summary: str = "",
    programme: str = "",
    is_required: bool = False,
    position: int = 0,
    by: User,
    now: datetime,
) -> Course:
    """Add a course without lessons; nobody can be enrolled until one has been published.

    Raises Refused with code_unfit, code_taken, title_missing, too_long, topic_unfit, goods_unfit.
    """
    if not CODE.fullmatch(code):
        raise Refused(
            _("A code has 2 to 20 small letters, digits or hyphens."), code="code_unfit", field="code"
        )
    values = _course_values(
        title=title,
        topic=topic,
        goods_type=goods_type,
        summary=summary,
        programme=programme,
        is_required=is_required,
        position=position,
    )
    try:
        with transaction.atomic():
            course = Course.objects.create(code=code, **values)
            trail.record("course.opened", by=by, obj=course, after={"code": code, **values}, at=now)
            return course
    except IntegrityError as error:
        raise Refused(
            _("There is a course with this code already."), code="code_taken", field="code"
        ) from error


def change_course(course: Course, *, by: User, now: datetime, **values) -> Course:
    """Change what is said about a course: any of title, topic, goods_type, summary, programme, is_required,
    position. Nothing is written when nothing differs.

    Raises Refused with title_missing, too_long, topic_unfit, goods_unfit.
    """
    wanted = _course_values(**{name: values.get(name, getattr(course, name)) for name in CHANGEABLE})
    change_row(course, wanted, verb="course.changed", by=by, now=now)
    return course


def retire_course(course: Course, *, by: User, now: datetime) -> None:
    """Take a course out of use: nobody is enrolled any more, whoever is in it may finish it.

    Raises Refused("retired_already").
    """
    with transaction.atomic():
        if not Course.objects.filter(pk=course.pk, retired_at__isnull=True).update(retired_at=now):
            raise Refused(_("This course is out of use already."), code="retired_already")
        trail.record("course.retired", by=by, obj=course, at=now)


def bring_back_course(course: Course, *, by: User, now: datetime) -> None:
    """Use a course again. Raises Refused("in_use_already")."""
    with transaction.atomic():
        if not Course.objects.filter(pk=course.pk, retired_at__isnull=False).update(retired_at=None):
            raise Refused(_("This course is in use already."), code="in_use_already")
        trail.record("course.brought_back", by=by, obj=course, at=now)


def add_lesson(course: Course, *, by: User, now: datetime) -> Lesson:
    """Add a lesson at the end of a course; readers see nothing of it until a version is published."""
    with transaction.atomic():
        Course.objects.select_for_update(no_key=True).get(pk=course.pk)
        last = course.lessons.aggregate(last=Max("position"))["last"] or 0
        lesson = Lesson.objects.create(course=course, code=_lesson_code(course), position=last + 1)
        trail.record("lesson.added", by=by, obj=lesson, after={"code": lesson.code}, at=now)
        return lesson


def begin_lesson(course: Course, *, by: User, now: datetime, **text) -> LessonVersion:
    """Add a lesson with its first draft in one go; takes and refuses what `save_draft` does."""
    with transaction.atomic():
        lesson = add_lesson(course, by=by, now=now)
        return save_draft(lesson, **text, by=by, now=now)


def move_lesson(lesson: Lesson, *, up: bool, by: User, now: datetime) -> None:
    """Let a lesson change places with the one before it (or after it); at the end nothing happens."""
    with transaction.atomic():
        Course.objects.select_for_update(no_key=True).get(pk=lesson.course_id)
        order = list(Lesson.objects.filter(course_id=lesson.course_id).order_by("position", "id"))
        here = next(index for index, each in enumerate(order) if each.pk == lesson.pk)
        there = here - 1 if up else here + 1
        if not 0 <= there < len(order):
            return
        order[here], order[there] = order[there], order[here]
        for position, each in enumerate(order, 1):
            if each.position != position:
                Lesson.objects.filter(pk=each.pk).update(position=position)
        trail.record("lesson.moved", by=by, obj=lesson, after={"position": there + 1}, at=now)


def retire_lesson(lesson: Lesson, *, by: User, now: datetime) -> None:
    """Take a lesson out of its course; whoever had only this one left has finished the course.

    Raises Refused("retired_already").
    """
    with transaction.atomic():
        if not Lesson.objects.filter(pk=lesson.pk, retired_at__isnull=True).update(retired_at=now):
            raise Refused(_("This lesson is out of use already."), code="retired_already")
        trail.record("lesson.retired", by=by, obj=lesson, after={"code": lesson.code}, at=now)
        finish_whole(lesson.course, by=by, now=now)


def bring_back_lesson(lesson: Lesson, *, by: User, now: datetime) -> None:
    """Use a lesson again. Raises Refused("in_use_already")."""
    with transaction.atomic():
        if not Lesson.objects.filter(pk=lesson.pk, retired_at__isnull=False).update(retired_at=None):
            raise Refused(_("This lesson is in use already."), code="in_use_already")
        trail.record("lesson.brought_back", by=by, obj=lesson, after={"code": lesson.code}, at=now)


def save_draft(
    lesson: Lesson,
    *,
    title: str,
    body: str,
    minutes: int,
    video_url: str = "",
    sources: str = "",
    seen: str | None = None,
    by: User,
    now: datetime,
) -> LessonVersion:
    """Keep the draft of a lesson: the one that is there, or a new one after the newest version.

    A new draft takes the pictures of the version it follows. `seen`, where given, is the mark of the draft
    that the writer began with (queries.drafts.mark_of): a draft that changed meanwhile stays.

    Raises Refused with title_missing, body_missing, minutes_unfit, video_unfit, too_long, changed_meanwhile.
    """
    values = _lesson_values(title=title, body=body, minutes=minutes, video_url=video_url, sources=sources)
    with transaction.atomic():
        Lesson.objects.select_for_update(no_key=True).get(pk=lesson.pk)
        draft = draft_of(lesson)
        if seen is not None and seen != mark_of(draft):
            raise _changed_meanwhile()
        if draft is None:
            draft = _next_version(lesson, values, by, now)
        else:
            kept = LessonVersion.objects.filter(pk=draft.pk, published_at__isnull=True)
            if not kept.update(**values, written_by=by):
                raise _changed_meanwhile()
            draft.refresh_from_db()
        trail.record("lesson.drafted", by=by, obj=draft, after=_facts(draft), at=now)
        return draft


def publish(version: LessonVersion, *, by: User, now: datetime, seen: str | None = None) -> LessonVersion:
    """Let a draft be what the lesson says from now on; it never changes afterwards.

    What somebody has read counts as read, also when a newer version follows. `seen`, where given, is the mark
    of what the preview showed, with its pictures.

    Raises Refused with published_already, changed_meanwhile, picture_missing.
    """
    with transaction.atomic():
        # Whoever saves the draft or adds a picture to it at the same moment stands in line here.
        Lesson.objects.select_for_update(no_key=True).get(pk=version.lesson_id)
        found = LessonVersion.objects.select_for_update(no_key=True).filter(pk=version.pk).first()
        if found is None:
            raise _changed_meanwhile()
        version = found
        if version.published_at is None and seen is not None and seen != mark_of(version, with_pictures=True):
            raise _changed_meanwhile()
        missing = pictures_missing(version.body, attachments.of(version).count())
        if missing:
            raise Refused(
                _("The text names picture %(number)s, which is not there. Add it or take it out of the text.")
                % {"number": missing[0]},
                code="picture_missing",
            )
        drafts = LessonVersion.objects.filter(pk=version.pk, published_at__isnull=True)
        if not drafts.update(published_at=now, published_by=by):
            raise Refused(_("This version is published already."), code="published_already")
        version.refresh_from_db()
        trail.record("lesson.published", by=by, obj=version, after=_facts(version), at=now)
        return version


def drop_draft(version: LessonVersion, *, by: User, now: datetime) -> None:
    """Give up a draft and its pictures. Call it outside any transaction: the files go after the rows.

    Raises Refused("published_already").
    """
    with transaction.atomic(durable=True):
        Lesson.objects.select_for_update(no_key=True).get(pk=version.lesson_id)
        if not LessonVersion.objects.filter(pk=version.pk, published_at__isnull=True).exists():
            raise Refused(_("This version is published already."), code="published_already")
        pictures = attachments.of(version)
        names = list(pictures.values_list("file_name", flat=True))
        pictures.delete()
        LessonVersion.objects.filter(pk=version.pk, published_at__isnull=True).delete()
        trail.record("lesson.draft_dropped", by=by, obj=version, before=_facts(version), at=now)
    for name in names:
        picture_store.remove(name)


def _next_version(lesson: Lesson, values: dict, by: User, now: datetime) -> LessonVersion:
    newest = lesson.versions.aggregate(newest=Max("version"))["newest"] or 0
    draft = LessonVersion.objects.create(lesson=lesson, version=newest + 1, written_by=by, **values)
    before = current_of(lesson)
    if before is not None:
        attachments.copy(before, draft, by=by, now=now)
    return draft


def _lesson_code(course: Course) -> str:
    taken = set(Lesson.objects.filter(code__startswith=f"{course.code}-").values_list("code", flat=True))
    number = course.lessons.count() + 1
    while (code := f"{course.code}-{number:02}") in taken:
        number += 1
    return code


def _course_values(*, title, topic, goods_type, summary, programme, is_required, position) -> dict:
    if topic not in TopicChoices.values:
        raise Refused(_("Choose a topic."), code="topic_unfit", field="topic")
    if goods_type and goods_type not in GoodsChoices.values:
        raise Refused(_("Choose a goods type."), code="goods_unfit", field="goods_type")
    return {
        "title": _text("title", title, _("Enter a title.")),
        "topic": str(topic),
        "goods_type": str(goods_type),
        "summary": _text("summary", summary),
        "programme": _text("programme", programme),
        "is_required": bool(is_required),
        "position": position,
    }


def _lesson_values(*, title, body, minutes, video_url, sources) -> dict:
    if not 1 <= minutes <= MAX_MINUTES:
        raise Refused(
            _("Enter between 1 and %(limit)s minutes.") % {"limit": MAX_MINUTES},
            code="minutes_unfit",
            field="minutes",
        )
    if video_url and not video_url.startswith("https://"):
        raise Refused(
            _("The address of a video begins with https://."), code="video_unfit", field="video_url"
        )
    return {
        "title": _text("title", title, _("Enter a title.")),
        "body": _text("body", body, _("Write the text of the lesson.")),
        "minutes": minutes,
        "video_url": _text("video_url", video_url),
        "sources": _text("sources", sources),
    }


def _text(name: str, text: str, missing: str = "") -> str:
    text = text.strip()
    if missing and not text:
        raise Refused(missing, code=f"{name}_missing", field=name)
    if len(text) > SIGNS[name]:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": SIGNS[name]}, code="too_long", field=name
        )
    return text


def _changed_meanwhile() -> Refused:
    return Refused(
        _("Somebody else has changed this text meanwhile. Copy what you wrote and open it again."),
        code="changed_meanwhile",
    )


def _facts(version: LessonVersion) -> dict:
    return {"lesson": version.lesson.code, "version": version.version, "title": version.title}
