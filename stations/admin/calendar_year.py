"""A year of the working calendar as it is drawn: twelve months of weeks that begin on Monday.

What a day is shows in its mark and its words; the colour only repeats it.
"""

from calendar import Calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stations.models.calendar import DayKind
from stations.queries.calendar import DayBook
from stations.rules.calendar import Kind, days_of

PLAIN = (Kind.WORKDAY, Kind.WEEKEND)
WEEKS = Calendar(firstweekday=0)


@dataclass(frozen=True)
class Cell:
    """One day: its number, its mark, what it is in words, how it looks, and where it can be changed."""

    number: int
    mark: str
    words: str
    looks: str
    url: str
    is_today: bool


@dataclass(frozen=True)
class Run:
    """Days in a row of one holiday and one mark: "1–3", 元旦."""

    days: str
    mark: str
    name: str
    looks: str


@dataclass(frozen=True)
class Month:
    number: int
    name: str
    weeks: tuple[tuple[Cell | None, ...], ...]
    runs: tuple[Run, ...]


def weekdays() -> list[tuple[str, str]]:
    """Heading and full name of each day of the week, Monday first."""
    letters = pgettext("first letters of Monday to Sunday, with blanks", "M T W T F S S").split()
    return [(letter, str(WEEKDAYS[number])) for number, letter in enumerate(letters)]


def months_of(year: int, book: DayBook, *, today: date, url_of: Callable[[date], str]) -> list[Month]:
    """The months of a year; `url_of` gives the page where a day is changed, or ""."""
    return [
        Month(
            number=number,
            name=str(MONTHS[number]),
            weeks=tuple(
                tuple(_cell(day, book, today, url_of) if day.month == number else None for day in week)
                for week in WEEKS.monthdatescalendar(year, number)
            ),
            runs=tuple(_runs([day for day in days_of(year) if day.month == number], book)),
        )
        for number in range(1, 13)
    ]


def figures_of(year: int, book: DayBook) -> dict[str, int]:
    """How many days of a year are worked, how many of them at weekends, and how many weekdays are off."""
    days = days_of(year)
    return {
        "worked": sum(book.is_working_day(day) for day in days),
        "makeup": sum(book.kind(day) == Kind.MAKEUP for day in days),
        "off": sum(not book.is_working_day(day) and day.weekday() < 5 for day in days),
    }


def mark_of(kind: Kind) -> str:
    """The sign in the corner of a day: worked at a weekend, or off for a holiday."""
    if kind in PLAIN:
        return ""
    return pgettext("mark of a day", "W") if kind == Kind.MAKEUP else pgettext("mark of a day", "H")


def _cell(day: date, book: DayBook, today: date, url_of: Callable[[date], str]) -> Cell:
    kind, is_sure = book.kind(day), book.is_confirmed(day)
    words = [day.isoformat(), str(WEEKDAYS[day.weekday()]), str(DayKind(kind).label), book.name(day)]
    if not is_sure:
        words.append(_("provisional"))
    return Cell(
        number=day.day,
        mark=mark_of(kind),
        words=" · ".join(filter(None, words)),
        looks=_looks(kind) + ("" if is_sure else " unsure"),
        url=url_of(day),
        is_today=day == today,
    )


def _looks(kind: Kind) -> str:
    return {Kind.WORKDAY: "worked", Kind.WEEKEND: "weekend", Kind.MAKEUP: "makeup"}.get(kind, "off")


def _runs(days: list[date], book: DayBook) -> Iterator[Run]:
    def what(day: date) -> tuple[str, Kind | None]:
        kind = book.kind(day)
        return (
            (book.name(day), Kind.MAKEUP if kind == Kind.MAKEUP else None)
            if kind not in PLAIN
            else ("", None)
        )

    for (name, kind), group in groupby(days, key=what):
        here = list(group)
        if name or kind:
            first, last = here[0].day, here[-1].day
            is_makeup = kind == Kind.MAKEUP
            yield Run(
                days=str(first) if first == last else f"{first}–{last}",
                mark=mark_of(Kind.MAKEUP if is_makeup else Kind.HOLIDAY),
                name=name,
                looks="makeup" if is_makeup else "off",
            )
