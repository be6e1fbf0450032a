"""Every case of tests/golden/escalation.csv, and the worked examples of docs/rules/escalation.md."""

import re
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.rules.clocks import RESPONSE_OF, Clock, Level
from claims.rules.escalation import (
    Rung,
    Standing,
    StepKind,
    Tell,
    Ticking,
    advance,
    id_of,
    next_alarm_at,
    rungs_above,
    worth_telling,
)
from tests import golden

PAGE = Path(__file__).parents[3] / "docs" / "rules" / "escalation.md"
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(hours=24)
CASES = [(name, list(rows)) for name, rows in groupby(golden.rows("escalation"), key=lambda row: row["case"])]


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) if text else None


def level(text):
    return Level[text.upper()]


def begin(clock, rung, since):
    """As the programme's policy: 24 hours round the clock, a warning at 80 %, climbing but at the desk."""
    return Ticking(
        clock,
        rung.level,
        due_at=since + DAY,
        warn_at=since + DAY * 0.8,
        climbs=rung.level < Level.PLATFORM,
    )


def standing_of(rows):
    [place] = [row for row in rows if row["row"] == "stands"]
    pauses = [row for row in rows if row["row"] == "paused"]
    above = [each.partition(":") for each in place["note"].split()]
    clocks = tuple(
        Ticking(
            Clock(row["clock"]),
            level(row["level"]),
            turn=int(row["turn"]),
            warn_at=at(row["at"]),
            due_at=at(row["due_at"]),
            climbs="climbs" in row["note"],
            is_warned="warned" in row["note"],
            has_run_out="run_out" in row["note"],
            paused_from=next((at(each["at"]) for each in pauses), None) if "paused" in row["note"] else None,
        )
        for row in rows
        if row["row"] == "runs"
    )
    return Standing(
        Rung(level(place["level"])),
        clocks,
        ladder=tuple(Rung(level(name)) for name, _colon, _turns in above),
        turn=int(place["turn"]),
        turns={level(name): int(turns) for name, _colon, turns in above if turns},
        pause_ends_at=next((at(each["due_at"]) for each in pauses), None),
    )


def told(step):
    return (
        step.kind.value,
        step.clock.clock.value if step.clock else "",
        step.rung.level.name.lower(),
        step.turn,
        step.at,
        f"{step.climbed_to.level.name.lower()} {step.climbed_turn}" if step.climbed_to else "",
    )


@pytest.mark.parametrize(("name", "rows"), CASES, ids=[name for name, _rows in CASES])
def test_golden_case(name, rows):
    [now] = [at(row["at"]) for row in rows if row["row"] == "now"]
    [end] = [row for row in rows if row["row"] == "ends"]

    steps, after = advance(standing_of(rows), now=now, begin=begin)

    assert [told(step) for step in steps] == [
        (row["row"], row["clock"], row["level"], int(row["turn"]), at(row["at"]), row["note"])
        for row in rows
        if row["row"] in list(StepKind)
    ]
    assert (after.rung.level, after.turn) == (level(end["level"]), int(end["turn"]))
    assert next_alarm_at(after) == at(end["at"])
    assert advance(after, now=now, begin=begin) == ((), after)


def test_the_worked_examples_of_the_page_are_golden_rows():
    example = re.compile(r"^\| (\d{2}-\d{2} \d{2}:\d{2}) \| (\w+) \| (\w+) \| (\w+) \| (\w*) ?\|$", re.M)
    by_case = dict(CASES)
    shown = {}
    for part in re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]:
        shown[part.split("\n", 1)[0].strip()] = example.findall(part)

    assert len(shown) == 5
    assert shown == {
        name: [
            (
                at(row["at"]).strftime("%m-%d %H:%M"),
                row["row"],
                row["clock"],
                row["level"],
                row["note"].split(" ")[0],
            )
            for row in by_case[name]
            if row["row"] in list(StepKind) and row["clock"]
        ]
        for name in shown
    }


def test_a_climb_ends_the_hand_over_clock_of_the_level_below_and_begins_one_above():
    taken_over = Ticking(Clock.TAKEN_OVER, Level.TOWNSHIP, at("2026-11-22T08:00"), climbs=True, key=7)
    promise = Ticking(Clock.HANDLING, Level.VILLAGE, at("2026-12-01T08:00"), climbs=True, key=8)
    standing = Standing(Rung(Level.TOWNSHIP, 3), (taken_over, promise), ladder=(Rung(Level.COUNTY, 9),))

    [step], after = advance(standing, now=at("2026-11-22T08:00"), begin=begin)

    assert [each.key for each in step.stopped] == [7]
    assert (step.rung, step.climbed_to) == (Rung(Level.TOWNSHIP, 3), Rung(Level.COUNTY, 9))
    assert step.began.clock == Clock.COUNTY_RESPONSE
    assert step.began.due_at == at("2026-11-23T08:00")
    assert after.clocks == (promise, step.began)
    assert after.rung == Rung(Level.COUNTY, 9)


