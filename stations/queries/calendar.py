"""Reading the calendar: which days are worked and how sure that is, and when a station is open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from stations.models import OpeningHours, Station, WorkCalendarDay
from stations.rules.calendar import DayFacts, Kind, computed, days_of
from stations.rules.opening import Slot, opening_slots

DEFAULT_HOURS = (time(8, 30), time(12), time(14), time(18))
"""The programme's first opening hours: opens, closes at noon, opens after noon, closes."""
DECEMBER = 12
HOLIDAY_NAMES = {
    "元旦": _("New Year"),
    "春节": _("Spring Festival"),
    "清明节": _("Tomb-Sweeping Day"),
    "劳动节": _("Labour Day"),
    "端午节": _("Dragon Boat Festival"),
    "中秋节": _("Mid-Autumn Festival"),
    "国庆节": _("National Day"),
}


class DayBook:
    """The calendar between two days, in one query; a day outside them is looked up with its whole year.

    A day without a row counts as the law alone makes it and is not confirmed.
    """

    def __init__(self, first: date, last: date) -> None:
        self._facts: dict[date, DayFacts] = {}
        self._confirmed: set[date] = set()
        self._spans: list[tuple[date, date]] = []
        self._read(first, last)

    def is_working_day(self, day: date) -> bool:
        return self.facts(day).is_workday

    def is_confirmed(self, day: date) -> bool:
        """Whether an official notice says what this day is."""
        self._reach(day)
        return day in self._confirmed

    def kind(self, day: date) -> Kind:
        return self.facts(day).kind

    def name(self, day: date) -> str:
        """The holiday a day belongs to, or is worked for, in the reader's language; "" for none."""
        return holiday_label(self.facts(day).holiday)

    def facts(self, day: date) -> DayFacts:
        self._reach(day)
        return self._facts.get(day) or computed(day)

    def _reach(self, day: date) -> None:
        if not any(first <= day <= last for first, last in self._spans):
            self._read(date(day.year, 1, 1), date(day.year, 12, 31))

    def _read(self, first: date, last: date) -> None:
        rows = WorkCalendarDay.objects.filter(date__range=(first, last))
        for day, kind, holiday, is_confirmed in rows.values_list(
            "date", "kind", "holiday_name", "is_confirmed"
        ):
            self._facts[day] = DayFacts(Kind(kind), holiday)
            if is_confirmed:
                self._confirmed.add(day)
        self._spans.append((first, last))


def calendar_between(first: date, last: date) -> DayBook:
    """The calendar from one day to another, both included."""
    return DayBook(first, last)


def holiday_label(names: str) -> str:
    """Holidays by their Chinese names, separated by 、, in the reader's language; others as they are."""
    return "、".join(str(HOLIDAY_NAMES.get(each, each)) for each in names.split("、"))


def unconfirmed_years(years: Iterable[int]) -> list[int]:
    """Those of the years of which not every day is confirmed by a notice."""
    wanted = sorted(years)
    in_year = {
        f"in_{year}": Count("pk", filter=Q(date__range=(date(year, 1, 1), date(year, 12, 31))))
        for year in wanted
    }
    confirmed = WorkCalendarDay.objects.filter(is_confirmed=True).aggregate(**in_year)
    return [year for year in wanted if confirmed[f"in_{year}"] < len(days_of(year))]


def years_to_confirm(today: date) -> list[int]:
    """Years that need an official notice now: the current one, and from December on the next."""
    return unconfirmed_years({today.year} | ({today.year + 1} if today.month == DECEMBER else set()))


def opening_windows(station: Station, *, on: date) -> tuple[Slot, ...]:
    """When a station is open on a working day: its own hours, else those of the station above it, and so
    on; else its county's hours, else the programme's, as they are on that day. Never empty."""
    here: Station | None = station
    while here is not None:
        own = opening_slots(here.opens_at, here.noon_closes_at, here.noon_opens_at, here.closes_at)
        if own:
            return own
        here = here.parent
    return opening_windows_of_county(station.county_code, on=on)


def opening_windows_of_county(county_code: str, *, on: date) -> tuple[Slot, ...]:
    """When the stations of a county are open that name no hours of their own; "" for the programme."""
    hours = hours_in_force(county_code, on=on)
    return opening_slots(
        *(
            (hours.opens_at, hours.noon_closes_at, hours.noon_opens_at, hours.closes_at)
            if hours
            else DEFAULT_HOURS
        )
    )


def hours_in_force(county_code: str, *, on: date) -> OpeningHours | None:
    """The opening hours that count in a county on a day: its own, else the programme's."""
    rows = OpeningHours.objects.filter(county_code__in={county_code, ""}, valid_from__lte=on)
    return rows.order_by("-county_code", "-valid_from").first()


class HoursBook:
    """The opening hours of any number of places on one day, in one query: what `opening_windows` says."""

    def __init__(self, county_codes: Iterable[str], *, on: date) -> None:
        wanted = {*county_codes, ""}
        rows = OpeningHours.objects.filter(county_code__in=wanted, valid_from__lte=on).order_by("valid_from")
        self._of_county: dict[str, tuple[Slot, ...]] = {
            row.county_code: opening_slots(row.opens_at, row.noon_closes_at, row.noon_opens_at, row.closes_at)
            for row in rows
        }

    def windows(self, station: Station | None, county_code: str) -> tuple[Slot, ...]:
        """The hours of a station, or without one of its county; read the station with its parents."""
        here = station
        while here is not None:
            own = opening_slots(here.opens_at, here.noon_closes_at, here.noon_opens_at, here.closes_at)
            if own:
                return own
            here = here.parent
        of_programme = self._of_county.get("") or opening_slots(*DEFAULT_HOURS)
        return self._of_county.get(county_code) or of_programme
