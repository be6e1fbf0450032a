"""Worked examples of docs/rules/programme.md."""

from datetime import date

import pytest

from stations.rules.programme import DEFAULT_GOALS, Goals, Phase, days_late, expected, goes_back, planned_end

START, END = date(2026, 6, 1), date(2026, 11, 30)


@pytest.mark.parametrize(
    ("day", "claims", "counties"),
    [
        (date(2026, 5, 31), 0, 0),
        (date(2026, 6, 1), 0, 0),
        (date(2026, 6, 2), 273, 0),
        (date(2026, 6, 11), 2732, 1),
        (date(2026, 9, 1), 25136, 10),
        (date(2026, 11, 30), 49726, 19),
        (date(2026, 12, 1), 50000, 20),
        (date(2027, 3, 1), 50000, 20),
    ],
)
def test_a_goal_is_expected_in_even_steps(day, claims, counties):
    def due(goal):
        return expected(goal, starts_on=START, ends_on=END, day=day)

    assert (due(DEFAULT_GOALS.claims), due(DEFAULT_GOALS.counties)) == (claims, counties)


@pytest.mark.parametrize(
    ("counties", "part"),
    [
        (1, Goals(1, 10, 10, 2500)),
        (3, Goals(3, 30, 30, 7500)),
        (20, DEFAULT_GOALS),
        (23, DEFAULT_GOALS),
        (0, Goals(0, 0, 0, 0)),
    ],
)
def test_counties_have_even_parts_of_the_plan(counties, part):
    assert DEFAULT_GOALS.part(counties) == part


def test_parts_that_do_not_come_out_even_are_rounded_down():
    assert Goals(3, 10, 11, 100).part(2) == Goals(2, 6, 7, 66)


@pytest.mark.parametrize(
    ("starts_on", "end"),
    [
        (date(2026, 6, 1), date(2026, 7, 31)),
        (date(2026, 6, 15), date(2026, 8, 14)),
        (date(2026, 12, 31), date(2027, 2, 28)),
        (date(2026, 12, 29), date(2027, 2, 28)),
        (date(2026, 12, 28), date(2027, 2, 27)),
    ],
)
def test_a_phase_lasts_two_months(starts_on, end):
    assert planned_end(Phase.BUILD, starts_on) == end


def test_running_has_no_end():
    assert planned_end(Phase.RUNNING, START) is None
    assert days_late(Phase.RUNNING, START, date(2030, 1, 1)) == 0


@pytest.mark.parametrize(
    ("day", "late"), [(date(2026, 7, 31), 0), (date(2026, 8, 1), 0), (date(2026, 8, 2), 1)]
)
def test_a_phase_is_late_when_a_day_beyond_its_end_is_over(day, late):
    assert days_late(Phase.PILOT, START, day) == late


def test_what_goes_back():
    assert goes_back(Phase.PILOT, Phase.BUILD)
    assert not goes_back(Phase.PILOT, Phase.ROLL_OUT)
    assert not goes_back(Phase.PILOT, Phase.PILOT)
    assert not goes_back(None, Phase.BUILD)
