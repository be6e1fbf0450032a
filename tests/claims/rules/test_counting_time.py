"""Spans of every basis through the rule, whatever the pauses. The vectors run through a claim elsewhere."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.lib.worktime import SHANGHAI
from claims.rules.clocks import Basis
from claims.rules.counting_time import Span, closing, count, work_calendar
from tests import golden
from tests.property import cases

FILE = Path(__file__).parents[3] / "stations" / "data" / "cn_workdays_2023_2026.csv"
with FILE.open(encoding="utf-8", newline="") as file:
    WORKED = {date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in csv.DictReader(file)}
SLOTS = ((time(8, 30), time(12)), (time(14), time(18)))
B = Basis


class Calendar:
    """The official days of 2023 to 2026; afterwards weekends, which nobody has confirmed."""

    def is_working_day(self, day):
        return WORKED.get(day, day.weekday() < 5)

    def is_confirmed(self, day):
        return day in WORKED


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def counted(amount, basis, start, pauses=(), windows=SLOTS, warn=0):
    return count(Span(amount, basis, warn), at(start), windows=windows, days=Calendar(), pauses=pauses)


@pytest.mark.parametrize(
    ("amount", "basis", "start", "due"),
    [
        (1440, B.NATURAL, "2026-02-14 20:00", "2026-02-15 20:00"),
        (120, B.OPENING_HOURS, "2026-03-03 11:00", "2026-03-03 15:00"),
        (120, B.OPENING_HOURS, "2026-03-06 17:00", "2026-03-09 09:30"),
        (120, B.OPENING_HOURS_DAILY, "2026-03-06 17:00", "2026-03-07 09:30"),
        (3, B.WORKING_DAYS, "2026-03-05 09:00", "2026-03-10 18:00"),
        (3, B.WORKING_DAYS, "2026-03-05 23:59", "2026-03-10 18:00"),
        (1, B.WORKING_DAYS, "2026-02-13 10:00", "2026-02-14 18:00"),  # a Saturday that is worked
        (2, B.CALENDAR_DAYS, "2026-03-05 09:00", "2026-03-09 18:00"),  # Saturday moves to Monday
        (4, B.CALENDAR_DAYS, "2026-03-05 09:00", "2026-03-09 18:00"),
    ],
)
def test_each_basis_counts_in_its_own_way(amount, basis, start, due):
    assert counted(amount, basis, start).due_at == at(due)


@pytest.mark.parametrize("row", golden.rows("calendar_day_periods"), ids=lambda row: row["id"])
def test_a_period_of_calendar_days_ends_when_its_rolled_day_closes(row):
    due = counted(int(row["calendar_days"]), B.CALENDAR_DAYS, f"{row['start_date']} 09:00").due_at

    assert due == at(f"{row['last_day_rolled']} 18:00")


@pytest.mark.parametrize(
    ("basis", "amount", "warned"),
    [
        (B.NATURAL, 1440, "2026-03-06 05:12"),
        (B.OPENING_HOURS, 300, "2026-03-05 15:00"),
        (B.WORKING_DAYS, 1, "2026-03-06 15:06"),
        (B.CALENDAR_DAYS, 1, "2026-03-06 11:24"),
    ],
)
def test_the_warning_comes_when_four_fifths_are_used_up(basis, amount, warned):
    assert counted(
        amount, basis, "2026-03-05 09:00" if amount < 1000 else "2026-03-05 10:00", warn=80
    ).warn_at == at(warned)
    assert counted(amount, basis, "2026-03-05 09:00").warn_at is None


def test_a_place_that_never_closes_ends_its_days_at_midnight():
    assert counted(1, B.WORKING_DAYS, "2026-03-05 09:00", windows=()).due_at == at("2026-03-07 00:00")
    assert counted(1, B.CALENDAR_DAYS, "2026-03-05 09:00", windows=()).due_at == at("2026-03-07 00:00")
    assert closing(date(2026, 3, 5), [(time(20), time(0))]) == at("2026-03-06 00:00")


@pytest.mark.parametrize(
    ("amount", "basis", "start", "provisional"),
    [
        (2, B.WORKING_DAYS, "2026-12-30 09:00", (date(2027, 1, 1),)),
        (600, B.OPENING_HOURS, "2026-12-31 09:00", (date(2027, 1, 1),)),
        (420, B.OPENING_HOURS, "2026-12-31 09:00", ()),
        (1440, B.NATURAL, "2026-12-31 09:00", ()),
        (900, B.OPENING_HOURS_DAILY, "2026-12-31 09:00", ()),
        (1, B.CALENDAR_DAYS, "2026-12-30 09:00", ()),
        (2, B.CALENDAR_DAYS, "2026-12-31 09:00", (date(2027, 1, 2), date(2027, 1, 3), date(2027, 1, 4))),
    ],
)
def test_days_without_a_notice_are_named_where_they_decide(amount, basis, start, provisional):
    assert counted(amount, basis, start).provisional == provisional


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 10, 1)).map(lambda each: each.replace(tzinfo=UTC))
LENGTHS = st.integers(0, 40 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
SPANS = st.sampled_from(
    [
        Span(120, B.OPENING_HOURS, 80),
        Span(2880, B.NATURAL, 80),
        Span(4320, B.OPENING_HOURS_DAILY, 80),
        Span(7, B.WORKING_DAYS, 80),
    ]
)


@cases
@given(span=SPANS, start=MOMENTS, after=LENGTHS, length=LENGTHS)
def test_a_pause_moves_the_due_time_by_what_counted_in_it(span, start, after, length):
    """In counted minutes nothing is lost and nothing is won."""
    start = start.replace(second=0, microsecond=0)
    pause = (start + after, start + after + length)
    work = work_calendar(span.basis, SLOTS, Calendar())

    without = count(span, start, windows=SLOTS, days=Calendar())
    paused = count(span, start, windows=SLOTS, days=Calendar(), pauses=[pause])

    lost = work.elapsed(max(start, pause[0]), min(pause[1], paused.due_at))
    assert work.elapsed(start, paused.due_at) == work.elapsed(start, without.due_at) + lost
    assert paused.due_at >= without.due_at
    assert paused.warn_at <= paused.due_at


def test_a_pause_over_the_weekend_adds_nothing_to_opening_hours():
    weekend = [(at("2026-03-06 18:00"), at("2026-03-09 08:30"))]

    assert counted(600, B.OPENING_HOURS, "2026-03-06 15:00", weekend) == counted(
        600, B.OPENING_HOURS, "2026-03-06 15:00"
    )
    assert counted(3, B.WORKING_DAYS, "2026-03-06 15:00", weekend) == counted(
        3, B.WORKING_DAYS, "2026-03-06 15:00"
    )
    assert counted(1440, B.NATURAL, "2026-03-06 15:00", weekend).due_at == at("2026-03-10 05:30")


def test_a_paused_period_of_calendar_days_still_ends_on_a_working_day():
    day = [(at("2026-03-05 09:00"), at("2026-03-06 09:00"))]

    assert counted(1, B.CALENDAR_DAYS, "2026-03-05 08:00", day).due_at == at("2026-03-09 18:00")
