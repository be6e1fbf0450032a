"""Every number on boards and in reports, defined once. Definitions in words: docs/rules/figures.md.

The functions take rows with the columns of COLUMNS, already narrowed to a scope: `cases()` on boards, the
view report_case in reports.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.db.models import Count, F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate, TruncMonth

from claims.models import Claim, Score
from claims.models.compensation import CompensationState
from claims.models.follow_ups import FollowUpKind, FollowUpState
from claims.rules.clocks import HOUR
from claims.rules.satisfaction import Satisfaction
from claims.rules.statistics import percentile, share
from claims.rules.status import OPEN, Status

SHANGHAI = ZoneInfo("Asia/Shanghai")
RESPONSE_TARGET_MINUTES = 2 * HOUR
MEAN_RESOLUTION_TARGET_MINUTES = 48 * 60
SETTLED = (Status.RESOLVED, Status.CLOSED)
FOLLOWED_UP = (FollowUpState.DONE, FollowUpState.EXHAUSTED)
COLUMNS = (
    "goods_type",
    "nature",
    "status",
    "round",
    "response_minutes",
    "resolution_minutes",
    "remedy",
    "decided_at_level",
    "amount_fen",
    "stars",
    "follow_up_state",
)


@dataclass
class Figures:
    """The figures of the claims filed in one period: minutes, fen, shares from 0 to 1; None is "no data"."""

    filed: int = 0
    open: int = 0
    resolved: int = 0
    rejected: int = 0
    withdrawn: int = 0
    merged: int = 0
    reopened: int = 0
    by_class_and_status: Counter = field(default_factory=Counter)
    by_status: Counter = field(default_factory=Counter)
    by_remedy: Counter = field(default_factory=Counter)
    compensated: int = 0
    compensated_fen: int = 0
    by_rule: int = 0
    response_count: int = 0
    response_median: int | None = None
    response_p90: int | None = None
    response_in_time: Fraction | None = None
    resolution_count: int = 0
    resolution_median: int | None = None
    resolution_p90: int | None = None
    resolution_mean: int | None = None
    resolution_rate: Fraction | None = None
    satisfaction: Satisfaction = field(default_factory=Satisfaction)
    followed_up: int = 0
    follow_up_rate: Fraction | None = None

    @property
    def mean_compensation_fen(self) -> int | None:
        return round(Fraction(self.compensated_fen, self.compensated)) if self.compensated else None


def cases():
    """Claims in the caller's scope with what was carried out and said about them in their present round.

    Of several scores of a round the lowest counts.
    """
    carried_out = FilteredRelation(
        "compensations",
        condition=Q(compensations__state=CompensationState.EXECUTED, compensations__round=F("round")),
    )
    asked = FilteredRelation(
        "follow_ups",
        condition=Q(follow_ups__kind=FollowUpKind.FIRST, follow_ups__round=F("round"))
        & ~Q(follow_ups__state=FollowUpState.VOID),
    )
    said = Score._base_manager.filter(claim=OuterRef("pk"), round=OuterRef("round")).order_by("stars")
    return Claim.objects.annotate(carried_out=carried_out, asked=asked).annotate(
        stars=Subquery(said.values("stars")[:1]),
        follow_up_state=F("asked__state"),
        remedy=F("carried_out__remedy"),
        decided_at_level=F("carried_out__level"),
        amount_fen=F("carried_out__amount_fen"),
    )


def filed_by_month(claims, months: list[date]) -> dict[date, int]:
    """How many claims were filed in each of these months, one query."""
    start, end = month_bounds(months[0])[0], month_bounds(months[-1])[1]
    counts = (
        filed_between(claims, start, end)
        .order_by()
        .values(month=TruncMonth("filed_at", tzinfo=SHANGHAI))
        .annotate(count=Count("id"))
    )
    known = {row["month"].date(): row["count"] for row in counts}
    return {month: known.get(month, 0) for month in months}


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


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """First instant of a month and of the next one, Shanghai time."""
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return (
        datetime(first.year, first.month, 1, tzinfo=SHANGHAI),
        datetime(following.year, following.month, 1, tzinfo=SHANGHAI),
    )


def filed_between(cases, start: datetime, end: datetime):
    """Cases filed from `start` up to but not including `end`."""
    return cases.filter(filed_at__gte=start, filed_at__lt=end)


def figures_of(cases) -> Figures:
    """Work out the figures of these cases in one query."""
    return _add_up(cases.values_list(*COLUMNS))


def figures_by_county(cases) -> dict[str, Figures]:
    """The figures of each county in these cases, one query in all."""
    grouped: dict[str, list[tuple]] = {}
    for county, *row in cases.values_list("county_code", *COLUMNS):
        grouped.setdefault(county, []).append(tuple(row))
    return {county: _add_up(rows) for county, rows in sorted(grouped.items())}


def _add_up(rows) -> Figures:
    figures = Figures()
    responses: list[int] = []
    resolutions: list[int] = []
    for goods, nature, status, round_, response, resolution, remedy, level, amount, stars, asked in rows:
        figures.filed += 1
        figures.by_status[status] += 1
        figures.by_class_and_status[goods, nature, status] += 1
        figures.reopened += round_ > 1
        if response is not None:
            responses.append(response)
        if resolution is not None:
            resolutions.append(resolution)
        figures.satisfaction.count(stars=stars, follow_up=asked)
        figures.followed_up += status in SETTLED and asked in FOLLOWED_UP
        if amount is not None:
            figures.compensated += 1
            figures.compensated_fen += amount
            figures.by_remedy[remedy] += 1
            figures.by_rule += level == "rule"
    _count_states(figures)
    _measure_times(figures, sorted(responses), sorted(resolutions))
    return figures


def _count_states(figures: Figures) -> None:
    states = figures.by_status
    figures.open = sum(states[status] for status in OPEN)
    figures.resolved = sum(states[status] for status in SETTLED)
    figures.rejected = states["rejected"]
    figures.withdrawn = states["withdrawn"]
    figures.merged = states["merged"]
    ended = figures.resolved + figures.rejected
    figures.resolution_rate = share(figures.resolved, ended)
    figures.follow_up_rate = share(figures.followed_up, figures.resolved)


def _measure_times(figures: Figures, responses: list[int], resolutions: list[int]) -> None:
    figures.response_count, figures.resolution_count = len(responses), len(resolutions)
    figures.response_median, figures.response_p90 = percentile(responses, 50), percentile(responses, 90)
    figures.resolution_median, figures.resolution_p90 = (
        percentile(resolutions, 50),
        percentile(resolutions, 90),
    )
    in_time = sum(minutes <= RESPONSE_TARGET_MINUTES for minutes in responses)
    figures.response_in_time = share(in_time, len(responses))
    if resolutions:
        figures.resolution_mean = round(Fraction(sum(resolutions), len(resolutions)))


def months_back(month: date, count: int) -> list[date]:
    """The first days of `count` months that end with this one, oldest first."""
    months = [month.replace(day=1)]
    while len(months) < count:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[::-1]
