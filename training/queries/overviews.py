"""Counts for the desk: how learning stands in reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from aftersales.web.paging import CappedCount, capped_counts
from training.models import Course, Enrolment, Mentorship
from training.queries import figures
from training.queries.learners import at_work


@dataclass(frozen=True)
class CourseLine:
    """How a course stands: who takes it, who has finished it, and for whom the day is over."""

    course: Course
    enrolled: int
    finished: int
    overdue: int


def counts(today: date) -> dict[str, CappedCount]:
    """People; those who are asked for a certificate, and of them those with one that is good today; courses
    running and overdue; mentorships."""
    people = at_work()
    running = Enrolment.objects.filter(withdrawn_at__isnull=True, finished_at__isnull=True)
    return capped_counts(
        {
            "people": people,
            "asked": figures.people(),
            "certified": figures.people().filter(certified_until__gte=today),
            "running": running,
            "overdue": running.filter(due_on__lt=today),
            "mentored": Mentorship.objects.filter(until_on__isnull=True),
        },
        cap=10_000,
    )


def course_lines(today: date) -> list[CourseLine]:
    """Every course that somebody in reach takes or that is in use, in two statements."""
    rows = (
        Enrolment.objects.filter(withdrawn_at__isnull=True)
        .order_by()
        .values("course_id")
        .annotate(
            enrolled=Count("pk"),
            finished=Count("pk", filter=Q(finished_at__isnull=False)),
            overdue=Count("pk", filter=Q(finished_at__isnull=True, due_on__lt=today)),
        )
    )
    by_course = {row["course_id"]: row for row in rows}
    none = {"enrolled": 0, "finished": 0, "overdue": 0}
    shown = Course.objects.filter(Q(retired_at__isnull=True) | Q(pk__in=list(by_course)))
    return [
        CourseLine(course, **{name: by_course.get(course.pk, none)[name] for name in none})
        for course in shown
    ]
