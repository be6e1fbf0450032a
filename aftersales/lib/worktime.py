"""docs/rules/working-time.md: add working time, count it, explain it.

Times are local: naive ones are read as Asia/Shanghai, which keeps no summer time, and give naive answers;
aware ones are turned to Asia/Shanghai and give aware answers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
NEVER = (datetime.max, datetime.max)

Window = tuple[time, time]
Pause = tuple[datetime, datetime]
Span = tuple[datetime, datetime]
Why = Literal["open", "closed", "day_off", "paused", "natural"]
Piece = tuple[datetime, datetime, Why]


@dataclass(frozen=True)
class Stretch:
    """A piece of time of one kind and its whole minutes; of open and natural ones, the minutes that count.

    A day off is a stretch of its own, so that each can be named. A pause shows only where time would have
    counted: closed hours inside a pause stay closed hours.
    """

    start: datetime
    end: datetime
    minutes: int
    why: Why

    @property
    def counts(self) -> bool:
        return self.why in ("open", "natural")


class WorkCalendar:
    """Working days and the opening windows of each of them.

    Without windows every minute of every day counts, working day or not. A window that closes at 00:00 (or
    at the last instant of the day) closes at 24:00. Raises ValueError for windows that are empty or overlap.
    """

    def __init__(self, is_working_day: Callable[[date], bool], windows: Sequence[Window] = ()) -> None:
        self.is_working_day = is_working_day
        self.windows = tuple(sorted(windows))
        self._slots = tuple((_since_midnight(opens), _closing(closes)) for opens, closes in self.windows)
        last = timedelta(0)
        for opens, closes in self._slots:
            if opens >= closes or opens < last:
                raise ValueError("windows must not be empty and must not overlap")
            last = closes

    def add(self, start: datetime, minutes: int, pauses: Iterable[Pause] = ()) -> datetime:
        """The instant at which `minutes` of working time after `start` are used up.

        The closing time itself counts as due time; nothing to add is due at once. Raises ValueError for
        negative minutes and for a pause that ends before it begins, OverflowError when no date is left.
        """
        if minutes < 0:
            raise ValueError("minutes must not be negative")
        left = timedelta(minutes=minutes)
        begin = _local(start)
        if not left:
            return _like(start, begin)
        for opens, closes in self._counting(begin, _merged(pauses)):
            if left <= closes - opens:
                return _like(start, opens + left)
            left -= closes - opens
        raise OverflowError("due time beyond the last date")

    def elapsed(self, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> int:
        """Whole minutes of working time between two instants, 0 when the end comes first."""
        spans = self._counting(_local(start), _merged(pauses), _local(end))
        return sum((closes - opens for opens, closes in spans), timedelta(0)) // MINUTE

    def nth_working_day(self, start_date: date, n: int) -> date:
        """The n-th working day after a day, which itself does not count; the day itself for n = 0.

        Raises ValueError for a negative n. Source: Civil Code, article 201.
        """
        if n < 0:
            raise ValueError("n must not be negative")
        day = start_date
        for _count in range(n):
            day = self.roll(day + DAY)
        return day

    def roll(self, day: date) -> date:
        """The first working day on or after a day. Source: Civil Code, article 203."""
        while not self.is_working_day(day):
            day += DAY
        return day

    def explain(self, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> list[Stretch]:
        """What each minute between two instants was, without a gap; empty when the end comes first.

        The minutes of the stretches that count add up to `elapsed`.
        """
        begin, stop = _local(start), _local(end)
        merged = _merged(pauses)
        told: list[Stretch] = []
        counted = timedelta(0)
        for opens, closes, why in self._kinds(begin, stop, merged):
            minutes = (closes - opens) // MINUTE
            if why in ("open", "natural"):
                minutes = (counted + (closes - opens)) // MINUTE - counted // MINUTE
                counted += closes - opens
            told.append(Stretch(_like(start, opens), _like(start, closes), minutes, why))
        return told

    def _open(self, begin: datetime, stop: datetime = datetime.max) -> Iterator[Span]:
        """Opening hours between two instants; no day after the last is looked at."""
        if not self._slots:
            if begin < stop:
                yield begin, stop
            return
        day, last = begin.date(), stop.date()
        while day <= last:
            if self.is_working_day(day):
                midnight = datetime.combine(day, time.min)
                for slot_opens, slot_closes in self._slots:
                    opens, closes = max(midnight + slot_opens, begin), min(midnight + slot_closes, stop)
                    if opens < closes:
                        yield opens, closes
            day += DAY

    def _counting(
        self, begin: datetime, pauses: Sequence[Span], stop: datetime = datetime.max
    ) -> Iterator[Span]:
        """Opening hours between two instants, less the pauses."""
        pending = iter(pauses)
        pause = next(pending, None)
        for opens, closes in self._open(begin, stop):
            while pause and pause[0] < closes:
                if opens < pause[0]:
                    yield opens, pause[0]
                opens = max(opens, pause[1])
                if pause[1] > closes:
                    break
                pause = next(pending, None)
            if opens < closes:
                yield opens, closes

    def _kinds(self, begin: datetime, stop: datetime, pauses: Sequence[Span]) -> Iterator[Piece]:
        """Everything between two instants, in order."""
        reached = begin
        counting = self._counting(begin, pauses, stop)
        runs = next(counting, NEVER)
        for opens, closes in self._open(begin, stop):
            yield from self._shut(reached, opens)
            reached = opens
            while reached < closes:
                if runs[0] > reached:
                    until = min(runs[0], closes)
                    yield reached, until, "paused"
                else:
                    until = runs[1]
                    yield reached, until, "open" if self._slots else "natural"
                    runs = next(counting, NEVER)
                reached = until
        yield from self._shut(reached, stop)

    def _shut(self, begin: datetime, stop: datetime) -> Iterator[Piece]:
        """The time between two openings: closed hours in one piece, days off one by one."""
        closed_from = reached = begin
        while reached < stop:
            midnight = datetime.combine(reached.date() + DAY, time.min)
            until = min(midnight, stop)
            if not self.is_working_day(reached.date()):
                if closed_from < reached:
                    yield closed_from, reached, "closed"
                yield reached, until, "day_off"
                closed_from = until
            reached = until
        if closed_from < stop:
            yield closed_from, stop, "closed"


def _since_midnight(moment: time) -> timedelta:
    return datetime.combine(date.min, moment.replace(tzinfo=None)) - datetime.min


def _closing(moment: time) -> timedelta:
    return DAY if moment in (time.min, time.max) else _since_midnight(moment)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI).replace(tzinfo=None) if moment.tzinfo else moment


def _like(given: datetime, local: datetime) -> datetime:
    return local.replace(tzinfo=SHANGHAI) if given.tzinfo else local


def _merged(pauses: Iterable[Pause]) -> list[Span]:
    """Pauses in order; those that touch or overlap are one, those without length are none."""
    merged: list[Span] = []
    for begin, stop in sorted((_local(begin), _local(stop)) for begin, stop in pauses):
        if stop < begin:
            raise ValueError("a pause must not end before it begins")
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        elif begin < stop:
            merged.append((begin, stop))
    return merged
