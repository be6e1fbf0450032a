"""Reading practical exams: who can be examined, on which sheets, and what was scored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from aftersales.accounts.models import User
from stations.models import Agent
from training.models import PracticalExam, PracticalSheet, Sitting
from training.queries.learners import at_work, named
from training.rules.exams import Purpose, SittingState
from training.rules.practicals import Item, read_items

LIST_ORDER = ("-held_on", "-pk")
CANDIDATE_ORDER = ("station__region_id", "user__full_name", "pk")


@dataclass(frozen=True)
class Line:
    """One item of a sheet with the points that somebody reached."""

    item: Item
    reached: int


def sheets_in_use() -> QuerySet[PracticalSheet]:
    """Sheets that can be scored."""
    return PracticalSheet.objects.filter(retired_at__isnull=True)


def own(user: User) -> QuerySet[PracticalExam]:
    """Every practical exam of this person, wherever it was held."""
    return PracticalExam._base_manager.filter(user=user)


def listed(rows: QuerySet[PracticalExam]) -> QuerySet[PracticalExam]:
    """With everything that a line of a list shows."""
    return rows.select_related("sheet", "user", "examiner", "station")


def candidates(examiner: User, text: str) -> QuerySet[Agent]:
    """People within reach who can be examined: everybody who is posted, but not the examiner.

    A text is looked for in names of people and stations. Adds `theory_permille` and `theory_passed` of the
    last exam for the certificate, `practical_on` and `practical_passed` of the last practical exam.
    """
    rows = named(at_work().exclude(user=examiner), text)
    theory = (
        Sitting._base_manager.filter(user=OuterRef("user_id"), exam__purpose=Purpose.CERTIFICATE)
        .exclude(state=SittingState.OPEN)
        .order_by("-ended_at", "-pk")
    )
    practical = PracticalExam._base_manager.filter(user=OuterRef("user_id")).order_by(*LIST_ORDER)
    return rows.select_related("user", "station").annotate(
        theory_permille=Subquery(theory.values("score_permille")[:1]),
        theory_passed=Subquery(theory.values("has_passed")[:1]),
        practical_on=Subquery(practical.values("held_on")[:1]),
        practical_passed=Subquery(practical.values("has_passed")[:1]),
    )


def lines_of(practical: PracticalExam) -> list[Line]:
    """The sheet as it was scored, item by item."""
    return [Line(item, practical.points[item.code]) for item in read_items(practical.sheet.items)]


def most_points(items: Iterable[Item]) -> int:
    """What a sheet comes to when everything is right."""
    return sum(item.points for item in items)
