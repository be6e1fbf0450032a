"""docs/rules/clocks.md, "How time is counted": when a clock warns and when it is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from aftersales.lib.worktime import SHANGHAI, Pause, Window, WorkCalendar
from claims.rules.clocks import DAY_BASES, Basis

DAY = timedelta(days=1)
PERCENT = 100


class Days(Protocol):
    """What counting asks about a day."""

    def is_working_day(self, day: date) -> bool: ...

    def is_confirmed(self, day: date) -> bool: ...


@dataclass(frozen=True)
class Span:
    """How much time, counted how, and at which share of it to warn (0: never)."""

    amount: int
    basis: Basis
    warn_percent: int = 0


@dataclass(frozen=True)
class Counted:
    """When an allowance is used up and when its warning falls due.

    `provisional` are the days that decide about it and are not confirmed by an official notice.
    """

    due_at: datetime
    warn_at: datetime | None
    provisional: tuple[date, ...] = ()


def work_calendar(basis: Basis, windows: Sequence[Window], days: Days) -> WorkCalendar:
    """Which minutes count: of working days in their opening hours, of every day in them, or all of them."""
    if basis in (Basis.OPENING_HOURS, Basis.WORKING_DAYS):
        return WorkCalendar(days.is_working_day, windows)
    return WorkCalendar(_every_day, windows if basis == Basis.OPENING_HOURS_DAILY else ())


def count(
    span: Span, start: datetime, *, windows: Sequence[Window], days: Days, pauses: Iterable[Pause] = ()
) -> Counted:
    """When a span that starts at an aware instant ends, counting no minute of a pause.

    Spans in days end at the closing time of their last day; a pause moves that end by the opening hours
    (of a period of calendar days: by the minutes) that it took, and what then falls on a day off ends with
    the next working day.
    """
    pauses = tuple(pauses)
    work = work_calendar(span.basis, windows, days)
    if span.basis not in DAY_BASES:
        due = work.add(start, span.amount, pauses)
        warn = _share(work, start, span.amount, span, pauses)
        return Counted(due, warn, _unconfirmed(span.basis, start, due, days))
    # Only the day counts; whole minutes make the opening hours of the span add up.
    start = start.astimezone(SHANGHAI).replace(second=0, microsecond=0)
    end = _unpaused_end(span, start, windows, work)
    minutes = work.elapsed(start, end)
    due = work.add(start, minutes, pauses)
    decides_from = start
    if span.basis == Basis.CALENDAR_DAYS:
        decides_from = due - timedelta(microseconds=1)
        due = _rolled(due, windows, days)
    warn = _share(work, start, minutes, span, pauses)
    return Counted(due, warn, _unconfirmed(span.basis, decides_from, due, days))


def closing(day: date, windows: Sequence[Window]) -> datetime:
    """The end of the last opening hours of a day; of a place that never closes, midnight."""
    closes = max((_end_of_day if end == time.min else end for _opens, end in windows), default=_end_of_day)
    if closes == _end_of_day:
        return datetime.combine(day + DAY, time.min, SHANGHAI)
    return datetime.combine(day, closes, SHANGHAI)


_end_of_day = time.max


def _every_day(_day: date) -> bool:
    return True


def _unpaused_end(span: Span, start: datetime, windows: Sequence[Window], work: WorkCalendar) -> datetime:
    first = start.date()
    if span.basis == Basis.WORKING_DAYS:
        return closing(work.nth_working_day(first, span.amount), windows)
    return closing(first + span.amount * DAY, windows)


def _rolled(due: datetime, windows: Sequence[Window], days: Days) -> datetime:
    """The same instant on a working day, else the closing time of the next one (Civil Code, article 203)."""
    last = (due - timedelta(microseconds=1)).date()
    day = last
    while not days.is_working_day(day):
        day += DAY
    return due if day == last else closing(day, windows)


def _share(
    work: WorkCalendar, start: datetime, minutes: int, span: Span, pauses: Sequence[Pause]
) -> datetime | None:
    if not span.warn_percent:
        return None
    return work.add(start, minutes * span.warn_percent // PERCENT, pauses)


def _unconfirmed(basis: Basis, start: datetime, due: datetime, days: Days) -> tuple[date, ...]:
    """Days between two instants without an official notice, where it matters which days are worked."""
    if basis in (Basis.NATURAL, Basis.OPENING_HOURS_DAILY):
        return ()
    first = start.astimezone(SHANGHAI).date()
    last = (due.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()
    span = (first + DAY * number for number in range((last - first).days + 1))
    return tuple(day for day in span if not days.is_confirmed(day))
