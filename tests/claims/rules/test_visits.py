"""The table of a visit's steps, what can come of each kind, the radius, and signatures as points."""

from itertools import product

import pytest

from aftersales.lib.errors import InvalidValue, Refused
from claims.rules.visits import (
    BOOKED,
    CANVAS,
    LEAST_POINTS,
    MOST_POINTS,
    MOST_STROKES,
    OUTCOMES,
    REPAIR_ENDS,
    VisitKind,
    VisitOutcome,
    VisitState,
    VisitStep,
    needs_reason,
    next_state,
    read_strokes,
    steps_from,
)

LEADS_TO = {
    ("planned", "start"): "under_way",
    ("planned", "finish"): "done",
    ("planned", "fail"): "failed",
    ("planned", "move"): "moved",
    ("planned", "cancel"): "cancelled",
    ("under_way", "finish"): "done",
    ("under_way", "fail"): "failed",
    ("failed", "move"): "moved",
}


@pytest.mark.parametrize(("state", "step"), list(product(VisitState, VisitStep)))
def test_a_step_leads_where_the_page_says_and_nowhere_else(state, step):
    wanted = LEADS_TO.get((state.value, step.value))

    if wanted is None:
        with pytest.raises(Refused) as refused:
            next_state(state, step)
        assert (refused.value.code, refused.value.details) == (
            "illegal_step",
            {"state": state.value, "step": step.value},
        )
    else:
        assert next_state(state, step) == wanted
    assert (step in steps_from(state)) is (wanted is not None)


def test_an_unknown_state_has_no_steps():
    assert steps_from("lost") == ()
    with pytest.raises(Refused):
        next_state("lost", "start")


def test_who_is_on_the_way_still_takes_the_seat():
    assert {VisitState.PLANNED, VisitState.UNDER_WAY} == BOOKED


def test_every_kind_has_outcomes_and_every_outcome_belongs_to_a_kind():
    assert OUTCOMES.keys() == set(VisitKind)
    assert {outcome for each in OUTCOMES.values() for outcome in each} == set(VisitOutcome)
    assert OUTCOMES[VisitKind.PICKUP] == (VisitOutcome.TAKEN_ALONG,)
    assert VisitOutcome.TAKEN_ALONG not in OUTCOMES[VisitKind.INSTALLATION]


def test_only_what_is_over_ends_a_repair():
    assert set(VisitOutcome) - REPAIR_ENDS.keys() == {
        VisitOutcome.NEEDS_PART,
        VisitOutcome.NEEDS_WORKSHOP,
        VisitOutcome.TAKEN_ALONG,
    }


@pytest.mark.parametrize(
    ("distance_m", "needed"), [(0, False), (2_999, False), (3_000, False), (3_001, True), (None, True)]
)
def test_the_radius_itself_is_near_enough(distance_m, needed):
    assert needs_reason(distance_m, 3_000) is needed


def line(points):
    return [[number % CANVAS, 0] for number in range(points)]


@pytest.mark.parametrize(
    "strokes",
    [
        [line(LEAST_POINTS)],
        [line(LEAST_POINTS - 1), [[CANVAS, CANVAS]]],
        [line(MOST_POINTS)],
        [[], line(LEAST_POINTS)],
        [line(8)] * MOST_STROKES,
    ],
)
def test_a_signature_is_read_as_it_was_drawn(strokes):
    read = read_strokes(strokes)

    assert read == strokes
    assert read is not strokes


@pytest.mark.parametrize(
    ("strokes", "code"),
    [
        (None, "not_strokes"),
        ({}, "not_strokes"),
        ("[[1,2]]", "not_strokes"),
        ([1], "not_strokes"),
        ([[1, 2]], "not_strokes"),
        ([[[1]]], "not_strokes"),
        ([[[1, 2, 3]]], "not_strokes"),
        ([[["1", "2"]] * 9], "not_strokes"),
        ([[[True, False]] * 9], "not_strokes"),
        ([[[1.5, 2]] * 9], "not_strokes"),
        ([[[-1, 2]] * 9], "not_strokes"),
        ([[[CANVAS + 1, 2]] * 9], "not_strokes"),
        ([line(MOST_POINTS + 1)], "not_strokes"),
        ([], "too_short"),
        ([[]], "too_short"),
        ([line(LEAST_POINTS - 1)], "too_short"),
        ([line(MOST_POINTS), [[1, 1]]], "too_long"),
        ([line(8)] * (MOST_STROKES + 1), "too_long"),
    ],
)
def test_what_is_no_signature(strokes, code):
    with pytest.raises(InvalidValue) as wrong:
        read_strokes(strokes)

    assert wrong.value.code == code
