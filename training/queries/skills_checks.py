"""Reading the quarterly checks of skills: who is due, what there is to record, how it came out.
docs/rules/skills-checks.md.

People are read within the scope; what they have done counts wherever they were posted when they did it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from aftersales.accounts.models import User
from aftersales.lib.months import start_of
from stations.models import Posting
from stations.models.network import TierChoices
from training.models import PracticalExam, Sitting, SkillsCheck
from training.rules.exams import Purpose, SittingState
from training.rules.skills import SETTLING_IN, last_day, next_quarter

TIERS = (TierChoices.VILLAGE, TierChoices.TOWNSHIP)
"""Where people work who are asked for certificates, checks and hours."""

LIST_ORDER = ("station__region_id", "pk")


@dataclass
class Row:
    """One person in one quarter: where they are posted, their best results, and the check once recorded."""

    posting: Posting
    sitting: Sitting | None = None
    practical: PracticalExam | None = None
    check: SkillsCheck | None = None

    @property
    def user(self) -> User:
        return self.posting.agent.user


def due_in(quarter: date, today: date) -> QuerySet[Posting]:
    """The postings of everybody due in a quarter: at a village or township station on its last day (or today,
    while it runs), and 30 days before that already at work."""
    at = min(today, last_day(quarter))
    return Posting.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=at),
        Q(agent__joined_on__isnull=True) | Q(agent__joined_on__lte=at - SETTLING_IN),
        started_on__lte=at,
        station__tier__in=TIERS,
    )


def with_state(postings: QuerySet[Posting], quarter: date) -> QuerySet[Posting]:
    """Adds whether a check was recorded and whether it was passed."""
    checks = SkillsCheck._base_manager.filter(user=OuterRef("agent__user_id"), quarter=quarter)
    return postings.annotate(is_recorded=Exists(checks), is_passed=Exists(checks.filter(has_passed=True)))


def rows(postings: Iterable[Posting], quarter: date) -> list[Row]:
    """These people with what there is of each in the quarter, in three queries."""
    found = {each.agent.user_id: Row(each) for each in postings}
    for sitting in theory_of(found, quarter):
        found[sitting.user_id].sitting = _better(found[sitting.user_id].sitting, sitting)
    for practical in practice_of(found, quarter):
        found[practical.user_id].practical = _better(found[practical.user_id].practical, practical)
    for check in checks_of(found, quarter):
        found[check.user_id].check = check
    return list(found.values())


def theory_in(quarter: date) -> QuerySet[Sitting]:
    """Ended sittings of exams for the skills check within a quarter, the best last."""
    begin, end = start_of(quarter), start_of(next_quarter(quarter))
    return (
        Sitting._base_manager.filter(
            exam__purpose=Purpose.SKILLS_CHECK, ended_at__gte=begin, ended_at__lt=end
        )
        .exclude(state=SittingState.OPEN)
        .select_related("exam")
        .order_by("score_permille", "ended_at")
    )


def theory_of(users: Iterable[int], quarter: date) -> QuerySet[Sitting]:
    """What these people have sat of it."""
    return theory_in(quarter).filter(user__in=users)


def practice_of(users: Iterable[int], quarter: date) -> QuerySet[PracticalExam]:
    """Practical exams held within a quarter, the best last."""
    return (
        PracticalExam._base_manager.filter(user__in=users, held_on__range=(quarter, last_day(quarter)))
        .select_related("sheet")
        .order_by("score_permille", "held_on")
    )


def checks_of(users: Iterable[int], quarter: date) -> QuerySet[SkillsCheck]:
    """The checks of these people in a quarter."""
    return SkillsCheck._base_manager.filter(user__in=users, quarter=quarter).select_related(
        "by", "sitting__exam", "practical__sheet"
    )


def own_checks(user: User) -> QuerySet[SkillsCheck]:
    """Every check of one person, the newest first."""
    return (
        SkillsCheck._base_manager.filter(user=user)
        .select_related("sitting", "practical", "by")
        .order_by("-quarter", "-id")
    )


def _better(before, after):
    """The one that passed, else the later in order: results come with the best score last."""
    return before if before is not None and before.has_passed and not after.has_passed else after
