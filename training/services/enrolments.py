"""Who takes a course, and how far they are. docs/rules/courses.md."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.models import AuditEvent
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.notices.posting import Message, post
from stations.models import Agent
from training.models import Course, Enrolment, Lesson, LessonProgress
from training.queries.courses import current_of, readable
from training.queries.learners import at_work
from training.rules.courses import LONGEST_TERM, SOON
from training.rules.hours import HourKind
from training.services import hours

AT_ONCE = 500


def enrol(
    course: Course, *, people: Sequence[User], due_on: date | None, by: User, now: datetime
) -> list[Enrolment]:
    """Enrol people in a course until a day, at the stations where they are posted; returns the new ones.

    Whoever is in the course already, or has finished it, is passed over. People enrolled by somebody else
    are told.

    Raises Refused with course_retired, course_empty, due_unfit, nobody_chosen, unknown_person, nobody_new.
    """
    if course.retired_at is not None:
        raise Refused(_("This course is out of use."), code="course_retired")
    if not readable().filter(lesson__course=course).exists():
        raise Refused(_("This course has nothing to read yet. Publish a lesson first."), code="course_empty")
    today = timezone.localdate(now)
    if due_on is not None and not today <= due_on <= today + LONGEST_TERM:
        raise Refused(
            _("Choose a day from today on, at most a year ahead."), code="due_unfit", field="due_on"
        )
    agents = _posted({person.pk for person in people})
    with transaction.atomic():
        # Those who enrol for one course stand in line here, so that nobody is enrolled twice.
        held = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
        if held.retired_at is not None:
            raise Refused(_("This course is out of use."), code="course_retired")
        there = set(
            Enrolment._base_manager.filter(
                course=course, user__in=[agent.user_id for agent in agents], withdrawn_at__isnull=True
            ).values_list("user_id", flat=True)
        )
        made = Enrolment.objects.bulk_create(
            Enrolment(
                course=course,
                user=agent.user,
                station=agent.station,
                county_code=agent.county_code,
                enrolled_by=by,
                enrolled_at=now,
                due_on=due_on,
            )
            for agent in agents
            if agent.user_id not in there
        )
        if not made:
            raise Refused(_("Everybody you chose takes this course already."), code="nobody_new")
        due = due_on.isoformat() if due_on else ""
        AuditEvent.objects.bulk_create(
            trail.prepare("enrolment.made", by=by, obj=each, after=_facts(each) | {"due_on": due}, at=now)
            for each in made
        )
        post([_enrolled(each) for each in made if each.user_id != by.pk], now=now)
        return made


def withdraw(enrolment: Enrolment, *, by: User, now: datetime) -> None:
    """Take somebody out of a course that is not finished; what was read stays counted.

    Raises Refused("enrolment_ended").
    """
    with transaction.atomic():
        running = Enrolment._base_manager.filter(
            pk=enrolment.pk, finished_at__isnull=True, withdrawn_at__isnull=True
        )
        if not running.update(withdrawn_at=now):
            raise _ended()
        trail.record(
            "enrolment.withdrawn",
            by=by,
            obj=enrolment,
            before=_facts(enrolment),
            at=now,
        )


def open_lesson(enrolment: Enrolment, lesson: Lesson, *, by: User, now: datetime) -> LessonProgress:
    """Note that a learner has a lesson in front of them, in its current version; opening again is harmless.

    A lesson that was opened and not finished follows to a newer version.

    Raises Refused with not_yours, enrolment_ended, lesson_unfit.
    """
    _check_own(enrolment, lesson, by)
    version = current_of(lesson)
    if version is None or lesson.retired_at is not None:
        raise Refused(_("This lesson cannot be read just now."), code="lesson_unfit")
    with transaction.atomic():
        held = _running(enrolment)
        LessonProgress._base_manager.bulk_create(
            [
                LessonProgress(
                    enrolment=held,
                    lesson=lesson,
                    lesson_version=version,
                    county_code=held.county_code,
                    opened_at=now,
                )
            ],
            ignore_conflicts=True,
        )
        mine = LessonProgress._base_manager.filter(enrolment=held, lesson=lesson)
        mine.filter(finished_at__isnull=True).exclude(lesson_version=version).update(lesson_version=version)
        return mine.get()


def finish_lesson(enrolment: Enrolment, lesson: Lesson, *, by: User, now: datetime) -> LessonProgress:
    """Note that a learner has read a lesson that was opened, and count its minutes once per person.

    With the last lesson the course is finished. Finishing again is harmless.

    Raises Refused with not_yours, enrolment_ended, not_opened.
    """
    _check_own(enrolment, lesson, by)
    with transaction.atomic():
        held = _running(enrolment)
        mine = LessonProgress._base_manager.filter(enrolment=held, lesson=lesson)
        changed = mine.filter(finished_at__isnull=True).update(finished_at=now)
        progress = mine.select_related("lesson_version").first()
        if progress is None:
            raise Refused(_("Open the lesson before you mark it as read."), code="not_opened")
        if not changed:
            return progress
        trail.record(
            "lesson.finished",
            by=by,
            obj=held,
            after={"lesson": lesson.code, "version": progress.lesson_version.version},
            at=now,
        )
        hours.record(
            by,
            day=timezone.localdate(now),
            minutes=progress.lesson_version.minutes,
            kind=HourKind.LESSON,
            note=progress.lesson_version.title,
            business_key=f"lesson:{lesson.pk}:{by.pk}",
            by=by,
            now=now,
        )
        _finish(Enrolment._base_manager.filter(pk=held.pk), by=by, now=now)
        return progress


def finish_whole(course: Course, *, by: User, now: datetime) -> int:
    """Finish the enrolments in which nothing is left to read since a lesson was taken out; returns how many.

    Looks past the scope: a course is the same for every county. Belongs into the caller's transaction.
    """
    with system_scope("finish courses after a lesson was taken out", quiet=True):
        return _finish(Enrolment.objects.filter(course=course), by=by, now=now)


def remind_due(*, now: datetime) -> int:
    """Tell learners of courses that are due within seven days and not finished; returns how many are told.

    Each is told once about one due day. May run twice.
    """
    today = timezone.localdate(now)
    with system_scope("remind learners of due courses", quiet=True), transaction.atomic():
        due = Enrolment.objects.filter(
            finished_at__isnull=True,
            withdrawn_at__isnull=True,
            due_on__gte=today,
            due_on__lte=today + SOON,
            user__is_active=True,
        ).select_related("course")
        return post([_due_soon(each) for each in due], now=now)


def _posted(users: set[int]) -> list[Agent]:
    """The people behind these accounts, with their stations. Raises nobody_chosen, unknown_person."""
    if not users:
        raise Refused(_("Choose at least one person."), code="nobody_chosen")
    agents = list(at_work().filter(user__in=users).select_related("user", "station").order_by("pk"))
    if len(agents) != len(users):
        raise Refused(
            _("Somebody you chose is posted at no station here any more. Look at the list again."),
            code="unknown_person",
        )
    return agents


def _finish(enrolments: QuerySet[Enrolment], *, by: User, now: datetime) -> int:
    """Finish those of the enrolments that run, have begun and have nothing left to read, each once."""
    read = LessonProgress._base_manager.filter(
        enrolment=OuterRef(OuterRef("pk")), lesson=OuterRef("lesson"), finished_at__isnull=False
    )
    left = readable().filter(~Exists(read), lesson__course=OuterRef("course"))
    begun = LessonProgress._base_manager.filter(enrolment=OuterRef("pk"), finished_at__isnull=False)
    whole = list(
        enrolments.filter(
            ~Exists(left.order_by()), Exists(begun), finished_at__isnull=True, withdrawn_at__isnull=True
        )
        .select_related("course")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    keys = [each.pk for each in whole]
    for start in range(0, len(keys), AT_ONCE):
        Enrolment._base_manager.filter(pk__in=keys[start : start + AT_ONCE]).update(finished_at=now)
    AuditEvent.objects.bulk_create(
        trail.prepare("enrolment.finished", by=by, obj=each, after={"course": each.course.code}, at=now)
        for each in whole
    )
    return len(whole)


def _running(enrolment: Enrolment) -> Enrolment:
    """The enrolment, held to the end of the transaction: of two last lessons, one sees the other."""
    held = Enrolment._base_manager.select_for_update(no_key=True).get(pk=enrolment.pk)
    if held.withdrawn_at is not None:
        raise _ended()
    return held


def _check_own(enrolment: Enrolment, lesson: Lesson, by: User) -> None:
    if enrolment.user_id != by.pk or lesson.course_id != enrolment.course_id:
        raise Refused(_("Only the person who takes the course reads its lessons."), code="not_yours")


def _facts(enrolment: Enrolment) -> dict:
    return {"course": enrolment.course.code, "user": enrolment.user_id}


def _ended() -> Refused:
    return Refused(_("This enrolment has ended. Look at the list of courses again."), code="enrolment_ended")


def _enrolled(enrolment: Enrolment) -> Message:
    return Message(
        event="course.enrolled",
        recipient_id=enrolment.user_id,
        key=f"{enrolment.pk}",
        params={"course": enrolment.course.title},
        url=reverse("training:course_learn", args=[enrolment.pk]),
        county_code=enrolment.county_code,
    )


def _due_soon(enrolment: Enrolment) -> Message:
    return Message(
        event="course.due_soon",
        recipient_id=enrolment.user_id,
        key=f"{enrolment.pk} {enrolment.due_on}",
        params={"course": enrolment.course.title, "due_on": enrolment.due_on.isoformat()},
        url=reverse("training:course_learn", args=[enrolment.pk]),
        county_code=enrolment.county_code,
    )
