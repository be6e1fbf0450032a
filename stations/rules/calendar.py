"""docs/rules/working-time.md, "Which days are worked": kinds of days, computed years, official years."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from holidays.countries import China

from aftersales.lib.errors import InvalidValue

DAY = timedelta(days=1)
SATURDAY = 5
FIRST_YEAR, LAST_YEAR = 2001, 2099
"""Years that a calendar may hold; the lunar holidays are known for no longer."""
HOLIDAYS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
"""The statutory holidays, by the names that the State Council uses, in the order of an ordinary year."""
# The package marks what is not a statutory day by its name.
SUBSTITUTE, SWAPPED, EVE = "（补假）", "休息日（", "农历除夕"


class Kind(StrEnum):
    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SWAPPED = "holiday_swapped"
    HOLIDAY_WEEKEND = "holiday_weekend"
    MAKEUP = "makeup_workday"


WORKED = frozenset({Kind.WORKDAY, Kind.MAKEUP})
ON_WEEKENDS = frozenset({Kind.WEEKEND, Kind.HOLIDAY_WEEKEND, Kind.MAKEUP})
ON_WEEKDAYS = frozenset({Kind.WORKDAY, Kind.SWAPPED})


@dataclass(frozen=True)
class DayFacts:
    """What a day is, and the holiday it belongs to or is worked for, in Chinese; "" for none."""

    kind: Kind
    holiday: str = ""

    @property
    def is_workday(self) -> bool:
        return self.kind in WORKED


@dataclass(frozen=True)
class HolidayPeriod:
    """One holiday as a notice arranges it: off from the first day to the last, worked for on weekends."""

    holiday: str
    first: date
    last: date
    makeup_days: tuple[date, ...] = ()

    def days(self) -> Iterable[date]:
        return (self.first + DAY * number for number in range((self.last - self.first).days + 1))


def is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


def fits(kind: Kind, day: date) -> bool:
    """Whether a day can be of this kind: only weekends are made up on, only weekdays are swapped."""
    return kind not in (ON_WEEKDAYS if is_weekend(day) else ON_WEEKENDS)


def plain(day: date) -> DayFacts:
    """What a day is when no holiday touches it."""
    return DayFacts(Kind.WEEKEND if is_weekend(day) else Kind.WORKDAY)


def kind_of(day: date, is_workday: bool) -> Kind:
    """The kind of a day of which only is known whether it is worked."""
    if is_workday:
        return Kind.MAKEUP if is_weekend(day) else Kind.WORKDAY
    return Kind.WEEKEND if is_weekend(day) else Kind.HOLIDAY


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + DAY * number for number in range((date(year + 1, 1, 1) - first).days)]


@lru_cache(maxsize=64)
def computed_year(year: int) -> Mapping[date, DayFacts]:
    """Every day of a year as the law alone makes it: weekends, statutory days, substitutes for those that
    fall on a weekend. Swapped days only for years whose arrangement the package `holidays` knows.

    Years outside FIRST_YEAR and LAST_YEAR have weekends only.
    """
    facts = {day: plain(day) for day in days_of(year)}
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return facts
    known = China(years=[year], language="zh_CN", expand=False)
    statutory: dict[date, str] = {}
    for day in sorted(known):
        names = known.get_list(day)
        if any(name.startswith(SWAPPED) for name in names):
            facts[day] = DayFacts(Kind.SWAPPED)
        else:
            plainly = dict.fromkeys(name.removesuffix(SUBSTITUTE).replace(EVE, "春节") for name in names)
            statutory[day] = "、".join(plainly)
            facts[day] = DayFacts(Kind.HOLIDAY, statutory[day])
    for day in known.weekend_workdays:
        if day.year == year:
            facts[day] = DayFacts(Kind.MAKEUP)
    for day, each in facts.items():
        if each.kind in (Kind.SWAPPED, Kind.MAKEUP):
            facts[day] = DayFacts(each.kind, statutory[min(statutory, key=lambda other: abs(other - day))])
    return facts


def computed(day: date) -> DayFacts:
    return computed_year(day.year)[day]


def official_days(year: int, periods: Iterable[HolidayPeriod]) -> dict[date, DayFacts]:
    """Every day of a year, and days at the end of the year before, as a notice arranges them.

    Raises InvalidValue: "no_period"; "reversed" (the last day before the first); "outside" (a day that is
    neither in the year nor in the December before); "overlap"; "makeup_weekday" (a day worked anyway);
    "makeup_off" (a make-up day inside a holiday); "statutory" (a statutory day that would be worked).
    """
    ordered = sorted(periods, key=lambda period: period.first)
    if not ordered:
        raise InvalidValue("no_period", "a notice arranges at least one holiday")
    facts = {day: plain(day) for day in days_of(year)}
    for period in ordered:
        _check_bounds(year, period)
        for day in period.days():
            facts[day] = _off(day, period.holiday)
    for earlier, later in pairwise(ordered):
        if later.first <= earlier.last:
            raise InvalidValue("overlap", "two holidays share a day")
    for period in ordered:
        for day in period.makeup_days:
            if not is_weekend(day):
                raise InvalidValue("makeup_weekday", "a make-up day is no weekend day")
            if facts.get(day, plain(day)).kind != Kind.WEEKEND:
                raise InvalidValue("makeup_off", "a make-up day lies inside a holiday or is named twice")
            facts[day] = DayFacts(Kind.MAKEUP, period.holiday)
    if any(facts[day].is_workday for day in statutory_days(year)):
        raise InvalidValue("statutory", "a statutory day would be worked")
    return facts


def statutory_days(year: int) -> list[date]:
    """The days off that the law itself names, without their substitutes."""
    known = China(years=[year], language="zh_CN", expand=False)
    return [
        day
        for day in sorted(known)
        if any(not name.endswith(SUBSTITUTE) and not name.startswith(SWAPPED) for name in known.get_list(day))
    ]


def periods_of(facts: Mapping[date, DayFacts]) -> list[HolidayPeriod]:
    """The holidays among these days, one for each run of days off that has a name, with what is worked for
    it: what a person starts from who enters a notice."""
    periods: list[HolidayPeriod] = []
    run: list[date] = []
    for day in [*sorted(facts), None]:
        if day is not None and not facts[day].is_workday and (not run or day - run[-1] == DAY):
            run.append(day)
            continue
        if name := next((facts[each].holiday for each in run if facts[each].holiday), ""):
            worked = (each for each in facts if facts[each] == DayFacts(Kind.MAKEUP, name))
            periods.append(HolidayPeriod(name, run[0], run[-1], tuple(sorted(worked))))
        run = [day] if day is not None and not facts[day].is_workday else []
    return periods


def _check_bounds(year: int, period: HolidayPeriod) -> None:
    if period.last < period.first:
        raise InvalidValue("reversed", "the last day comes before the first")
    begins, ends = date(year - 1, 12, 1), date(year, 12, 31)
    if any(not begins <= day <= ends for day in (period.first, period.last, *period.makeup_days)):
        raise InvalidValue("outside", "a day lies outside the year")


def _off(day: date, holiday: str) -> DayFacts:
    by_law = computed(day)
    if by_law.kind == Kind.HOLIDAY:
        return DayFacts(Kind.HOLIDAY, by_law.holiday)
    return DayFacts(Kind.HOLIDAY_WEEKEND if is_weekend(day) else Kind.SWAPPED, holiday)
