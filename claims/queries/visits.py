"""Visits as pages list them, within the scope.

Definitions. Open: planned or on the way. Today: open ones of this day or an earlier one, and those that ended
today. To agree again: came to nothing, while the claim is still open and none of the kind is planned since.
Without anybody: planned, and nobody goes yet.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from aftersales.accounts.models import User
from claims.models import Claim, Visit
from claims.models.visits import BOOKED_STATES
from claims.queries import claims as reading
from claims.queries.claims import StillOpen
from claims.rules.visits import VisitState

NEXT_ORDER, LAST_ORDER = ("starts_at", "id"), ("-starts_at", "-id")
DAY = timedelta(days=1)


def listed(visits: QuerySet[Visit] | None = None) -> QuerySet[Visit]:
    """Visits with what a list says of each, in one query."""
    rows = Visit.objects.all() if visits is None else visits
    return rows.select_related(
        "claim__consumer", "claim__order_line", "station", "place", "technician", "provider"
    )


def still_open(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    return visits.filter(state__in=BOOKED_STATES)


def of_today(visits: QuerySet[Visit], *, now: datetime) -> QuerySet[Visit]:
    first, last = _bounds(timezone.localdate(now))
    return visits.filter(
        Q(state__in=BOOKED_STATES, starts_at__lt=last)
        | Q(state__in=(VisitState.DONE, VisitState.FAILED), ended_at__gte=first, ended_at__lt=last)
    )


def to_agree_again(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    later = Visit._base_manager.filter(
        Q(state__in=BOOKED_STATES) | Q(state=VisitState.DONE),
        claim=OuterRef("claim"),
        kind=OuterRef("kind"),
        planned_at__gte=OuterRef("planned_at"),
    )
    open_claims = Claim._base_manager.filter(StillOpen("status"), pk=OuterRef("claim"))
    return visits.filter(~Exists(later), Exists(open_claims), state=VisitState.FAILED)


def without_anybody(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    return visits.filter(state=VisitState.PLANNED, technician__isnull=True, provider__isnull=True)


def of_person(visits: QuerySet[Visit], person: User) -> QuerySet[Visit]:
    """Those that somebody makes."""
    return visits.filter(technician=person)


def matching(text: str) -> Q:
    """The condition for visits that a word in the search box means: of claims that it means (number, order,
    phone, product, consumer), to places or by people or providers whose name holds it."""
    text = text.strip()
    if not text:
        return Q(pk__in=[])
    # Those who look are few and those who go are named in full, so that a part of a name is enough.
    return (
        Q(claim__in=Claim.objects.filter(reading.matching(text)).order_by().values("pk"))
        | Q(place__name__icontains=text)
        | Q(technician__full_name__icontains=text)
        | Q(provider__name__icontains=text)
    )


def of_claim(claim: Claim) -> QuerySet[Visit]:
    """The visits of a claim that was let through the scope, the last one first."""
    return (
        Visit._base_manager.filter(claim=claim)
        .select_related("station", "place", "technician", "provider")
        .order_by(*LAST_ORDER)
    )


def marked(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Claims with `has_visits`: whether any visit was ever planned for them."""
    return claims.annotate(has_visits=Exists(Visit._base_manager.filter(claim=OuterRef("pk"))))


def booked_of(person: User, *, days: Collection[date] = ()) -> QuerySet[Visit]:
    """What somebody still has to go to, within the scope, the next one first; on these days when given."""
    rows = still_open(of_person(listed(), person))
    if days:
        on_days = Q(pk__in=[])
        for day in days:
            first, last = _bounds(day)
            on_days |= Q(starts_at__gte=first, starts_at__lt=last)
        rows = rows.filter(on_days)
    return rows.order_by(*NEXT_ORDER)


def _bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a day in Shanghai, and that of the next one."""
    return timezone.make_aware(datetime.combine(day, time.min)), timezone.make_aware(
        datetime.combine(day + DAY, time.min)
    )
