"""Days, months and years of the calendar. A month is its first day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from aftersales.lib.errors import InvalidValue
from aftersales.lib.worktime import SHANGHAI


def start_of(day: date) -> datetime:
    """The moment at which a day begins in China."""
    return datetime.combine(day, time(), SHANGHAI)


def month_of(day: date) -> date:
    """The first day of the month in which a day lies."""
    return day.replace(day=1)


def months_from(month: date, number: int) -> date:
    """The first day of the month so many months later, or earlier with a negative number."""
    place = month.year * 12 + month.month - 1 + number
    return date(place // 12, place % 12 + 1, 1)


def last_day_of(month: date) -> date:
    """The last day of the month in which a day lies."""
    return months_from(month, 1) - timedelta(days=1)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 1 March for 29 February where that year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def read_month(text: str) -> date:
    """A month as it is written in an address, 2026-11. Raises InvalidValue("month_malformed")."""
    year, dash, month = text.partition("-")
    digits = year + month
    well_formed = dash and len(year) == 4 and len(month) == 2 and digits.isascii() and digits.isdecimal()
    if not well_formed or not 1 <= int(month) <= 12 or int(year) < 2000:
        raise InvalidValue("month_malformed", "not a month")
    return date(int(year), int(month), 1)
