"""docs/rules/visits.md: the kinds of home visits, their windows, and what may follow what."""

from __future__ import annotations

from datetime import time, timedelta
from enum import StrEnum

from aftersales.lib.errors import InvalidValue, Refused
from claims.rules.repairs import RepairOutcome


class VisitKind(StrEnum):
    """Why somebody goes to the consumer's home (V-01, V-02)."""

    PICKUP = "pickup"
    INSPECTION = "inspection"
    INSTALLATION = "installation"
    REPAIR = "repair"


class VisitState(StrEnum):
    """Where a visit stands. MOVED is the end of a visit that goes on at another time as a row of its own."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    FAILED = "failed"
    MOVED = "moved"
    CANCELLED = "cancelled"


class VisitOutcome(StrEnum):
    """What came of a visit that was made."""

    SOLVED = "solved"
    NOT_SOLVED = "not_solved"
    NEEDS_PART = "needs_part"
    NEEDS_WORKSHOP = "needs_workshop"
    TAKEN_ALONG = "taken_along"
    NOT_WORTH_IT = "not_worth_it"


class VisitFailure(StrEnum):
    """Why a visit came to nothing."""

    NOBODY_HOME = "nobody_home"
    WRONG_ADDRESS = "wrong_address"
    REFUSED = "refused"
    ROAD = "road"
    NO_PART = "no_part"
    DID_NOT_COME = "did_not_come"
    OTHER = "other"


class VisitStep(StrEnum):
    """What somebody does with a visit."""

    START = "start"
    FINISH = "finish"
    FAIL = "fail"
    MOVE = "move"
    CANCEL = "cancel"


class Transport(StrEnum):
    """How somebody gets there (V-07: stored, nothing more)."""

    WALK = "walk"
    BICYCLE = "bicycle"
    MOTORBIKE = "motorbike"
    TRICYCLE = "tricycle"
    CAR = "car"
    BUS = "bus"
    DRONE = "drone"


class CostKind(StrEnum):
    TRAVEL = "travel"
    LABOUR = "labour"
    PART = "part"
    FREIGHT = "freight"
    OTHER = "other"


class Bearer(StrEnum):
    """Who bears a cost in the end."""

    FUND = "fund"
    LIABLE_PARTY = "liable_party"
    CONSUMER = "consumer"
    PROVIDER = "provider"
    STATION = "station"


State, Step = VisitState, VisitStep

BOOKED = frozenset({State.PLANNED, State.UNDER_WAY})
"""The visit takes a seat in the window of whoever makes it."""

WENT = frozenset({State.UNDER_WAY, State.DONE, State.FAILED})
"""Somebody has set out."""

STEPS: dict[tuple[VisitState, VisitStep], VisitState] = {
    (State.PLANNED, Step.START): State.UNDER_WAY,
    (State.PLANNED, Step.FINISH): State.DONE,
    (State.PLANNED, Step.FAIL): State.FAILED,
    (State.PLANNED, Step.MOVE): State.MOVED,
    (State.PLANNED, Step.CANCEL): State.CANCELLED,
    (State.UNDER_WAY, Step.FINISH): State.DONE,
    (State.UNDER_WAY, Step.FAIL): State.FAILED,
    (State.FAILED, Step.MOVE): State.MOVED,
}

_K, _O = VisitKind, VisitOutcome

OUTCOMES: dict[VisitKind, tuple[VisitOutcome, ...]] = {
    _K.PICKUP: (_O.TAKEN_ALONG,),
    _K.INSPECTION: (
        _O.SOLVED,
        _O.NEEDS_PART,
        _O.NEEDS_WORKSHOP,
        _O.TAKEN_ALONG,
        _O.NOT_WORTH_IT,
        _O.NOT_SOLVED,
    ),
    _K.INSTALLATION: (_O.SOLVED, _O.NEEDS_PART, _O.NOT_SOLVED),
    _K.REPAIR: (
        _O.SOLVED,
        _O.NEEDS_PART,
        _O.NEEDS_WORKSHOP,
        _O.TAKEN_ALONG,
        _O.NOT_WORTH_IT,
        _O.NOT_SOLVED,
    ),
}
"""What can come of each kind of visit, in the order in which it is asked."""

REPAIR_ENDS: dict[VisitOutcome, RepairOutcome] = {
    _O.SOLVED: RepairOutcome.FIXED,
    _O.NOT_SOLVED: RepairOutcome.FAILED,
    _O.NOT_WORTH_IT: RepairOutcome.NOT_WORTH_IT,
}
"""Outcomes that end the repair; after the others it goes on, at the next visit or in the workshop."""

GOES_ON = frozenset({_O.NEEDS_PART, _O.NEEDS_WORKSHOP, _O.NOT_SOLVED, _O.NOT_WORTH_IT})
"""Outcomes after which somebody has to see to what comes next."""

MOST_STROKES, MOST_POINTS, LEAST_POINTS = 60, 4000, 8
"""What a signature on the screen may hold; less than the least is a slip of the finger."""

CANVAS = 1000
"""Points of a signature are whole numbers from 0 to this, in both directions."""

WINDOW_STARTS = (time(8), time(10), time(14), time(16), time(18))
"""When the windows of a day begin, in Shanghai: consumers are told a window, not a minute."""

WINDOW = timedelta(hours=2)

MOST_SEATS = 8
"""The most visits that one technician or provider can make in one window."""


def next_state(state: str, step: str) -> VisitState:
    """The state a step leads to. Raises Refused("illegal_step") when the table has no such step."""
    try:
        return STEPS[VisitState(state), VisitStep(step)]
    except (KeyError, ValueError):
        raise Refused(
            "This step is not possible in the visit's present state.",
            code="illegal_step",
            details={"state": str(state), "step": str(step)},
        ) from None


def steps_from(state: str) -> tuple[VisitStep, ...]:
    """The steps that the table allows from a state, in the order of the table."""
    return tuple(step for known, step in STEPS if known == state)


def has_costs(state: str, failure: str) -> bool:
    """Whether a visit may cost something: not when it was called off, or moved before anybody went."""
    return state != State.CANCELLED and (state != State.MOVED or bool(failure))


def needs_reason(distance_m: int | None, radius_m: int) -> bool:
    """Whether somebody may go there for a stated reason only: further than the radius, or nobody knows how
    far; the limit itself is near enough."""
    return distance_m is None or distance_m > radius_m


def read_strokes(strokes: object) -> list[list[list[int]]]:
    """A signature as lists of points, copied value by value.

    Raises InvalidValue("not_strokes") for anything else, ("too_short") for less than a signature,
    ("too_long") for more.
    """
    if not isinstance(strokes, list):
        raise InvalidValue("not_strokes", "a signature is a list of strokes")
    read = [_stroke(stroke) for stroke in strokes[: MOST_STROKES + 1]]
    points = sum(len(stroke) for stroke in read)
    if len(read) > MOST_STROKES or points > MOST_POINTS:
        raise InvalidValue("too_long", "more strokes than a signature has")
    if points < LEAST_POINTS:
        raise InvalidValue("too_short", "fewer points than a signature has")
    return read


def _stroke(stroke: object) -> list[list[int]]:
    if not isinstance(stroke, list) or len(stroke) > MOST_POINTS:
        raise InvalidValue("not_strokes", "a stroke is a list of points")
    return [_point(point) for point in stroke]


def _point(point: object) -> list[int]:
    if not isinstance(point, list) or len(point) != len(("x", "y")):
        raise InvalidValue("not_strokes", "a point has two numbers")
    if any(type(number) is not int or not 0 <= number <= CANVAS for number in point):
        raise InvalidValue("not_strokes", "a point lies outside the canvas")
    return list(point)
