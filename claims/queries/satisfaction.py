"""How satisfied consumers are, for boards, reports and the page about it. Definitions: docs/rules/figures.md.

Everything keeps to the scope of the person acting and is about claims by the month they were filed in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncMonth

from claims.models import FollowUp, Score
from claims.models.follow_ups import FollowUpKind, FollowUpState
from claims.queries.figures import SHANGHAI, cases, filed_between, month_bounds, months_back
from claims.rules.satisfaction import SATISFIED, Mean, Ratings, Satisfaction

CELL = ("station_id", "handler_id", "goods_type")


@dataclass(frozen=True)
class Cell:
    """One corner of the picture: where, by whom, about what, filed in which month (its first day)."""

    station: int
    agent: int | None
    goods_type: str
    month: date


@dataclass
class Answers:
    """Second calls after low scores: how they stand, and whether the consumer was answered in time."""

    in_time: int = 0
    late: int = 0
    unreachable: int = 0
    reopened: int = 0
    open: int = 0
    overdue: int = 0

    @property
    def whole(self) -> int:
        return self.in_time + self.late + self.unreachable + self.reopened + self.open + self.overdue


@dataclass
class Picture:
    """Cases and ratings of some months by cell; every table is a sum over them, so that tables add up."""

    months: list[date]
    cases: dict[Cell, Satisfaction] = field(default_factory=lambda: defaultdict(Satisfaction))
    ratings: dict[tuple[Cell, str], Ratings] = field(default_factory=lambda: defaultdict(Ratings))

    def in_month(self, month: date) -> Picture:
        """The part of the picture that is about one month."""
        return Picture(
            [month],
            {cell: said for cell, said in self.cases.items() if cell.month == month},
            {key: said for key, said in self.ratings.items() if key[0].month == month},
        )

    def whole(self) -> Satisfaction:
        return sum(self.cases.values(), Satisfaction())

    def by(self, axis: Callable[[Cell], object]) -> dict:
        """Cases by station, agent, kind of goods or month: whatever `axis` takes from a cell."""
        found: dict = defaultdict(Satisfaction)
        for cell, said in self.cases.items():
            found[axis(cell)] += said
        return dict(found)

    def by_month(self) -> dict[date, Satisfaction]:
        """Every month of the picture, those without a case too, the oldest first."""
        known = self.by(lambda cell: cell.month)
        return {month: known.get(month, Satisfaction()) for month in self.months}

    def by_source(self) -> dict[str, Ratings]:
        """Ratings by who asked; a claim may have one from each."""
        found: dict[str, Ratings] = defaultdict(Ratings)
        for (_cell, source), said in self.ratings.items():
            found[source] += said
        return dict(found)

    def all_ratings(self) -> Ratings:
        return sum(self.ratings.values(), Ratings())


def picture(*, until: date, months: int, county_code: str = "", station_id: int | None = None) -> Picture:
    """Cases filed in so many months, the one that holds `until` the last; two statements."""
    shown = months_back(until, months)
    start, end = month_bounds(shown[0])[0], month_bounds(shown[-1])[1]
    place = _place(county_code, station_id)
    found = Picture(shown)
    rows = (
        filed_between(cases(), start, end)
        .filter(follow_up_state__isnull=False, **place)
        .order_by()
        .values_list(*CELL, TruncMonth("filed_at", tzinfo=SHANGHAI), "stars", "follow_up_state")
        .annotate(Count("id"))
    )
    for *where, month, stars, state, number in rows:
        cell = Cell(*where, month.date())
        found.cases[cell].count(stars=stars, follow_up=state, cases=number)
    for cell, source, said in _ratings(start, end, place):
        found.ratings[cell, source] += said
    return found


def _place(county_code: str, station_id: int | None) -> dict[str, object]:
    place = {"county_code": county_code, "station_id": station_id}
    return {name: value for name, value in place.items() if value}


def _ratings(start: datetime, end: datetime, place: dict) -> Iterable[tuple[Cell, str, Ratings]]:
    """The ratings of the present round of claims, added up in the database."""
    sides = {}
    for side in ("stars", "attitude", "speed", "efficiency"):
        sides |= {f"{side}_count": Count(side), f"{side}_sum": Sum(side, default=0)}
    rows = (
        Score.objects.filter(
            claim__filed_at__gte=start,
            claim__filed_at__lt=end,
            round=F("claim__round"),
            **{f"claim__{name}": value for name, value in place.items()},
        )
        .order_by()
        .values(*(f"claim__{name}" for name in CELL), "source")
        .annotate(month=TruncMonth("claim__filed_at", tzinfo=SHANGHAI))
        .annotate(satisfied=Count("id", filter=Q(stars__gte=SATISFIED)), **sides)
    )
    for row in rows:
        cell = Cell(*(row[f"claim__{name}"] for name in CELL), row["month"].date())
        means = {
            side: Mean(row[f"{side}_count"], row[f"{side}_sum"])
            for side in ("stars", "attitude", "speed", "efficiency")
        }
        yield cell, row["source"], Ratings(row["stars_count"], row["satisfied"], **means)


def answers(
    *, start: date, end: date, now: datetime, county_code: str = "", station_id: int | None = None
) -> Answers:
    """How low scores of claims filed from the month of `start` to that of `end` were answered, every round.

    A claim that was taken up again before the second call was answered by that.
    """
    first, last = month_bounds(start)[0], month_bounds(end)[1]
    place = _place(county_code, station_id)
    rows = FollowUp.objects.filter(
        kind=FollowUpKind.SECOND,
        claim__filed_at__gte=first,
        claim__filed_at__lt=last,
        **{f"claim__{name}": value for name, value in place.items()},
    )
    is_done, is_open = Q(state=FollowUpState.DONE), Q(state=FollowUpState.OPEN)
    in_time = Q(ended_at__lte=F("due_at"))
    counts = rows.aggregate(
        in_time=Count("id", filter=is_done & in_time),
        late=Count("id", filter=is_done & ~in_time),
        unreachable=Count("id", filter=Q(state=FollowUpState.EXHAUSTED)),
        reopened=Count("id", filter=Q(state=FollowUpState.VOID)),
        open=Count("id", filter=is_open & Q(due_at__gte=now)),
        overdue=Count("id", filter=is_open & Q(due_at__lt=now)),
    )
    return Answers(**counts)


def of_follow_ups(
    follow_ups: QuerySet[FollowUp], *, since: datetime, now: datetime
) -> tuple[Satisfaction, int]:
    """What came of the first follow-ups opened since a moment, and how many of the open ones are overdue."""
    said = Score.objects.filter(claim=OuterRef("claim"), round=OuterRef("round")).order_by("stars")
    rows = (
        follow_ups.filter(kind=FollowUpKind.FIRST, opened_at__gte=since)
        .exclude(state=FollowUpState.VOID)
        .order_by()
        .annotate(stars=Subquery(said.values("stars")[:1]))
        .values_list("stars", "state")
        .annotate(
            Count("id"),
            overdue=Count("id", filter=Q(state=FollowUpState.OPEN, due_at__lt=now)),
        )
    )
    found, overdue = Satisfaction(), 0
    for stars, state, number, late in rows:
        found.count(stars=stars, follow_up=state, cases=number)
        overdue += late
    return found, overdue
