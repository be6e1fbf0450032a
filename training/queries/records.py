"""Everything that is known of one person's learning, wherever they were posted when it was written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from aftersales.accounts.models import User
from aftersales.audit.trail import system_scope
from training.models import (
    Certificate,
    Enrolment,
    HourEntry,
    Mentorship,
    PracticalExam,
    Sitting,
    SkillsCheck,
    VillageClass,
)
from training.rules.classes import ClassState
from training.rules.exams import SittingState


@dataclass(frozen=True)
class Record:
    """A person's learning, the newest first. `minutes` is the sum of the ledger."""

    enrolments: Sequence[Enrolment]
    hours: Sequence[HourEntry]
    minutes: int
    sittings: Sequence[Sitting]
    practicals: Sequence[PracticalExam]
    checks: Sequence[SkillsCheck]
    certificates: Sequence[Certificate]
    mentorships: Sequence[Mentorship]
    classes: Sequence[VillageClass]


def record_of(user: User) -> Record:
    """A person's record, past the scope: what they learned at a station they have left stays theirs.

    The caller has checked that whoever asks is this person, or may see the training of where they work.
    """
    with system_scope("somebody's record of learning", quiet=True):
        return Record(
            enrolments=list(
                Enrolment.objects.filter(user=user)
                .select_related("course")
                .annotate(
                    lessons_read=Count("progress", filter=Q(progress__finished_at__isnull=False)),
                )
                .order_by("-enrolled_at", "-id")
            ),
            hours=list(HourEntry.objects.filter(user=user).select_related("station", "by")),
            minutes=HourEntry.objects.filter(user=user).aggregate(sum=Sum("minutes"))["sum"] or 0,
            sittings=list(
                Sitting.objects.filter(user=user).exclude(state=SittingState.OPEN).select_related("exam")
            ),
            practicals=list(PracticalExam.objects.filter(user=user).select_related("sheet", "station")),
            checks=list(SkillsCheck.objects.filter(user=user).select_related("by", "station")),
            certificates=list(Certificate.objects.filter(user=user).select_related("station")),
            mentorships=list(
                Mentorship.objects.filter(Q(trainee=user) | Q(mentor=user)).select_related(
                    "mentor", "trainee", "station"
                )
            ),
            classes=list(
                VillageClass.objects.filter(teacher=user, state=ClassState.HELD).select_related("station")
            ),
        )
