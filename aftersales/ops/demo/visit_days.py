"""Visits of the demonstration to which somebody has gone lie on a day that has come."""

from __future__ import annotations

from datetime import datetime
from itertools import product

from django.utils import timezone

from claims.models import Visit
from claims.models.visits import BOOKED_STATES
from claims.rules.visits import MOST_SEATS, WINDOW, WINDOW_STARTS


def let_its_day_come(visit: Visit, at: datetime) -> Visit:
    """The visit in a window of the day of `at`, where the first free one lay later: after a weekend or a
    public holiday. Nobody goes to a visit in vain before its day."""
    day = timezone.localdate(at)
    if timezone.localdate(visit.starts_at) <= day:
        return visit
    for start, seat in product(WINDOW_STARTS, range(MOST_SEATS)):
        starts_at = timezone.make_aware(datetime.combine(day, start))
        taken = Visit.objects.filter(
            technician=visit.technician,
            provider=visit.provider,
            starts_at=starts_at,
            seat=seat,
            state__in=BOOKED_STATES,
        )
        if not taken.exists():
            break
    visit.starts_at, visit.ends_at, visit.seat = starts_at, starts_at + WINDOW, seat
    visit.save(update_fields=["starts_at", "ends_at", "seat"])
    return visit
