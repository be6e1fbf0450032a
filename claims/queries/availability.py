"""When people make visits: their week and the days that differ from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time

from django.db.models import Count, Q, QuerySet, Sum

from claims.models import Availability, AvailabilityException
from claims.rules.windows import WeekWindow
from stations.models import Agent


@dataclass(frozen=True)
class Stated:
    """What one person has said about their week: in how many windows, for how many visits."""

    windows: int = 0
    seats: int = 0


def people() -> QuerySet[Agent]:
    """Everybody posted within the scope who can sign in: those whose week may be looked at."""
    posted = Agent.objects.filter(left_on__isnull=True, user__is_active=True)
    return posted.select_related("user", "station")


def named(rows: QuerySet[Agent], text: str) -> QuerySet[Agent]:
    """Those whose name or station holds the text."""
    return rows.filter(Q(user__full_name__icontains=text) | Q(station__name__icontains=text))


def week_of(user_id: int) -> list[WeekWindow]:
    """A person's week, in order. Whoever may ask was found through the scope; the rows may lie at the
    station where the person was posted before."""
    rows = Availability._base_manager.filter(user_id=user_id).order_by("weekday", "starts")
    return [WeekWindow(*row) for row in rows.values_list("weekday", "starts", "seats")]


def changes_of(user_id: int, *, since: date) -> QuerySet[AvailabilityException]:
    """The days from `since` on that differ from a person's week, the first one first."""
    rows = AvailabilityException._base_manager.filter(user_id=user_id, day__gte=since)
    return rows.order_by("day", "starts", "id")


def stated(users: Collection[int]) -> dict[int, Stated]:
    """What each of these people has said about their week, in one statement; nothing for the others."""
    rows = Availability._base_manager.filter(user_id__in=users).order_by().values("user_id")
    counted = rows.annotate(windows=Count("id"), visits=Sum("seats"))
    return {row["user_id"]: Stated(row["windows"], row["visits"]) for row in counted}


def away_on(users: Collection[int], day: date) -> set[int]:
    """Who of these people is away on a day."""
    rows = AvailabilityException._base_manager.filter(user_id__in=users, day=day, starts__isnull=True)
    return set(rows.values_list("user_id", flat=True))


def mark_of(week: Collection[WeekWindow]) -> str:
    """A week as a short text: two that read the same are the same. For forms that must not overwrite."""
    return " ".join(f"{each.weekday}.{_hour(each.starts)}.{each.seats}" for each in week)


def _hour(at: time) -> str:
    return f"{at:%H%M}"
