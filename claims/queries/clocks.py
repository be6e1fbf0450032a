"""Reading the clocks of a claim: what ran, what stood still, and why a clock is due when it is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from aftersales.accounts.models import User
from aftersales.lib.worktime import SHANGHAI, Stretch, Window, WorkCalendar
from aftersales.lib.worktime import Pause as Stop
from claims.models import Claim, ClaimClock, ClockRule, Pause
from claims.models.clocks import ClockOutcome
from claims.rules import counting_time
from claims.rules.clocks import DAY_BASES, STANDS_STILL, Basis, Clock
from claims.rules.counting_time import Counted, Days, Span
from stations.models import Station
from stations.queries.calendar import DayBook, calendar_between, opening_windows, opening_windows_of_county

AHEAD = timedelta(days=62)
"""How far the calendar is read when the first day of it is asked for."""
COUNTED = ("due_at", "warn_at", "is_provisional", "is_paused", "next_alarm_at")
"""What follows from a clock's start, rule and opening hours, the calendar and the pauses."""
WITH_WINDOWS = frozenset(Basis) - {Basis.NATURAL}


class LazyDays:
    """The calendar, read when somebody first asks about a day; later days are read as they are needed."""

    def __init__(self) -> None:
        self._book: DayBook | None = None

    def is_working_day(self, day: date) -> bool:
        return self._read(day).is_working_day(day)

    def is_confirmed(self, day: date) -> bool:
        return self._read(day).is_confirmed(day)

    def _read(self, day: date) -> DayBook:
        if self._book is None:
            self._book = calendar_between(day, day + AHEAD)
        return self._book


@dataclass(frozen=True)
class Segment:
    """A span in which a clock ran or stood still; `end` is None while it lasts."""

    kind: Literal["running", "paused"]
    start: datetime
    end: datetime | None
    reason: str = ""
    by: User | None = None


@dataclass(frozen=True)
class CountedDay:
    """One day of a clock that counts days: its number, 0 where it does not count, and why."""

    day: date
    number: int
    why: Literal["first", "counts", "day_off", "rolled"]


@dataclass(frozen=True)
class Explanation:
    """Why a clock is due when it is due: what each minute was, from its start to `until`.

    `counted_minutes` are those that counted until then, `allowed_minutes` those that count until the clock
    is due. `days` is filled for clocks that count days, `provisional` names the days that decide about the
    due time and are not confirmed by an official notice.
    """

    clock: ClaimClock
    stretches: tuple[Stretch, ...]
    counted_minutes: int
    allowed_minutes: int
    days: tuple[CountedDay, ...]
    provisional: tuple[date, ...]


def clocks_of(claim: Claim) -> list[ClaimClock]:
    """Every clock of a claim that was let through the scope, with its rule, in the order of their start."""
    # Past the scope: the claim itself was found through it.
    clocks = ClaimClock._base_manager.filter(claim=claim).select_related("rule")
    return list(clocks.order_by("round", "started_at", "id"))


def pauses_of(claim: Claim) -> list[Pause]:
    """Every pause of a claim that was let through the scope, with who paused and resumed it, oldest first."""
    pauses = Pause._base_manager.filter(claim=claim).select_related("by", "ended_by")
    return list(pauses.order_by("from_at", "id"))


def running_clocks(claim_ids: Iterable[int]) -> list[ClaimClock]:
    """The clocks of these claims that run or stand still at present, with their rules."""
    clocks = ClaimClock._base_manager.filter(claim__in=list(claim_ids), outcome=ClockOutcome.RUNNING)
    return list(clocks.select_related("rule").order_by("claim_id", "id"))


def due_at_of(claim: Claim, clock: Clock) -> datetime | None:
    """When a clock of this claim is due that runs or stands still at present; None when it does not."""
    return next((each.due_at for each in running_clocks([claim.pk]) if each.clock == clock), None)


def stands_still(clock: ClaimClock) -> bool:
    """Whether pauses concern this clock."""
    return Clock(clock.clock) in STANDS_STILL


def stops_of(clock: ClaimClock, pauses: Iterable[Pause]) -> tuple[Stop, ...]:
    """From when to when a clock stood still; an open pause counts to its longest end."""
    if not stands_still(clock):
        return ()
    return tuple(
        (pause.from_at, pause.until_at or pause.longest_until)
        for pause in pauses
        if pause.round == clock.round and not (clock.stopped_at and clock.stopped_at <= pause.from_at)
    )


def segments(clock: ClaimClock, pauses: Iterable[Pause]) -> list[Segment]:
    """The life of a clock in spans without a gap, from its start until it was stopped."""
    told: list[Segment] = []
    reached = clock.started_at
    for pause in sorted(pauses, key=lambda each: each.from_at) if stands_still(clock) else ():
        ends = pause.until_at
        if pause.round != clock.round or (ends and ends <= clock.started_at):
            continue
        if clock.stopped_at and pause.from_at >= clock.stopped_at:
            break
        begins = max(pause.from_at, clock.started_at)
        if reached < begins:
            told.append(Segment("running", reached, begins))
        if clock.stopped_at:
            ends = min(ends or clock.stopped_at, clock.stopped_at)
        told.append(Segment("paused", begins, ends, pause.reason, pause.by))
        if ends is None:
            return told
        reached = ends
    if clock.stopped_at is None or reached < clock.stopped_at or not told:
        told.append(Segment("running", reached, clock.stopped_at))
    return told


