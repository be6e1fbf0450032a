import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.lib.worktime import SHANGHAI, Stretch, WorkCalendar
from tests import golden
from tests.property import cases

DAYS = Path(__file__).parents[2] / "stations" / "data" / "cn_workdays_2023_2026.csv"
with DAYS.open(encoding="utf-8", newline="") as file:
    IS_WORKDAY = {date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in csv.DictReader(file)}
CALENDARS = {"CN": IS_WORKDAY.__getitem__, "ALL": lambda day: True, "NONE": lambda day: True}
TWO_SLOTS = ((time(8, 30), time(12)), (time(14), time(18)))


def at(text):
    return datetime.fromisoformat(text)


def calendar(windows=TWO_SLOTS):
    return WorkCalendar(IS_WORKDAY.__getitem__, windows)


def windows_of(text):
    """08:30-12:00,14:00-17:30 as pairs of times; 24:00 is the midnight that ends the day."""
    pairs = (each.split("-") for each in text.split(",") if each)
    return [
        (time.fromisoformat(opens), time.fromisoformat(closes.replace("24:", "00:")))
        for opens, closes in pairs
    ]


def pauses_of(text):
    return [tuple(at(moment) for moment in each.split("/")) for each in text.split("; ") if each]


@pytest.mark.parametrize("row", golden.rows("sla_vectors"), ids=lambda row: row["id"])
def test_every_vector_gives_the_expected_answer(row):
    work = WorkCalendar(CALENDARS[row["calendar"]], windows_of(row["windows"]))

    if row["kind"] == "working_days":
        answer = work.nth_working_day(date.fromisoformat(row["start"]), int(row["amount"]))
    elif row["kind"] == "elapsed":
        answer = work.elapsed(at(row["start"]), at(row["end"]))
    else:
        answer = work.add(at(row["start"]), int(row["amount"]), pauses_of(row["pauses"]))

    assert (
        str(answer).removesuffix(":00" if row["kind"] in ("working_minutes", "pause") else "")
        == row["expected"]
    )


@pytest.mark.parametrize("row", golden.rows("calendar_day_periods"), ids=lambda row: row["id"])
def test_a_period_that_ends_on_a_day_off_ends_on_the_next_working_day(row):
    last = date.fromisoformat(row["start_date"]) + timedelta(days=int(row["calendar_days"]))

    assert str(last) == row["last_day_unrolled"]
    assert str(calendar().roll(last)) == row["last_day_rolled"]


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-03-03 08:30", 0, "2026-03-03 08:30"),
        ("2026-03-03 03:00", 0, "2026-03-03 03:00"),
        ("2026-03-03 08:29", 1, "2026-03-03 08:31"),
        ("2026-03-03 11:59", 1, "2026-03-03 12:00"),  # closing time is due time, not the next opening
        ("2026-03-03 11:59", 2, "2026-03-03 14:01"),  # the lunch break adds nothing
        ("2026-03-03 12:00", 1, "2026-03-03 14:01"),
        ("2026-03-03 17:59", 2, "2026-03-04 08:31"),
        ("2026-03-06 18:00", 450, "2026-03-09 18:00"),  # a weekend, then one whole day
        ("2026-02-13 17:00", 61, "2026-02-14 08:31"),  # a make-up Saturday before the Spring Festival
        ("2026-02-14 18:00", 1, "2026-02-24 08:31"),  # nine days off
        ("2025-12-31 17:30", 60, "2026-01-04 09:00"),  # a make-up Sunday after New Year
        ("2026-09-30 18:00", 451, "2026-10-09 08:31"),  # 8 October is a working day
        ("2024-02-28 18:00", 451, "2024-03-01 08:31"),  # leap day
    ],
)
def test_add_at_the_edges(start, minutes, due):
    assert calendar().add(at(start), minutes) == at(due)


def test_without_windows_every_minute_counts_on_days_off_too():
    work = calendar(windows=())

    assert work.add(at("2026-02-14 20:00"), 24 * 60) == at("2026-02-15 20:00")
    assert work.elapsed(at("2026-02-14 20:00"), at("2026-02-16 20:00")) == 2 * 24 * 60


@pytest.mark.parametrize("midnight", [time(0), time.max])
def test_a_window_may_close_at_midnight(midnight):
    work = calendar([(time(20), midnight)])

    assert work.add(at("2026-03-03 21:00"), 180) == at("2026-03-04 00:00")
    assert work.add(at("2026-03-03 21:00"), 181) == at("2026-03-04 20:01")
    assert work.elapsed(at("2026-03-03 00:00"), at("2026-03-05 00:00")) == 480


