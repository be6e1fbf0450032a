"""Second looks at what the rule approved: what waits, what was objected to, figures of a month.

Keeps to the scope, unless a docstring says otherwise.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.audit.trail import system_scope
from claims.models import ReviewSample
from claims.models.reviews import Verdict
from claims.queries.figures import month_bounds
from claims.rules.sampling import LOOK_BACK_DAYS

MONTHS = 6


@dataclass(frozen=True)
class ReviewMonth:
    """What was drawn in a month of Shanghai, and what came of it by now."""

    first_day: datetime
    drawn: int
    fine: int
    objections: int
    objected_fen: int

    @property
    def waiting(self) -> int:
        return self.drawn - self.fine - self.objections

    @property
    def objection_share(self) -> float | None:
        """Objections of those looked at, 0 to 1; None before anybody has looked."""
        looked_at = self.fine + self.objections
        return self.objections / looked_at if looked_at else None


def waiting_for(user: User) -> QuerySet[ReviewSample]:
    """Second looks that this person may take, the oldest first: without those they had a hand in."""
    return (
        ReviewSample.objects.filter(verdict=Verdict.WAITING)
        .exclude(filed_by=user)
        .exclude(compensation__worked_out_by=user)
        .exclude(Q(compensation__asked_by__isnull=False) & Q(compensation__asked_by=user))
        .exclude(Q(compensation__executed_by__isnull=False) & Q(compensation__executed_by=user))
        .exclude(Q(claim__consumer__user__isnull=False) & Q(claim__consumer__user=user))
        .order_by("drawn_at", "id")
    )


def involved(sample: ReviewSample) -> frozenset[int]:
    """Everybody who had a hand in the compensation or gains from it; they do not look at it again."""
    compensation = sample.compensation
    people = {
        sample.filed_by_id,
        compensation.worked_out_by_id,
        compensation.asked_by_id,
        compensation.executed_by_id,
        sample.claim.consumer.user_id,
    }
    return frozenset(people - {None})


def objections_against(person_id: int, at: datetime) -> int:
    """How many second looks objected to claims this person filed, in the ninety days before a moment.

    Looks past the scope: it is asked when the person's next claim is worked on.
    """
    with system_scope("objections of second looks", quiet=True):
        return ReviewSample.objects.filter(
            filed_by=person_id,
            verdict=Verdict.OBJECTION,
            judged_at__gt=at - timedelta(days=LOOK_BACK_DAYS),
            judged_at__lte=at,
        ).count()


def months(now: datetime) -> list[ReviewMonth]:
    """The last half year, this month first; months in which nothing was drawn are left out."""
    today = timezone.localdate(now)
    first = month_bounds(today)[0]
    for _month in range(MONTHS - 1):
        first = month_bounds(timezone.localdate(first) - timedelta(days=1))[0]
    objected = Q(verdict=Verdict.OBJECTION)
    rows = (
        ReviewSample.objects.filter(drawn_at__gte=first)
        .order_by()
        .annotate(month=TruncMonth("drawn_at"))
        .values("month")
        .annotate(
            drawn=Count("pk"),
            fine=Count("pk", filter=Q(verdict=Verdict.FINE)),
            objections=Count("pk", filter=objected),
            objected_fen=Sum(
                F("compensation__amount_fen") + F("compensation__damages_fen"), filter=objected, default=0
            ),
        )
        .order_by("-month")
    )
    return [
        ReviewMonth(
            first_day=row["month"],
            drawn=row["drawn"],
            fine=row["fine"],
            objections=row["objections"],
            objected_fen=row["objected_fen"],
        )
        for row in rows
    ]