def windows_of(clock: ClaimClock) -> tuple[Window, ...]:
    """The opening hours a clock was started with, as times."""
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in clock.windows)


def windows_for(
    rule: ClockRule, *, station: Station | None, county_code: str, on: datetime
) -> tuple[Window, ...]:
    """The opening hours that a clock of this rule goes by when it starts; none where it needs none.

    Those of the station that holds the claim, else of the county.
    """
    if rule.basis not in WITH_WINDOWS:
        return ()
    day = on.astimezone(SHANGHAI).date()
    if station is None:
        return opening_windows_of_county(county_code, on=day)
    return opening_windows(station, on=day)


def span_of(rule: ClockRule) -> Span:
    return Span(rule.amount, Basis(rule.basis), rule.warn_percent)


def work_calendar(rule: ClockRule, windows: Sequence[Window], days: Days) -> WorkCalendar:
    """Which minutes count under a rule."""
    return counting_time.work_calendar(Basis(rule.basis), windows, days)


def due_of(
    rule: ClockRule, start: datetime, *, windows: Sequence[Window], days: Days, stops: Iterable[Stop] = ()
) -> Counted:
    """When a clock of this rule is due and warns that starts at this instant."""
    return counting_time.count(span_of(rule), start, windows=windows, days=days, pauses=stops)


def counted_values(clock: ClaimClock, pauses: Iterable[Pause], days: Days) -> tuple[Any, ...]:
    """What the fields in COUNTED are by right for a clock that runs or stands still."""
    pauses = [pause for pause in pauses if pause.round == clock.round]
    counted = due_of(
        clock.rule, clock.started_at, windows=windows_of(clock), days=days, stops=stops_of(clock, pauses)
    )
    open_pause = next((pause for pause in pauses if pause.until_at is None), None)
    is_paused = open_pause is not None and stands_still(clock)
    alarm = _next_alarm(clock, counted, open_pause if is_paused else None)
    moments = (counted.due_at, counted.warn_at, alarm)
    due_at, warn_at, alarm_at = (moment and moment.astimezone(UTC) for moment in moments)
    return due_at, warn_at, bool(counted.provisional), is_paused, alarm_at


def _next_alarm(clock: ClaimClock, counted: Counted, open_pause: Pause | None) -> datetime | None:
    """The warning, then the end; while the clock stands still only what fell due before it did."""
    if clock.run_out_at is not None:
        return None
    alarm = counted.warn_at if clock.warned_at is None and counted.warn_at else counted.due_at
    if open_pause is not None and alarm > open_pause.from_at:
        return None
    return alarm


def due_times(claim: Claim, clocks: Iterable[ClaimClock]) -> tuple[datetime, datetime]:
    """What clocks make of a claim: the promise to the consumer, and the nearest due time of those that run.

    Without a running clock both are the promise.
    """
    runs = [clock for clock in clocks if clock.outcome == ClockOutcome.RUNNING]
    promise = next((clock.due_at for clock in runs if clock.clock == Clock.HANDLING), claim.handling_due_at)
    return promise, min((clock.due_at for clock in runs), default=promise)


def explanation(
    clock: ClaimClock, pauses: Iterable[Pause], *, until: datetime | None = None, days: Days | None = None
) -> Explanation:
    """Why this clock is due when it is due; the stretches go until `until`, else until the due time.

    Takes one query for the calendar, or a few where the clock spans years.
    """
    days = days or LazyDays()
    windows, rule, stops = windows_of(clock), clock.rule, stops_of(clock, pauses)
    work = work_calendar(rule, windows, days)
    counted = due_of(rule, clock.started_at, windows=windows, days=days, stops=stops)
    return Explanation(
        clock=clock,
        stretches=tuple(work.explain(clock.started_at, until or clock.due_at, stops)),
        counted_minutes=work.elapsed(clock.started_at, until or clock.due_at, stops),
        allowed_minutes=work.elapsed(clock.started_at, clock.due_at, stops),
        days=tuple(_counted_days(clock, days)),
        provisional=counted.provisional,
    )


def _counted_days(clock: ClaimClock, days: Days) -> Iterable[CountedDay]:
    if clock.rule.basis not in DAY_BASES:
        return
    first = clock.started_at.astimezone(SHANGHAI).date()
    last = (clock.due_at.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()
    yield CountedDay(first, 0, "first")
    number = 0
    for ahead in range(1, (last - first).days + 1):
        day = first + timedelta(days=ahead)
        if clock.rule.basis == Basis.WORKING_DAYS and not days.is_working_day(day):
            yield CountedDay(day, 0, "day_off")
        elif clock.rule.basis == Basis.CALENDAR_DAYS and number == clock.rule.amount:
            yield CountedDay(day, 0, "rolled")
        else:
            number += 1
            yield CountedDay(day, number, "counts")