@pytest.mark.parametrize(
    "windows",
    [
        [(time(9), time(9))],
        [(time(18), time(9))],
        [(time(9), time(13)), (time(12), time(18))],
        [(time(9), time(0)), (time(10), time(11))],
    ],
)
def test_windows_that_are_empty_or_overlap_are_refused(windows):
    with pytest.raises(ValueError, match="windows"):
        calendar(windows)


def test_windows_may_come_in_any_order_and_touch():
    work = calendar([(time(14), time(18)), (time(8), time(14))])

    assert work.add(at("2026-03-03 07:00"), 600) == at("2026-03-03 18:00")


def test_aware_times_are_read_in_shanghai_and_give_aware_answers():
    start = datetime(2026, 3, 6, 9, 59, tzinfo=UTC)

    due = calendar().add(start, 2)
    stretches = calendar().explain(start, due)

    assert due.isoformat() == "2026-03-09T08:31:00+08:00"
    assert calendar().elapsed(start, due) == 2
    assert [each.start.utcoffset() for each in stretches] == [timedelta(hours=8)] * len(stretches)


def test_a_year_nobody_knows_is_not_asked_for_when_the_time_ends_before_it():
    assert calendar().elapsed(at("2026-12-31 17:00"), at("2026-12-31 23:59")) == 60
    assert calendar().explain(at("2026-12-31 17:00"), at("2026-12-31 23:59"))[-1].why == "closed"


def test_seconds_are_kept_and_only_whole_minutes_are_counted():
    assert calendar().add(at("2026-03-03 11:59:30"), 1) == at("2026-03-03 14:00:30")
    assert calendar().elapsed(at("2026-03-03 11:58:30"), at("2026-03-03 14:00:29")) == 1
    assert calendar().elapsed(at("2026-03-03 11:58:30"), at("2026-03-03 14:00:30")) == 2


