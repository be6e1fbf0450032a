"""What counted and what did not, in words, for days of every kind."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils.translation import override

from aftersales.lib.worktime import SHANGHAI
from claims.queries.clocks import CountedDay
from claims.rules import counting_time
from claims.rules.clocks import Basis
from claims.views.explaining import Line, Standstill, day_groups, hour_groups, natural_lines
from stations.rules.calendar import DayFacts, Kind, computed, plain

WINDOWS = ((time(8, 30), time(12)), (time(14), time(18)))
OFFICIAL = {
    date(2026, 2, 14): DayFacts(Kind.MAKEUP, "春节"),
    date(2026, 2, 15): DayFacts(Kind.HOLIDAY_WEEKEND, "春节"),
    date(2026, 2, 20): DayFacts(Kind.SWAPPED, "春节"),
    date(2026, 2, 21): DayFacts(Kind.HOLIDAY_WEEKEND, "春节"),
    date(2026, 2, 22): DayFacts(Kind.HOLIDAY_WEEKEND, "春节"),
    date(2026, 2, 23): DayFacts(Kind.SWAPPED, "春节"),
}


class Calendar:
    """2026 as the notice has it where it matters here; 2027 without a notice."""

    def facts(self, day):
        if day in OFFICIAL or day.year != 2026:
            return OFFICIAL.get(day) or plain(day)
        return computed(day)

    def is_working_day(self, day):
        return self.facts(day).is_workday

    def is_confirmed(self, day):
        return day.year == 2026

    def kind(self, day):
        return self.facts(day).kind

    def name(self, day):
        return self.facts(day).holiday


DAYS = Calendar()


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def told(basis, amount, start, pauses=(), reason="waiting for the consumer"):
    """Groups of a clock from its start to its due time, and that due time."""
    span = counting_time.Span(amount, basis)
    due = counting_time.count(span, start, windows=WINDOWS, days=DAYS, pauses=pauses).due_at
    work = counting_time.work_calendar(basis, WINDOWS, DAYS)
    standstills = [Standstill(*pause, reason) for pause in pauses]
    stretches = work.explain(start, due, pauses)
    return stretches, standstills, due


def groups_of(basis, amount, start, pauses=()):
    stretches, standstills, due = told(basis, amount, start, pauses)
    groups = hour_groups(
        stretches,
        windows=WINDOWS,
        standstills=standstills,
        days=DAYS,
        counts_days_off=basis == Basis.OPENING_HOURS_DAILY,
    )
    return groups, due


def counted(first, last, *, amount, counts_days_off):
    """Days from the first, which does not count, to the last, as queries.clocks tells them."""
    yield CountedDay(first, 0, "first")
    number, day = 0, first
    while day < last:
        day += timedelta(days=1)
        is_over = number == amount
        if is_over or not (counts_days_off or DAYS.is_working_day(day)):
            yield CountedDay(day, 0, "rolled" if is_over else "day_off")
        else:
            number += 1
            yield CountedDay(day, number, "counts")


def days_told(first, last, *, amount, counts_days_off):
    days = counted(first, last, amount=amount, counts_days_off=counts_days_off)
    return day_groups(days, DAYS, counts_days_off=counts_days_off)


def short(groups):
    return [(group.when, group.what, group.amount, group.total) for group in groups]


def test_a_weekend_between_friday_evening_and_monday_morning():
    groups, due = groups_of(Basis.OPENING_HOURS, 120, at(2026, 11, 20, 16, 40))

    assert due == at(2026, 11, 23, 9, 10)
    assert short(groups) == [
        ("11-20 Fri", "working day", "1 h 20 min", "1 h 20 min"),
        ("11-21 Sat", "closed on Sat", "", ""),
        ("11-22 Sun", "closed on Sun", "", ""),
        ("11-23 Mon", "working day", "40 min", "2 h"),
    ]
    assert groups[0].lines == (
        Line("16:40 – 18:00", "open", "counted", "1 h 20 min", "1 h 20 min"),
        Line("18:00 – 24:00", "after closing", "closed"),
    )
    assert groups[3].lines == (
        Line("00:00 – 08:30", "before opening", "closed"),
        Line("08:30 – 09:10", "open", "counted", "40 min", "2 h"),
    )


def test_spring_festival_with_make_up_saturdays_and_a_pause():
    pause = (at(2026, 2, 25, 9), at(2026, 2, 27, 10))

    groups, due = groups_of(Basis.OPENING_HOURS, 48 * 60, at(2026, 2, 12, 16, 40), [pause])

    assert due == at(2026, 3, 3, 11, 10)
    assert short(groups) == [
        ("02-12 Thu", "working day", "1 h 20 min", "1 h 20 min"),
        ("02-13 Fri", "working day", "7 h 30 min", "8 h 50 min"),
        ("02-14 Sat", "make-up working day for 春节", "7 h 30 min", "16 h 20 min"),
        ("02-15 Sun – 02-19 Thu", "春节, day off", "", ""),
        ("02-20 Fri", "春节, day off made up for elsewhere", "", ""),
        ("02-21 Sat – 02-22 Sun", "春节, day off", "", ""),
        ("02-23 Mon", "春节, day off made up for elsewhere", "", ""),
        ("02-24 Tue", "working day", "7 h 30 min", "23 h 50 min"),
        ("02-25 Wed", "working day", "30 min", "24 h 20 min"),
        ("02-26 Thu", "waiting for the consumer", "", "24 h 20 min"),
        ("02-27 Fri", "working day", "6 h", "30 h 20 min"),
        ("02-28 Sat", "make-up working day for 春节", "7 h 30 min", "37 h 50 min"),
        ("03-01 Sun", "closed on Sun", "", ""),
        ("03-02 Mon", "working day", "7 h 30 min", "45 h 20 min"),
        ("03-03 Tue", "working day", "2 h 40 min", "48 h"),
    ]
    assert [group.when for group in groups if group.is_open] == [
        "02-12 Thu",
        "02-25 Wed",
        "02-27 Fri",
        "03-03 Tue",
    ]
    assert [line.what for line in groups[8].lines] == [
        "open",
        "waiting for the consumer",
        "noon break",
        "waiting for the consumer",
        "after closing",
    ]


def test_days_paused_from_morning_to_evening_are_one_line():
    pause = (at(2026, 11, 24, 8), at(2026, 11, 28, 9))

    groups, _due = groups_of(Basis.OPENING_HOURS, 600, at(2026, 11, 23, 14), [pause])

    assert [(group.when, group.what, group.kind) for group in groups][1:3] == [
        ("11-24 Tue – 11-27 Fri", "waiting for the consumer", "paused"),
        ("11-28 Sat", "closed on Sat", "off"),
    ]


def test_opening_hours_of_every_day_know_no_day_off():
    groups, due = groups_of(Basis.OPENING_HOURS_DAILY, 600, at(2026, 11, 20, 16, 40))

    assert due == at(2026, 11, 22, 9, 40)
    assert short(groups) == [
        ("11-20 Fri", "every day counts", "1 h 20 min", "1 h 20 min"),
        ("11-21 Sat", "every day counts", "7 h 30 min", "8 h 50 min"),
        ("11-22 Sun", "every day counts", "1 h 10 min", "10 h"),
    ]


def test_round_the_clock_only_pauses_do_not_count():
    pause = (at(2026, 11, 20, 20), at(2026, 11, 22, 9))
    stretches, standstills, due = told(Basis.NATURAL, 24 * 60, at(2026, 11, 20, 16, 40), [pause])

    assert due == at(2026, 11, 23, 5, 40)
    assert natural_lines(stretches, standstills=standstills) == [
        Line("11-20 Fri 16:40 – 20:00", "round the clock", "counted", "3 h 20 min", "3 h 20 min"),
        Line("11-20 Fri 20:00 – 11-22 Sun 09:00", "waiting for the consumer", "paused"),
        Line("11-22 Sun 09:00 – 11-23 Mon 05:40", "round the clock", "counted", "20 h 40 min", "24 h"),
    ]


def test_working_days_begin_the_day_after_and_count_make_up_saturdays():
    groups = days_told(date(2026, 2, 12), date(2026, 2, 25), amount=4, counts_days_off=False)

    assert short(groups) == [
        ("02-12 Thu", "the first day does not count", "", ""),
        ("02-13 Fri", "working day", "1", "1"),
        ("02-14 Sat", "make-up working day for 春节", "1", "2"),
        ("02-15 Sun – 02-19 Thu", "春节, day off", "", "2"),
        ("02-20 Fri", "春节, day off made up for elsewhere", "", "2"),
        ("02-21 Sat – 02-22 Sun", "春节, day off", "", "2"),
        ("02-23 Mon", "春节, day off made up for elsewhere", "", "2"),
        ("02-24 Tue – 02-25 Wed", "working day", "2", "4"),
    ]


def test_a_period_of_calendar_days_ends_with_the_next_working_day():
    groups = days_told(date(2026, 11, 20), date(2026, 11, 30), amount=8, counts_days_off=True)

    assert short(groups) == [
        ("11-20 Fri", "the first day does not count", "", ""),
        ("11-21 Sat – 11-28 Sat", "every day counts", "8", "8"),
        ("11-29 Sun", "closed on Sun", "", "8"),
        ("11-30 Mon", "the next working day ends it", "", "8"),
    ]


def test_days_without_a_notice_are_marked_where_they_decide():
    groups = days_told(date(2026, 12, 30), date(2027, 1, 5), amount=4, counts_days_off=False)

    assert [(group.when, group.is_provisional) for group in groups] == [
        ("12-30 Wed", False),
        ("12-31 Thu", False),
        ("01-01 Fri", True),
        ("01-02 Sat", True),
        ("01-03 Sun", True),
        ("01-04 Mon – 01-05 Tue", True),
    ]
