"""What a person's own calendar reads under its secret address (docs/rules/routes.md, section 4)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import QuerySet
from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.web.calendars import Event
from claims.models import CalendarFeed, Visit
from claims.models.visits import VisitStateChoices

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
"""256 random bits as an address carries them."""

KEPT_DAYS = 30
"""A visit stays in the calendar for so many days, so that a phone learns of what was cancelled."""

MOST_EVENTS = 500
GONE = frozenset({VisitStateChoices.CANCELLED, VisitStateChoices.MOVED})


def hashed(token: str) -> str:
    """What is kept of the secret of an address."""
    return sha256(token.encode()).hexdigest()


def by_token(token: str) -> CalendarFeed | None:
    """The feed that an address leads to; None for any other text."""
    if not TOKEN.fullmatch(token):
        return None
    return CalendarFeed.objects.filter(token_hash=hashed(token)).select_related("user").first()


def visits_for(user: User, now: datetime) -> QuerySet[Visit]:
    """A person's visits of the last 30 days and all to come, cancelled and moved ones too, by time.

    Read within the scope: the caller enters the places where the person still carries out visits, so that
    those of a place they have left are gone at once.
    """
    since = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Visit.objects.filter(technician=user, starts_at__gte=since - timedelta(days=KEPT_DAYS))
    return rows.select_related("claim", "place__parent").order_by("starts_at", "id")[:MOST_EVENTS]


def event_of(visit: Visit, *, summary: str, description: str, url: str) -> Event:
    """A visit as an appointment. Its place is the village; who lives there is for the visit's page alone."""
    place = visit.place
    has_point = place.lat is not None and place.lon is not None
    return Event(
        uid=f"visit-{visit.pk}-{visit.claim.number}@aftersales",
        stamp=max(filter(None, (visit.planned_at, visit.started_at, visit.ended_at))),
        sequence=visit.version,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        summary=summary,
        location=f"{place.parent.name} {place.name}" if place.parent else place.name,
        description=description,
        url=url,
        point=(place.lat, place.lon) if has_point else None,
        is_cancelled=visit.state in GONE,
    )
