"""One person's week: the visits, calls and claims of every day, and the goods that wait on the shelf."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from aftersales.accounts.models import User
from claims.models import Claim, CustodyItem, FollowUp, Visit
from claims.queries import claims as claim_reading
from claims.queries import custody, follow_up_turns
from claims.queries.day_plans import NOT_OF_THE_DAY, bounds
from stations.models import Station

DAYS = 7
MOST = 100
"""So many of each kind are shown in a week; the lists themselves have them all."""
GOODS_SHOWN = 8


@dataclass
class WeekDay:
    """What somebody has to do on one day. What is overdue stands on today."""

    day: date
    is_today: bool = False
    is_past: bool = False
    visits: list[Visit] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.visits or self.follow_ups or self.claims)


@dataclass(frozen=True)
class Week:
    """Seven days from a Monday. `goods` are those that wait longest, of `goods_count` on the shelf.

    `late_calls` and `late_claims` are overdue. `has_more`: a kind has more than MOST rows, so the days are
    not complete.
    """

    days: tuple[WeekDay, ...]
    visits: int
    follow_ups: int
    claims: int
    late_calls: int
    late_claims: int
    goods: tuple[CustodyItem, ...]
    goods_count: int
    has_more: bool

    @property
    def first(self) -> date:
        return self.days[0].day

    @property
    def last(self) -> date:
        return self.days[-1].day


def monday_of(day: date) -> date:
    """The Monday of the week in which a day lies."""
    return day - timedelta(days=day.weekday())


def week_of(
    person: User, monday: date, *, station: Station | None, may: frozenset[str], now: datetime
) -> Week:
    """The week of one person that begins on a Monday, in a constant number of statements.

    Their own visits, calls that are theirs or nobody's yet, open claims they handle, all within the scope: of
    a place they have left nothing is shown; the shelf of their station, or what they keep themselves where
    they have several.
    """
    today = timezone.localdate(now)
    days = {day: WeekDay(day, day == today, day < today) for day in _days(monday)}
    begin, end = bounds(monday)[0], bounds(monday + timedelta(days=DAYS - 1))[1]
    visits = _first(_visits(person, begin, end))
    # What is overdue from earlier weeks waits today.
    since = None if today in days else begin
    calls = _first(_between(_calls(person), "due_at", since, end)) if _may_call(may) else []
    claims = _first(_between(claim_reading.open_queue(handler=person), "next_due_at", since, end))
    for visit in visits[:MOST]:
        days[timezone.localdate(visit.starts_at)].visits.append(visit)
    for call in calls[:MOST]:
        _day_for(call.due_at, days, today, now).follow_ups.append(call)
    for claim in claims[:MOST]:
        _day_for(claim.next_due_at, days, today, now).claims.append(claim)
    shelf = custody.on_shelf(station=station) if station else custody.on_shelf(keeper=person)
    return Week(
        days=tuple(days.values()),
        visits=len(visits[:MOST]),
        follow_ups=len(calls[:MOST]),
        claims=len(claims[:MOST]),
        late_calls=sum(each.due_at < now for each in calls[:MOST]),
        late_claims=sum(each.next_due_at < now for each in claims[:MOST]),
        goods=tuple(shelf[:GOODS_SHOWN]),
        goods_count=shelf.count(),
        has_more=max(map(len, (visits, calls, claims))) > MOST,
    )


def _days(monday: date) -> list[date]:
    return [monday + timedelta(days=number) for number in range(DAYS)]


def _visits(person: User, begin: datetime, end: datetime) -> QuerySet[Visit]:
    rows = Visit.objects.filter(technician=person, starts_at__gte=begin, starts_at__lt=end)
    return (
        rows.exclude(state__in=NOT_OF_THE_DAY)
        .select_related("claim__consumer", "claim__order_line", "place")
        .order_by("starts_at", "id")
    )


def _calls(person: User) -> QuerySet[FollowUp]:
    rows = follow_up_turns.waiting_for(person).select_related("claim__consumer", "claim__order_line")
    return rows.order_by("due_at", "id")


def _may_call(may: frozenset[str]) -> bool:
    return "claims.record_follow_up" in may


def _between(rows: QuerySet, moment: str, since: datetime | None, end: datetime) -> QuerySet:
    rows = rows.filter(**{f"{moment}__lt": end})
    return rows if since is None else rows.filter(**{f"{moment}__gte": since})


def _first(rows: Iterable) -> list:
    return list(rows[: MOST + 1])


def _day_for(due: datetime, days: dict[date, WeekDay], today: date, now: datetime) -> WeekDay:
    """The day of a due time; today for what is over."""
    day = timezone.localdate(due)
    return days[today] if today in days and (due < now or day < today) else days[day]
