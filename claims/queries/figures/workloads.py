"""What is counted now, claim by claim: the work of stations, and what was filed on the last days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from aftersales.lib.periods import SHANGHAI
from claims.queries.claims import still_open
from claims.queries.figures.cases import filed_between
from claims.rules.status import OPEN


def filed_by_day(claims, days: list[date]) -> dict[date, int]:
    """How many claims were filed on each of these days in a row, one query."""
    start = datetime.combine(days[0], time.min, SHANGHAI)
    end = datetime.combine(days[-1] + timedelta(days=1), time.min, SHANGHAI)
    counts = (
        filed_between(claims, start, end)
        .order_by()
        .values(day=TruncDate("filed_at", tzinfo=SHANGHAI))
        .annotate(count=Count("id"))
    )
    known = {row["day"]: row["count"] for row in counts}
    return {day: known.get(day, 0) for day in days}


@dataclass(frozen=True)
class Workload:
    """What a station has on its hands: open claims, those past their due time, and filed since a moment."""

    station_id: int
    open: int
    overdue: int
    filed: int


def open_loads(claims, *, now: datetime) -> dict[int, Workload]:
    """What every station of these claims has on its hands now, whatever was filed since; one statement."""
    rows = (
        still_open(claims)
        .order_by()
        .values("station_id")
        .annotate(open=Count("id"), overdue=Count("id", filter=Q(next_due_at__lt=now)))
    )
    return {row["station_id"]: Workload(**row, filed=0) for row in rows}


def workloads(claims, *, since: datetime, now: datetime) -> dict[int, Workload]:
    """The workload of every station these claims belong to, one query."""
    is_open = Q(status__in=OPEN)
    rows = (
        claims.filter(Q(filed_at__gte=since) | is_open)
        .order_by()
        .values("station_id")
        .annotate(
            open=Count("id", filter=is_open),
            overdue=Count("id", filter=is_open & Q(next_due_at__lt=now)),
            filed=Count("id", filter=Q(filed_at__gte=since)),
        )
    )
    return {row["station_id"]: Workload(**row) for row in rows}
