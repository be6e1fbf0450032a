"""docs/rules/visits.md: the kinds of home visits, their windows, and what may follow what."""

from __future__ import annotations

from datetime import time, timedelta
from enum import StrEnum

from aftersales.lib.errors import Refused


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
