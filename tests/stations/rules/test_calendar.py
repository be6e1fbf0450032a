import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from aftersales.lib.errors import InvalidValue
from stations.rules.calendar import (
    DayFacts,
    HolidayPeriod,
    Kind,
    computed,
    computed_year,
    fits,
    official_days,
    periods_of,
)

DATA = Path(__file__).parents[3] / "stations" / "data" / "cn_workdays_2023_2026.csv"
with DATA.open(encoding="utf-8", newline="") as file:
    OFFICIAL = {
        date.fromisoformat(row["date"]): DayFacts(Kind(row["kind"]), row["holiday_zh"])
        for row in csv.DictReader(file)
    }
SPRING_2027 = HolidayPeriod(
    "春节", date(2027, 2, 5), date(2027, 2, 11), (date(2027, 1, 30), date(2027, 2, 20))
)
REST_2027 = (
    HolidayPeriod("元旦", date(2027, 1, 1), date(2027, 1, 3)),
    HolidayPeriod("清明节", date(2027, 4, 3), date(2027, 4, 5)),
    HolidayPeriod("劳动节", date(2027, 5, 1), date(2027, 5, 5), (date(2027, 5, 8),)),
    HolidayPeriod("端午节", date(2027, 6, 9), date(2027, 6, 9)),
    HolidayPeriod("中秋节", date(2027, 9, 15), date(2027, 9, 15)),
    HolidayPeriod("国庆节", date(2027, 10, 1), date(2027, 10, 7), (date(2027, 9, 26), date(2027, 10, 9))),
)


def of_year(year):
    return {day: facts for day, facts in OFFICIAL.items() if day.year == year}


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_a_computed_year_works_the_days_of_the_official_one(year):
    computed_days = {day: facts.is_workday for day, facts in computed_year(year).items()}

    assert computed_days == {day: facts.is_workday for day, facts in of_year(year).items()}


def test_a_year_without_notice_has_statutory_days_and_substitutes_but_no_swaps():
    kinds = Counter(facts.kind for facts in computed_year(2027).values())
    off = [str(day) for day, facts in computed_year(2027).items() if facts.kind == Kind.HOLIDAY]

    assert kinds == {Kind.WORKDAY: 248, Kind.WEEKEND: 98, Kind.HOLIDAY: 19}
    assert off[:7] == [
        "2027-01-01",
        "2027-02-05",
        "2027-02-06",
        "2027-02-07",
        "2027-02-08",
        "2027-02-09",
        "2027-02-10",
    ]
    assert computed(date(2027, 2, 5)) == DayFacts(Kind.HOLIDAY, "春节")
    assert computed(date(2027, 2, 10)) == DayFacts(Kind.HOLIDAY, "春节")


def test_a_far_year_has_weekends_only():
    assert {facts.kind for facts in computed_year(2150).values()} == {Kind.WORKDAY, Kind.WEEKEND}


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_the_notice_of_a_year_gives_its_official_days(year):
    days = official_days(year, periods_of(of_year(year)))

    kinds = {day: (facts.kind, of_year(year)[day].kind) for day, facts in days.items()}
    # Whether a weekend beside a holiday belongs to it differs from notice to notice; it is off either way.
    assert {pair for pair in kinds.values() if pair[0] != pair[1]} <= {(Kind.HOLIDAY_WEEKEND, Kind.WEEKEND)}


def test_a_notice_may_give_days_off_in_the_december_before():
    new_year = HolidayPeriod("元旦", date(2026, 12, 31), date(2027, 1, 3))

    days = official_days(2027, [new_year, SPRING_2027, *REST_2027[1:]])

    assert days[date(2026, 12, 31)] == DayFacts(Kind.SWAPPED, "元旦")
    assert len(days) == 366


def test_a_notice_names_each_day():
    days = official_days(2027, [SPRING_2027, *REST_2027])

    assert [
        (str(day), facts.kind.value, facts.holiday)
        for day, facts in days.items()
        if (day.month, facts.holiday) in ((1, "春节"), (2, "春节"))
    ] == [
        ("2027-01-30", "makeup_workday", "春节"),
        ("2027-02-05", "holiday", "春节"),
        ("2027-02-06", "holiday", "春节"),
        ("2027-02-07", "holiday", "春节"),
        ("2027-02-08", "holiday", "春节"),
        ("2027-02-09", "holiday", "春节"),
        ("2027-02-10", "holiday", "春节"),
        ("2027-02-11", "holiday_swapped", "春节"),
        ("2027-02-20", "makeup_workday", "春节"),
    ]
    assert days[date(2027, 1, 2)] == DayFacts(Kind.HOLIDAY_WEEKEND, "元旦")
    assert len(days) == 365


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (HolidayPeriod("春节", date(2027, 2, 11), date(2027, 2, 5)), "reversed"),
        (HolidayPeriod("春节", date(2027, 2, 5), date(2027, 4, 3)), "overlap"),
        (HolidayPeriod("春节", date(2026, 11, 30), date(2027, 2, 11)), "outside"),
        (HolidayPeriod("春节", date(2027, 2, 5), date(2027, 2, 11), (date(2028, 1, 1),)), "outside"),
        (HolidayPeriod("春节", date(2027, 2, 5), date(2027, 2, 11), (date(2027, 1, 29),)), "makeup_weekday"),
        (HolidayPeriod("春节", date(2027, 2, 5), date(2027, 2, 11), (date(2027, 2, 6),)), "makeup_off"),
        (HolidayPeriod("春节", date(2027, 2, 5), date(2027, 2, 11), (date(2027, 5, 8),)), "makeup_off"),
        (HolidayPeriod("春节", date(2027, 2, 6), date(2027, 2, 11)), "statutory"),
    ],
)
def test_a_notice_that_cannot_be_is_refused(changed, code):
    with pytest.raises(InvalidValue) as refused:
        official_days(2027, [changed, *REST_2027])

    assert refused.value.code == code


def test_a_notice_arranges_something():
    with pytest.raises(InvalidValue) as refused:
        official_days(2027, [])

    assert refused.value.code == "no_period"


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (date(2027, 2, 5), {Kind.WORKDAY, Kind.HOLIDAY, Kind.SWAPPED}),
        (date(2027, 2, 6), {Kind.WEEKEND, Kind.HOLIDAY, Kind.HOLIDAY_WEEKEND, Kind.MAKEUP}),
    ],
)
def test_kinds_fit_the_day_of_the_week(day, kinds):
    assert {kind for kind in Kind if fits(kind, day)} == kinds
