"""docs/rules/figures.md: days, months, quarters and years of figures, all by the calendar of Shanghai."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from aftersales.lib.errors import InvalidValue

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTH = re.compile(r"(\d{4})-(\d{2})")
QUARTER = re.compile(r"(\d{4})-Q([1-4])")
YEAR = re.compile(r"(\d{4})")
FIRST_YEAR, LAST_YEAR = 2000, 2100


class PeriodKind(StrEnum):
    """How long a period lasts."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


MONTHS_IN = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


class PeriodError(InvalidValue):
    """A name that stands for no period. Code: "period"."""


@dataclass(frozen=True, order=True)
class Period:
    """A day, a month, a quarter or a year; `first` is its first day."""

    first: date
    kind: PeriodKind

    @classmethod
    def of(cls, day: date, kind: PeriodKind) -> Period:
        """The period of a kind in which a day lies."""
        if kind == PeriodKind.DAY:
            return cls(day, kind)
        months = MONTHS_IN[kind]
        return cls(date(day.year, (day.month - 1) // months * months + 1, 1), kind)

    @classmethod
    def named(cls, name: str) -> Period:
        """The period that 2026-11-22, 2026-11, 2026-Q4 or 2026 names; else raises PeriodError."""
        try:
            period = cls._named(name)
        except ValueError:
            period = None
        if period is None or not FIRST_YEAR <= period.first.year <= LAST_YEAR:
            raise PeriodError("period", f"{name!r} is no day, month, quarter or year")
        return period

    @classmethod
    def _named(cls, name: str) -> Period | None:
        if not name.isascii():
            return None
        if found := MONTH.fullmatch(name):
            return cls(date(int(found[1]), int(found[2]), 1), PeriodKind.MONTH)
        if found := QUARTER.fullmatch(name):
            return cls(date(int(found[1]), int(found[2]) * 3 - 2, 1), PeriodKind.QUARTER)
        if found := YEAR.fullmatch(name):
            return cls(date(int(found[1]), 1, 1), PeriodKind.YEAR)
        return cls(date.fromisoformat(name), PeriodKind.DAY) if len(name) == len("2026-11-22") else None

    @property
    def name(self) -> str:
        """2026-11-22, 2026-11, 2026-Q4 or 2026."""
        year, month = self.first.year, self.first.month
        return {
            PeriodKind.DAY: self.first.isoformat(),
            PeriodKind.MONTH: f"{year:04}-{month:02}",
            PeriodKind.QUARTER: f"{year:04}-Q{(month + 2) // 3}",
            PeriodKind.YEAR: f"{year:04}",
        }[self.kind]

    @property
    def following(self) -> Period:
        return Period.of(self.last + timedelta(days=1), self.kind)

    @property
    def previous(self) -> Period:
        return Period.of(self.first - timedelta(days=1), self.kind)

    @property
    def a_year_before(self) -> Period:
        """The same period of the year before; of 29 February the 28th."""
        day = self.first
        if (day.month, day.day) == (2, 29):
            day = day.replace(day=28)
        return Period(day.replace(year=day.year - 1), self.kind)

    @property
    def last(self) -> date:
        """The last day of the period."""
        if self.kind == PeriodKind.DAY:
            return self.first
        months = self.first.month - 1 + MONTHS_IN[self.kind]
        return date(self.first.year + months // 12, months % 12 + 1, 1) - timedelta(days=1)

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.first, time.min, SHANGHAI)

    @property
    def ends_at(self) -> datetime:
        """The first instant after the period."""
        return datetime.combine(self.last + timedelta(days=1), time.min, SHANGHAI)

    def months(self) -> tuple[Period, ...]:
        """The months of the period, oldest first; the month of a day."""
        months = [Period.of(self.first, PeriodKind.MONTH)]
        while months[-1].last < self.last:
            months.append(months[-1].following)
        return tuple(months)

    def back(self, count: int) -> tuple[Period, ...]:
        """`count` periods of this kind that end with this one, oldest first."""
        periods = [self]
        while len(periods) < count:
            periods.append(periods[-1].previous)
        return tuple(reversed(periods))

    def is_over(self, today: date) -> bool:
        return self.last < today
