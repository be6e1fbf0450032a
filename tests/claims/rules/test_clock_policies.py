"""What a policy may say, and what makes one stricter than another."""

import csv
import random
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from claims.rules.clock_policies import (
    MAY_CLIMB,
    MOST,
    About,
    amount_fault,
    clocks_of,
    differences,
    fingerprint,
    looser_lines,
    no_looser,
    pause_differences,
)
from claims.rules.clocks import DAY, LEGAL_ALLOWANCES, SERVICE_ALLOWANCES, Basis, Clock, Family
from claims.rules.counting_time import Span, count
from stations.rules.calendar import computed

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests/golden"
WINDOWS = ((time(8, 30), time(12)), (time(14), time(18)))
NATURAL, OPEN, DAILY, WORKING, CALENDAR = (
    Basis.NATURAL,
    Basis.OPENING_HOURS,
    Basis.OPENING_HOURS_DAILY,
    Basis.WORKING_DAYS,
    Basis.CALENDAR_DAYS,
)


class Days:
    def is_working_day(self, day):
        return computed(day).is_workday

    def is_confirmed(self, day):
        return True


def line(amount=60, basis=NATURAL, *, climbs=False, clock="handling", about=("", "", ""), warn=80):
    goods_type, nature, severity = about
    return SimpleNamespace(
        clock=clock,
        goods_type=goods_type,
        nature=nature,
        severity=severity,
        amount=amount,
        basis=basis,
        warn_percent=warn,
        climbs=climbs,
        source="",
    )


@pytest.mark.parametrize(
    ("mine", "limit", "expected"),
    [
        ((60, NATURAL), (60, NATURAL), True),
        ((61, NATURAL), (60, NATURAL), False),
        ((60, NATURAL), (60, OPEN), True),
        ((60, NATURAL), (60, DAILY), True),
        ((60, DAILY), (60, OPEN), True),
        ((60, OPEN), (60, DAILY), False),
        ((60, OPEN), (60, NATURAL), False),
        ((61, NATURAL), (60, OPEN), False),
        ((7, CALENDAR), (7, WORKING), True),
        ((8, CALENDAR), (7, WORKING), False),
        ((7, WORKING), (7, CALENDAR), False),
        ((2880, NATURAL), (3, WORKING), True),
        ((2881, NATURAL), (3, WORKING), False),
        ((2880, NATURAL), (3, CALENDAR), True),
        ((60, NATURAL), (1, WORKING), False),
        ((60, OPEN), (30, WORKING), False),
        ((1, WORKING), (99_999, NATURAL), False),
    ],
)
def test_what_is_certainly_no_looser(mine, limit, expected):
    assert no_looser(line(*mine), line(*limit)) is expected


@pytest.mark.parametrize(("mine", "theirs", "expected"), [(0, 1, False), (1, 1, True), (1, 0, True)])
def test_who_climbs_where_the_limit_climbs(mine, theirs, expected):
    assert no_looser(line(climbs=bool(mine)), line(climbs=bool(theirs))) is expected


def test_no_looser_means_never_due_later():
    """For pairs of allowances and starts drawn at random, with holidays and weekends between."""
    draw = random.Random(20261121)
    amounts = {NATURAL: 8000, OPEN: 3000, DAILY: 3000, WORKING: 9, CALENDAR: 9}
    compared = 0
    for _number in range(1500):
        mine, limit = (
            Span(draw.randint(1, amounts[basis]), basis)
            for basis in (draw.choice(list(Basis)), draw.choice(list(Basis)))
        )
        if not no_looser(line(mine.amount, mine.basis), line(limit.amount, limit.basis)):
            continue
        compared += 1
        start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=draw.randint(0, 525_600))
        mine_due, limit_due = (
            count(span, start, windows=WINDOWS, days=Days()).due_at for span in (mine, limit)
        )
        assert mine_due <= limit_due, (mine, limit, start)
    assert compared > 200


@pytest.mark.parametrize("basis", list(Basis))
def test_amounts_that_make_sense(basis):
    least = 1 if basis in (WORKING, CALENDAR) else 5

    assert [amount_fault(amount, basis) for amount in (least - 1, least, MOST[basis], MOST[basis] + 1)] == [
        "too_short",
        "",
        "",
        "too_long",
    ]


