"""Reading courses: what can be taken, what a lesson says now, what somebody still has to finish."""

from __future__ import annotations

from django.db.models import Aggregate, Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from aftersales.accounts.models import User
from training.models import Course, Enrolment, Lesson, LessonVersion


def current_versions() -> QuerySet[LessonVersion]:
    """What every lesson says now: its newest published version."""
    newer = LessonVersion.objects.filter(
        lesson=OuterRef("lesson"), version__gt=OuterRef("version"), published_at__isnull=False
    )
    return LessonVersion.objects.filter(~Exists(newer), published_at__isnull=False)


def readable() -> QuerySet[LessonVersion]:
    """What there is to read: the current versions of lessons in use, in the order of their course."""
    return (
        current_versions()
        .filter(lesson__retired_at__isnull=True)
        .select_related("lesson")
        .order_by("lesson__course_id", "lesson__position", "lesson_id")
    )


def outline(course: Course) -> list[LessonVersion]:
    """The lessons of a course that can be read, in order, without their text."""
    return list(readable().filter(lesson__course=course).defer("body"))


def courses_in_use() -> QuerySet[Course]:
    """Courses that can be taken: not retired, with something to read; with `lesson_count` and `minutes`."""
    return with_sizes(Course.objects.filter(retired_at__isnull=True)).filter(lesson_count__gt=0)


def with_sizes(courses: QuerySet[Course]) -> QuerySet[Course]:
    """Courses with how many lessons they have to read, and of how many minutes."""
    return courses.annotate(lesson_count=to_read("pk", Count("pk")), minutes=to_read("pk", Sum("minutes")))


def to_read(course: str, figure: Aggregate) -> Coalesce:
    """An annotation: a figure over what there is to read in the course that a look-up of the row names."""
    inside = current_versions().filter(lesson__course=OuterRef(course), lesson__retired_at__isnull=True)
    figures = inside.order_by().values("lesson__course").annotate(figure=figure).values("figure")
    return Coalesce(Subquery(figures, output_field=IntegerField()), 0)


def required() -> QuerySet[Course]:
    """What the certificate asks for: required courses with something to read, in use."""
    return courses_in_use().filter(is_required=True)


def required_unfinished(user: User) -> list[Course]:
    """The required courses that somebody has not finished; what was finished counts wherever it was."""
    finished = Enrolment._base_manager.filter(user=user, finished_at__isnull=False).values("course_id")
    return list(required().exclude(pk__in=finished))


def draft_of(lesson: Lesson) -> LessonVersion | None:
    """The version of a lesson that is being written, if there is one."""
    return lesson.versions.filter(published_at__isnull=True).order_by("-version").first()


def current_of(lesson: Lesson) -> LessonVersion | None:
    """What a lesson says now; None before its first version is published."""
    return current_versions().filter(lesson=lesson).first()
