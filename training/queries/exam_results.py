"""What came of an exam at the places one sees: people, attempts, passes. docs/rules/exams.md, section 9."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from aftersales.accounts.models import User
from stations.models import Station
from training.models import Exam, Sitting
from training.rules.exams import PERMILLE, SittingState

LIST_ORDER = ("county_code", "station_id", "user_id")
HAS_PASSED = Count("pk", filter=Q(has_passed=True))


@dataclass(frozen=True)
class Totals:
    """How many people sat an exam, how many of them passed it, and in how many attempts."""

    people: int = 0
    passed: int = 0
    attempts: int = 0

    @property
    def permille(self) -> int | None:
        """Who passed, in thousandths of all, rounded down; None when nobody sat it."""
        return self.passed * PERMILLE // self.people if self.people else None


@dataclass(frozen=True)
class Result:
    """One person's attempts at an exam, counted where they were sat."""

    user: User
    station: Station
    attempts: int
    best: int
    has_passed: bool
    last_at: datetime


def ended(exam: Exam) -> QuerySet[Sitting]:
    """Attempts at an exam that have ended, within reach."""
    return Sitting.objects.filter(exam=exam).exclude(state=SittingState.OPEN)


def totals(exams: list[Exam]) -> dict[int, Totals]:
    """For each of some exams what came of it, by key; those nobody has sat are left out."""
    rows = (
        Sitting.objects.filter(exam__in=[exam.pk for exam in exams])
        .exclude(state=SittingState.OPEN)
        .order_by()
        .values("exam")
        .annotate(
            people=Count("user", distinct=True),
            passed=Count("user", distinct=True, filter=Q(has_passed=True)),
            attempts=Count("pk"),
        )
    )
    return {row["exam"]: Totals(row["people"], row["passed"], row["attempts"]) for row in rows}


def by_person(exam: Exam) -> QuerySet:
    """One row for each person and station: attempts, the best score, whether it was passed, the last day."""
    return (
        ended(exam)
        .order_by()
        .values(*LIST_ORDER)
        .annotate(
            attempts=Count("pk"), best=Max("score_permille"), passes=HAS_PASSED, last_at=Max("ended_at")
        )
    )


def results(rows: list[dict]) -> list[Result]:
    """Rows of `by_person` with their people and stations, in two queries for all."""
    users = User.objects.in_bulk({row["user_id"] for row in rows})
    stations = Station.objects.in_bulk({row["station_id"] for row in rows})
    return [
        Result(
            user=users[row["user_id"]],
            station=stations[row["station_id"]],
            attempts=row["attempts"],
            best=row["best"],
            has_passed=row["passes"] > 0,
            last_at=row["last_at"],
        )
        for row in rows
    ]