def test_the_programmes_first_lines_make_sense():
    faults = [each for each in SERVICE_ALLOWANCES if amount_fault(each.amount, each.basis)]

    assert faults == []
    assert {each.clock for each in SERVICE_ALLOWANCES if each.climbs} == MAY_CLIMB
    assert {each.clock for each in SERVICE_ALLOWANCES if each.goods_type is None} == set(
        clocks_of([Family.PROMISE, Family.HAND_OVER])
    )


def finder(lines):
    def find(clock, goods_type, nature, severity):
        fits = [each for each in lines if each.clock == clock and each.goods_type in ("", goods_type)]
        fits = [each for each in fits if each.nature in ("", nature) and each.severity in ("", severity)]
        return max(fits, key=lambda each: bool(each.goods_type), default=None)

    return find


def looser(mine, limits):
    return looser_lines([Clock.HANDLING], mine, limits, finder(mine), finder(limits))


def test_a_narrow_line_of_the_programme_binds_where_the_county_has_none():
    general, seed = line(100), line(50, about=("seed", "", ""))
    county = line(80)

    found = looser([county], [general, seed])

    assert [(each.line, each.limit) for each in found] == [(county, seed)]
    assert looser([line(50)], [general, seed]) == []


def test_each_pair_of_lines_is_named_once_and_a_missing_line_too():
    general = line(100)

    assert [(each.line.amount, each.limit.amount) for each in looser([line(101)], [general])] == [(101, 100)]
    assert [(each.line, each.limit) for each in looser([], [general])] == [(None, general)]
    assert looser([line(1)], []) == []


def test_differences_are_told_by_line():
    same, gone, before = line(1), line(2, about=("seed", "", "")), line(3, clock="settlement")
    new, after = line(4, about=("feed", "price", "")), line(3, clock="settlement", warn=0)

    told = differences([same, gone, before], [line(1), after, new])

    assert [(each.about, each.before, each.after) for each in told] == [
        (About("handling", "feed", "price"), None, new),
        (About("handling", "seed"), gone, None),
        (About("settlement"), before, after),
    ]
    assert pause_differences({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 6}) == [
        ("b", 2, 5),
        ("c", 3, None),
        ("d", None, 6),
    ]


def test_the_fingerprint_is_of_what_is_said():
    lines, pauses = [line(1), line(2, about=("seed", "", ""))], {"a": 1}
    mark = fingerprint(lines, pauses)

    assert fingerprint(lines[::-1], pauses) == mark
    others = [
        fingerprint(lines[:1], pauses),
        fingerprint(lines, {"a": 2}),
        fingerprint([line(1, warn=79), lines[1]], pauses),
        fingerprint([line(1, climbs=True), lines[1]], pauses),
        fingerprint([line(1, OPEN), lines[1]], pauses),
    ]
    assert len({mark, *others}) == 6


def test_limits_set_by_law_are_those_of_the_statutes():
    """Rows of the table of limits that a clock stands for; the others say how days are counted."""
    with (GOLDEN / "statutory_time_limits.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    clocks = {
        "LD08": Clock.REFUND_AFTER_RETURN,
        "LD14": Clock.DELIBERATE_DELAY,
        "LD15": Clock.DELIBERATE_DELAY,
    }

    for day, lines in LEGAL_ALLOWANCES.items():
        by_clock = {each.clock: each for each in lines}
        for row_id, clock in clocks.items():
            row, mine = rows[row_id], by_clock[clock]
            assert (mine.amount, mine.basis, row["unit"]) == (int(row["value"]) * DAY, NATURAL, "days"), day
            assert row["law"] in mine.source and row["article"] in mine.source
        assert set(by_clock) == set(clocks_of([Family.LAW]))


def test_the_page_names_the_limits_of_the_code():
    page = (ROOT / "docs/rules/clocks-policies.md").read_text(encoding="utf-8")
    table = [line.strip("|").split("|") for line in page.splitlines() if line.count("|") == 6]
    told = {tuple(cell.strip() for cell in row)[2:4] for row in table[2:]}
    words = {
        NATURAL: lambda amount: f"{amount // DAY} d",
        WORKING: lambda amount: f"{amount} working days",
        CALENDAR: lambda amount: f"{amount} calendar days",
    }

    first, last = ({each.clock: each for each in lines} for lines in LEGAL_ALLOWANCES.values())
    assert told == {
        tuple(words[each.basis](each.amount) for each in (first[clock], last[clock])) for clock in first
    }
