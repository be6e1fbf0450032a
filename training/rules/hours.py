"""docs/rules/training-hours.md: hours of learning, and how many are asked for (E-05)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from aftersales.lib.months import years_after

NEW_STAFF_MINUTES = 100 * 60
"""In the first twelve months."""

YEARLY_MINUTES = 40 * 60
"""In every calendar year after that."""

MAX_ENTRY_MINUTES = 480
MAX_DAY_MINUTES = 720
"""What somebody can have learned on one day, with all that others recorded for it by hand."""

BACK_DAYS = 366
"""How long ago a day may lie that is recorded by hand."""


class HourKind(StrEnum):
    LESSON = "lesson"
    EXAM = "exam"
    CLASS = "class"
    MENTORING = "mentoring"
    PRACTICE = "practice"
    OUTSIDE = "outside"
    CORRECTION = "correction"


BY_HAND = (HourKind.MENTORING, HourKind.PRACTICE, HourKind.OUTSIDE)
"""What somebody else writes down for a learner; the other kinds follow from what the learner did here."""


@dataclass(frozen=True)
class Period:
    """A span of days, both included, and the minutes asked for in it."""

    first: date
    last: date
    minutes: int
    is_first_year: bool = False


@dataclass(frozen=True)
class Standing:
    """What somebody has learned in a period, in minutes, beside what is asked for."""

    period: Period
    learned: int

    @property
    def missing(self) -> int:
        return max(0, self.period.minutes - self.learned)

    @property
    def percent(self) -> int:
        """How much of what is asked for is done, 0 to 100, rounded down, so that 100 means all of it."""
        asked = self.period.minutes
        return 100 if not asked else min(100, max(0, self.learned) * 100 // asked)


def period_of(joined_on: date | None, today: date) -> Period:
    """The period that counts today for somebody who joined on a day (None: longer ago than is known).

    The first twelve months from the day of joining; then what is left of that calendar year, with a twelfth
    of the yearly hours for each whole month left; then calendar years.
    """
    if joined_on is not None:
        anniversary = years_after(joined_on, 1)
        if today < anniversary:
            return Period(joined_on, anniversary - timedelta(days=1), NEW_STAFF_MINUTES, is_first_year=True)
        if anniversary.year == today.year and anniversary > date(today.year, 1, 1):
            whole_months = 12 - anniversary.month + (anniversary.day == 1)
            return Period(anniversary, date(today.year, 12, 31), YEARLY_MINUTES * whole_months // 12)
    return Period(date(today.year, 1, 1), date(today.year, 12, 31), YEARLY_MINUTES)


def standing(joined_on: date | None, today: date, learned: Iterable[tuple[date, int]]) -> Standing:
    """How somebody stands today, from days and minutes of learning; those outside the period do not count."""
    period = period_of(joined_on, today)
    return Standing(period, sum(minutes for day, minutes in learned if period.first <= day <= period.last))