def test_a_level_whose_answer_the_policy_does_not_time_still_holds_the_claim():
    clock = Ticking(Clock.FIRST_RESPONSE, Level.VILLAGE, at("2026-11-20T12:00"), climbs=True)
    standing = Standing(Rung(Level.VILLAGE), (clock,), ladder=(Rung(Level.TOWNSHIP), Rung(Level.COUNTY)))

    steps, after = advance(standing, now=at("2026-11-25T12:00"), begin=lambda *_asked: None)

    assert [step.climbed_to for step in steps] == [Rung(Level.TOWNSHIP)]
    assert after.rung == Rung(Level.TOWNSHIP)
    assert next_alarm_at(after) is None


@pytest.mark.parametrize(
    ("start", "found", "above"),
    [
        (Level.VILLAGE, {Level.TOWNSHIP: 5, Level.COUNTY: 9}, [(1, 5), (2, 9), (3, None)]),
        (Level.VILLAGE, {Level.COUNTY: 9}, [(2, 9), (3, None)]),
        (Level.VILLAGE, {}, [(2, None), (3, None)]),
        (Level.TOWNSHIP, {Level.TOWNSHIP: 5, Level.COUNTY: 9}, [(2, 9), (3, None)]),
        (Level.COUNTY, {Level.COUNTY: 9}, [(3, None)]),
        (Level.PLATFORM, {}, []),
    ],
)
def test_the_rest_of_the_ladder(start, found, above):
    rungs = [Rung(each, station) for each, station in found.items()]

    assert rungs_above(start, rungs) == tuple(Rung(Level(each), station) for each, station in above)


def telling(name, until):
    rows = dict(CASES)[name]
    steps, _after = advance(standing_of(rows), now=at(until), begin=begin)
    return [
        (tell, step.clock.clock.value if step.clock else "", step.rung.level.name.lower())
        for tell, step in worth_telling(steps)
    ]


def test_after_a_silence_each_level_is_told_once():
    assert telling("three days of silence", "2026-11-22T10:00") == [
        (Tell.CLIMBED_AWAY, "first_response", "village"),
        (Tell.CLIMBED_AWAY, "township_response", "township"),
        (Tell.CLIMBED_TO_YOU, "township_response", "township"),
        (Tell.WARNED, "county_response", "county"),
    ]


def test_a_warning_is_told_unless_its_clock_has_run_out_meanwhile():
    assert telling("end of the ladder", "2026-11-23T08:00") == [
        (Tell.WARNED, "platform_response", "platform")
    ]
    assert telling("end of the ladder", "2026-11-24T08:00") == [
        (Tell.RAN_OUT, "platform_response", "platform"),
        (Tell.RAN_OUT, "handling", "platform"),
    ]


def test_a_pause_that_ended_by_itself_is_told_to_whoever_still_has_the_claim():
    assert telling("a pause ends by itself", "2026-11-25T10:00") == [
        (Tell.RESUMED, "", "village"),
        (Tell.WARNED, "handling", "village"),
    ]
    assert telling("a pause ends by itself", "2026-11-25T15:00") == [
        (Tell.CLIMBED_AWAY, "handling", "village"),
        (Tell.CLIMBED_TO_YOU, "handling", "village"),
    ]


START = at("2026-11-20T10:00")
MINUTES = st.integers(0, 96 * 60).map(lambda number: timedelta(minutes=number))


@st.composite
def standings(draw):
    rung, pause = draw(st.sampled_from(list(Level))), draw(st.none() | st.tuples(MINUTES, MINUTES))
    others = set(RESPONSE_OF.values()) - {RESPONSE_OF[rung]}
    names = st.sampled_from([each for each in Clock if each not in others])
    clocks = []
    for clock in draw(st.lists(names, unique=True, max_size=5)):
        due, paused_from = START + draw(MINUTES), None
        if pause is not None and clock == Clock.HANDLING:
            paused_from = START + pause[0]
            # What an open pause keeps waiting falls due after its longest end.
            due += timedelta() if due <= paused_from else pause[1]
        warn = None if paused_from else draw(st.none() | MINUTES.map(lambda before, due=due: due - before))
        climbs = draw(st.booleans())
        clocks.append(Ticking(clock, rung, due, warn_at=warn, climbs=climbs, paused_from=paused_from))
    ladder = rungs_above(rung, [Rung(Level.TOWNSHIP, 1)] if draw(st.booleans()) else [])
    return Standing(
        Rung(rung), tuple(clocks), ladder, pause_ends_at=pause and START + sum(pause, timedelta())
    )


@given(standings(), st.lists(st.integers(0, 200), max_size=6))
def test_looking_often_or_once_comes_to_the_same(standing, looks):
    end = at("2026-11-28T10:00")
    once, after = advance(standing, now=end, begin=begin)

    often, current = [], standing
    for hours in [*looks, 192]:
        steps, current = advance(current, now=START + timedelta(hours=hours), begin=begin)
        often += steps

    assert (tuple(often), current) == (once, after)


@given(standings())
def test_steps_come_in_order_once_each_and_upwards(standing):
    steps, after = advance(standing, now=at("2026-11-28T10:00"), begin=begin)

    assert [step.at for step in steps] == sorted(step.at for step in steps)
    fired = [(step.kind, step.clock and id_of(step.clock)) for step in steps]
    assert len(fired) == len(set(fired))
    levels = [standing.rung.level, *(step.climbed_to.level for step in steps if step.climbed_to)]
    assert levels == sorted(set(levels))
    assert after.rung.level == levels[-1]
    assert len({each.clock for each in after.clocks} & set(RESPONSE_OF.values())) <= 1
