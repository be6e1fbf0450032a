"""docs/rules/visits.md, "Windows": in which windows somebody makes visits, and what speaks against one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from aftersales.lib.errors import InvalidValue
from claims.rules.visits import MOST_SEATS, WINDOW, WINDOW_STARTS

DAY = timedelta(days=1)
EVENING = time(18)
"""Windows from here on are after hours, like all windows of a day that is not worked."""

LATEST = WINDOW / 2
"""So long before its end a window can still be taken: whoever sets out later is told the next one."""

MOST_DAYS = 31
"""The longest stretch of days for which windows are worked out at once."""

AHEAD = timedelta(days=366)
"""So far ahead somebody may say that they are away or make more visits on a day."""

MOST_AWAY = timedelta(days=92)
"""The longest stretch away that is noted at once; who is away longer has left the post."""


class Remark(StrEnum):
    """What whoever chooses a window should know before; FAR and UNKNOWN ask for a reason in words."""

    FAR = "far"
    UNKNOWN = "unknown"
    AFTER_HOURS = "after_hours"
    EXTRA = "extra"
    UNSKILLED = "unskilled"


ASKS_FOR_REASON = frozenset({Remark.FAR, Remark.UNKNOWN})


@dataclass(frozen=True)
class WeekWindow:
    """One window of somebody's week: 0 is Monday; `seats` visits are made in it."""

    weekday: int
    starts: time
    seats: int


@dataclass(frozen=True)
class DayChange:
    """What is different on one day: away all day (`starts` None), or a window with its own seats."""

    day: date
    starts: time | None = None
    seats: int = 0


@dataclass(frozen=True)
class OpenWindow:
    """A window of one day with its seats; `is_extra` when the week alone does not know it."""

    day: date
    starts: time
    seats: int
    is_extra: bool = False


def checked_week(windows: Iterable[WeekWindow]) -> list[WeekWindow]:
    """A week as it may be kept, in order. Raises InvalidValue("week_invalid") for a day, a window or a number
    of visits that does not exist, and for a window that is named twice."""
    week = sorted(windows, key=lambda each: (each.weekday, each.starts))
    known = {(each.weekday, each.starts) for each in week}
    right = all(
        each.weekday in range(7) and each.starts in WINDOW_STARTS and 1 <= each.seats <= MOST_SEATS
        for each in week
    )
    if not right or len(known) < len(week):
        raise InvalidValue("week_invalid", "a week is made of windows that exist, each once")
    return week


def days_from(first: date, days: int) -> list[date]:
    """The days of a stretch, at least one and at most MOST_DAYS."""
    return [first + DAY * number for number in range(min(max(days, 1), MOST_DAYS))]


def windows_of_person(
    week: Iterable[WeekWindow],
    changes: Iterable[DayChange],
    days: Iterable[date],
    *,
    holidays: Collection[date],
) -> list[OpenWindow]:
    """The windows in which a person makes visits, in order.

    On a public holiday the week does not count, and on a day away nothing does. A window named for one day
    counts on every other day, with its own seats in place of the week's.
    """
    of_weekday: dict[int, dict[time, int]] = {}
    for each in week:
        of_weekday.setdefault(each.weekday, {})[each.starts] = each.seats
    away, extra = set(), {}
    for change in changes:
        if change.starts is None:
            away.add(change.day)
        else:
            extra.setdefault(change.day, {})[change.starts] = change.seats
    found = []
    for day in days:
        if day in away:
            continue
        usual = {} if day in holidays else of_weekday.get(day.weekday(), {})
        merged = usual | extra.get(day, {})
        found += [OpenWindow(day, at, merged[at], is_extra=at not in usual) for at in sorted(merged)]
    return found


def windows_of_contract(
    weekdays: Collection[int],
    seats: int,
    days: Iterable[date],
    *,
    valid_from: date,
    valid_until: date,
    ended_on: date | None,
) -> list[OpenWindow]:
    """The windows a contract provides for: all of each of its weekdays, holidays too, while it is valid.

    The day on which it was ended does not count any more.
    """
    return [
        OpenWindow(day, at, seats)
        for day in days
        if day.weekday() in weekdays
        and valid_from <= day <= valid_until
        and (ended_on is None or day < ended_on)
        for at in WINDOW_STARTS
    ]


def can_be_taken(ends_at: datetime, now: datetime) -> bool:
    """Whether a window can still be taken: its second half has not begun."""
    return now <= ends_at - LATEST


def is_after_hours(starts: time, *, is_workday: bool) -> bool:
    return starts >= EVENING or not is_workday


def remarks_on(
    window: OpenWindow,
    *,
    is_workday: bool,
    distance_m: int | None,
    radius_m: int,
    asks_distance: bool,
    lacks_skill: bool,
) -> tuple[Remark, ...]:
    """What speaks against a window or makes it dearer; `radius_m` itself is still within reach."""
    known = {
        Remark.FAR: asks_distance and distance_m is not None and distance_m > radius_m,
        Remark.UNKNOWN: asks_distance and distance_m is None,
        Remark.AFTER_HOURS: is_after_hours(window.starts, is_workday=is_workday),
        Remark.EXTRA: window.is_extra,
        Remark.UNSKILLED: lacks_skill,
    }
    return tuple(remark for remark, holds in known.items() if holds)


def seats_left(seats: int, taken: Collection[int]) -> int:
    """How many more visits fit: a seat beyond the number that was taken earlier fills one as well."""
    return max(0, seats - len(taken))
