"""When the clocks of many drawn claims are due: what claims.rules.counting_time says, from tables."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple

from aftersales.lib.worktime import SHANGHAI, Window
from claims.models import ClockPolicy, ClockRule
from claims.queries.clock_policies import Allowances, allowances_of
from claims.queries.clocks import due_of
from claims.rules.clocks import Basis, Clock
from stations.models import Station
from stations.queries.calendar import DayBook, calendar_between, opening_windows

MINUTE = 60
Windows = tuple[Window, ...]
BEFORE, AFTER = timedelta(days=370), timedelta(days=60)


class Due(NamedTuple):
    """When a clock warns and is due, in seconds since 1970, and whether that is provisional."""

    warn_at: int
    due_at: int
    is_provisional: int


class OpeningHours:
    """The opening hours of a year and some weeks, ready to look up when so much of them is over."""

    def __init__(self, windows: Windows, *, book: DayBook, first: date, last: date):
        self.starts: list[int] = []
        self.before: list[int] = []
        self.unconfirmed: list[int] = []
        passed = 0
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if not book.is_confirmed(day):
                self.unconfirmed.append(_instant(day, time.min))
            if not book.is_working_day(day):
                continue
            for opens, closes in windows:
                self.starts.append(_instant(day, opens))
                self.before.append(passed)
                passed += _instant(day, closes) - _instant(day, opens)
        self.ends = [
            start + after - before
            for start, before, after in zip(self.starts, self.before, [*self.before[1:], passed], strict=True)
        ]

    def add(self, start: int, seconds: int) -> int:
        """The instant at which so many seconds of opening hours are over; a closing time counts."""
        here = bisect_right(self.starts, start) - 1
        used = 0 if here < 0 else self.before[here] + min(start, self.ends[here]) - self.starts[here]
        there = bisect_left(self.before, used + seconds) - 1
        return self.starts[there] + used + seconds - self.before[there]

    def is_provisional(self, start: int, due: int) -> bool:
        """Whether a day between the two has no official notice."""
        day = _instant(datetime.fromtimestamp(start, SHANGHAI).date(), time.min)
        return bisect_left(self.unconfirmed, day) < bisect_left(self.unconfirmed, due)


class Timing:
    """The programme's promises for drawn claims, at the stations they are filed at."""

    def __init__(self, *, now: datetime):
        self.now = now
        first, last = (now - BEFORE).date(), (now + AFTER).date()
        self.book = calendar_between(first, last)
        policy = ClockPolicy.objects.filter(kind="service", county_code="").earliest("id")
        self.allowances: Allowances = allowances_of([policy.pk])[policy.pk]
        self.hours = cache(lambda windows: OpeningHours(windows, book=self.book, first=first, last=last))

    def rule(self, clock: Clock, goods_type: str, nature: str, severity: str) -> ClockRule:
        found = self.allowances.rule(clock, goods_type=goods_type, nature=nature, severity=severity)
        if found is None or found.basis not in (Basis.NATURAL, Basis.OPENING_HOURS):
            raise ValueError(f"the programme does not time {clock} in minutes")
        return found

    def windows(self, station: Station) -> Windows:
        return opening_windows(station, on=self.now.date())

    def due(self, rule: ClockRule, windows: Windows, start: int, pause: tuple[int, int] | None = None) -> Due:
        """When a clock of this rule is due that started at an instant and stood still once at most."""
        if pause is not None:
            return self._paused(rule, windows, start, pause)
        seconds = rule.amount * MINUTE
        share = rule.amount * rule.warn_percent // 100 * MINUTE
        if rule.basis == Basis.NATURAL:
            return Due(start + share, start + seconds, 0)
        hours = self.hours(windows)
        due = hours.add(start, seconds)
        return Due(hours.add(start, share), due, int(hours.is_provisional(start, due)))

    def _paused(self, rule: ClockRule, windows: Windows, start: int, pause: tuple[int, int]) -> Due:
        begin, stop = (datetime.fromtimestamp(moment, UTC) for moment in pause)
        counted = due_of(
            rule, datetime.fromtimestamp(start, UTC), windows=windows, days=self.book, stops=[(begin, stop)]
        )
        warn_at, due_at = int(counted.warn_at.timestamp()), int(counted.due_at.timestamp())
        return Due(warn_at, due_at, int(bool(counted.provisional)))


def written(windows: Windows) -> str:
    """Opening hours as a clock keeps them."""
    return json.dumps([[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in windows])


def _instant(day: date, moment: time) -> int:
    return int(datetime.combine(day, moment, SHANGHAI).timestamp())