def test_nothing_has_elapsed_before_the_start():
    assert calendar().elapsed(at("2026-03-03 12:00"), at("2026-03-03 09:00")) == 0
    assert calendar().explain(at("2026-03-03 12:00"), at("2026-03-03 09:00")) == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: calendar().add(at("2026-03-03 09:00"), -1), "minutes"),
        (lambda: calendar().nth_working_day(date(2026, 3, 3), -1), "n must"),
        (
            lambda: calendar().add(
                at("2026-03-03 09:00"), 1, [(at("2026-03-03 10:00"), at("2026-03-03 09:00"))]
            ),
            "pause",
        ),
    ],
)
def test_what_cannot_be_counted_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_working_days_count_from_the_next_day():
    assert calendar().nth_working_day(date(2026, 2, 13), 0) == date(2026, 2, 13)
    assert calendar().nth_working_day(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert calendar().nth_working_day(date(2026, 2, 13), 2) == date(2026, 2, 24)


def test_explain_tells_days_off_one_by_one_and_pauses_only_where_time_would_count():
    # Friday afternoon to Monday 10:40, waiting for the customer from Friday 17:00 to Monday 09:00.
    pauses = [(at("2026-03-06 17:00"), at("2026-03-09 09:00"))]

    told = calendar().explain(at("2026-03-06 11:40"), at("2026-03-09 10:40"), pauses)

    assert told == [
        Stretch(at("2026-03-06 11:40"), at("2026-03-06 12:00"), 20, "open"),
        Stretch(at("2026-03-06 12:00"), at("2026-03-06 14:00"), 120, "closed"),
        Stretch(at("2026-03-06 14:00"), at("2026-03-06 17:00"), 180, "open"),
        Stretch(at("2026-03-06 17:00"), at("2026-03-06 18:00"), 60, "paused"),
        Stretch(at("2026-03-06 18:00"), at("2026-03-07 00:00"), 360, "closed"),
        Stretch(at("2026-03-07 00:00"), at("2026-03-08 00:00"), 1440, "day_off"),
        Stretch(at("2026-03-08 00:00"), at("2026-03-09 00:00"), 1440, "day_off"),
        Stretch(at("2026-03-09 00:00"), at("2026-03-09 08:30"), 510, "closed"),
        Stretch(at("2026-03-09 08:30"), at("2026-03-09 09:00"), 30, "paused"),
        Stretch(at("2026-03-09 09:00"), at("2026-03-09 10:40"), 100, "open"),
    ]


def test_explain_round_the_clock():
    pauses = [(at("2026-03-07 10:00"), at("2026-03-07 11:00"))]

    told = calendar(windows=()).explain(at("2026-03-06 10:00"), at("2026-03-07 12:00"), pauses)

    assert [(each.minutes, each.why, each.counts) for each in told] == [
        (1440, "natural", True),
        (60, "paused", False),
        (60, "natural", True),
    ]


FIRST = datetime(2023, 1, 1)
moments = st.integers(0, 3 * 366 * 1440).map(lambda minutes: FIRST + timedelta(minutes=minutes))
instants = st.integers(0, 3 * 366 * 86400).map(lambda seconds: FIRST + timedelta(seconds=seconds))
window_lists = st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(
    lambda minutes: [
        (clock(opens), clock(closes))
        for opens, closes in zip(sorted(minutes)[::2], sorted(minutes)[1::2], strict=False)
    ]
)
pause_lists = st.lists(st.tuples(instants, st.integers(0, 20 * 1440)), max_size=4).map(
    lambda pauses: [(begin, begin + timedelta(minutes=length)) for begin, length in pauses]
)


def clock(minutes):
    return time(minutes // 60 % 24, minutes % 60)


def near(moment, pauses):
    """The pauses moved so that they fall into the weeks after a moment."""
    return [
        (
            moment + (begin - FIRST) % timedelta(days=40),
            moment + (begin - FIRST) % timedelta(days=40) + (end - begin),
        )
        for begin, end in pauses
    ]


@cases
@given(start=instants, windows=window_lists, minutes=st.integers(0, 5000), pauses=pause_lists)
def test_add_and_elapsed_are_inverse(start, windows, minutes, pauses):
    work, pauses = calendar(windows), near(start, pauses)
    minutes = min(minutes, 100 * work.elapsed(datetime(2023, 1, 3), datetime(2023, 1, 4)))

    due = work.add(start, minutes, pauses)

    assert work.elapsed(start, due, pauses) == minutes
    assert minutes == 0 or work.elapsed(start, due - timedelta(microseconds=1), pauses) == minutes - 1


@cases
@given(start=moments, minutes=st.integers(1, 5000), pause=moments, length=st.integers(1, 30 * 1440))
def test_a_pause_moves_the_due_time_by_its_open_minutes(start, minutes, pause, length):
    work = calendar()
    [(begin, end)] = near(start, [(pause, pause + timedelta(minutes=length))])
    lost = work.elapsed(begin, end)

    moved = work.add(start, minutes, [(begin, end)])

    due = work.add(start, minutes)
    if begin >= due:
        assert moved == due
    else:
        assert moved == work.add(start, minutes + lost)


@cases
@given(start=moments, minutes=st.integers(1, 5000), day=st.integers(0, 30))
def test_a_pause_outside_the_windows_adds_nothing(start, minutes, day):
    work = calendar()
    evening = datetime.combine(start.date() + timedelta(days=day), time(18))

    lunch = (evening - timedelta(hours=6), evening - timedelta(hours=4))
    night = (evening, evening + timedelta(hours=14, minutes=30))

    assert work.add(start, minutes, [night, lunch]) == work.add(start, minutes)


@cases
@given(
    start=instants, length=st.integers(0, 40 * 86400), windows=window_lists | st.just([]), pauses=pause_lists
)
def test_explain_covers_all_and_adds_up(start, length, windows, pauses):
    work, pauses = calendar(windows), near(start, pauses)
    end = start + timedelta(seconds=length)

    told = work.explain(start, end, pauses)

    bounds = [each.start for each in told] + [end]
    assert bounds == [start, *(each.end for each in told)][: len(bounds)]
    assert all(each.start < each.end for each in told)
    assert sum(each.minutes for each in told if each.counts) == work.elapsed(start, end, pauses)
    off = [each for each in told if each.why == "day_off"]
    assert not any(IS_WORKDAY[each.start.date()] for each in off)
    assert work.elapsed(start, end) - work.elapsed(start, end, pauses) - sum(
        each.minutes for each in told if each.why == "paused"
    ) in range(-8, 9)  # each stretch is rounded down to whole minutes


@cases
@given(start=moments, n=st.integers(0, 120))
def test_the_nth_working_day_has_n_working_days_up_to_it(start, n):
    day = calendar().nth_working_day(start.date(), n)

    after = [start.date() + timedelta(days=each) for each in range(1, (day - start.date()).days + 1)]
    assert sum(map(IS_WORKDAY.__getitem__, after)) == n
    assert n == 0 or IS_WORKDAY[day]


def test_shanghai_is_where_days_begin():
    assert calendar().add(datetime(2026, 3, 3, 8, 30, tzinfo=SHANGHAI), 60) == datetime(
        2026, 3, 3, 1, 30, tzinfo=UTC
    )
