"""Reading people: who is posted where, and which roles somebody holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from stations.models import Agent, Grant, Station
from stations.rules.tiers import NEEDS_CERTIFICATE


def people_of(station: Station) -> QuerySet[Agent]:
    """Who is posted at a station now."""
    return Agent.objects.filter(station=station, left_on__isnull=True).select_related("user").order_by("id")


def people_in(county: str) -> QuerySet[Agent]:
    """Who is posted anywhere in a county now, and can sign in."""
    posted = Agent.objects.filter(county_code=county, left_on__isnull=True, user__is_active=True)
    return posted.select_related("user", "station").order_by("station__region_id", "id")


def active_grants(user_id: int, now: datetime) -> QuerySet[Grant]:
    """A person's grants that have started, have not expired and were not withdrawn, whoever asks."""
    return Grant._base_manager.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        user_id=user_id,
        starts_at__lte=now,
        withdrawn_at__isnull=True,
    )


def who_lacks_certificate(user_ids: Iterable[int], on: date) -> set[int]:
    """Those of these people who work at a village or township point without a certificate valid on a day.

    The county's own staff, and people who are posted nowhere, need none. Whoever asks: past the scope.
    """
    posted = Agent._base_manager.filter(user__in=user_ids, left_on__isnull=True)
    at_points = posted.filter(station__tier__in=NEEDS_CERTIFICATE)
    return set(at_points.exclude(certified_until__gte=on).values_list("user_id", flat=True))
