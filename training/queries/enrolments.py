"""Reading who takes which course, and how far they are."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from aftersales.accounts.models import User
from training.models import Course, Enrolment, LessonProgress
from training.queries.courses import to_read
from training.rules.courses import SOON, Standing, standing


def of_learner(user: User) -> QuerySet[Enrolment]:
    """One's own courses that were not given up, wherever one was posted then; for the person alone."""
    mine = Enrolment._base_manager.filter(user=user, withdrawn_at__isnull=True)
    return mine.select_related("course").order_by("course__position", "course__code", "pk")


def running_in(course: Course) -> QuerySet[Enrolment]:
    """Who takes or has taken a course, within the scope; not those who were taken out of it."""
    return Enrolment.objects.filter(course=course, withdrawn_at__isnull=True).select_related(
        "user", "station", "course"
    )


def with_progress(enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Enrolments with `lesson_count`, how many lessons there are to read, and `read_count`, how many of
    these were read."""
    read = (
        LessonProgress._base_manager.filter(
            enrolment=OuterRef("pk"), finished_at__isnull=False, lesson__retired_at__isnull=True
        )
        .order_by()
        .values("enrolment")
    )
    return enrolments.annotate(
        lesson_count=to_read("course", Count("pk")),
        read_count=Coalesce(
            Subquery(read.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0
        ),
    )


def standing_of(enrolment: Enrolment, today: date) -> Standing:
    """How an enrolment (with progress) stands on a day."""
    return standing(
        enrolment.due_on,
        is_finished=enrolment.finished_at is not None,
        has_begun=enrolment.read_count > 0,
        today=today,
    )


def in_standing(enrolments: QuerySet[Enrolment], wanted: str, today: date) -> QuerySet[Enrolment]:
    """Enrolments (with progress) that stand so on a day; as `standing_of`."""
    open_ones = Q(finished_at__isnull=True)
    overdue, soon = Q(due_on__lt=today), Q(due_on__gte=today, due_on__lte=today + SOON)
    later = Q(due_on__isnull=True) | Q(due_on__gt=today + SOON)
    conditions = {
        Standing.FINISHED: Q(finished_at__isnull=False),
        Standing.OVERDUE: open_ones & overdue,
        Standing.DUE_SOON: open_ones & soon,
        Standing.UNDER_WAY: open_ones & later & Q(read_count__gt=0),
        Standing.NOT_BEGUN: open_ones & later & Q(read_count=0),
    }
    return enrolments.filter(conditions[Standing(wanted)])


def progress_of(enrolment: Enrolment) -> dict[int, LessonProgress]:
    """What was opened and read of a course, by lesson."""
    return {row.lesson_id: row for row in LessonProgress._base_manager.filter(enrolment=enrolment)}
