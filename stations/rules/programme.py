"""docs/rules/programme.md: phases of a county, and how far along the programme should be on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from aftersales.lib.months import months_from

MONTHS_IN_A_PHASE = 2


class Phase(StrEnum):
    """搭建期, 试点期, 推广期 of two months each, then running."""

    BUILD = "build"
    PILOT = "pilot"
    ROLL_OUT = "roll_out"
    RUNNING = "running"


ORDER = tuple(Phase)


@dataclass(frozen=True)
class Goals:
    """What the programme plans to reach by its last day."""

    counties: int
    stations: int
    agents: int
    claims: int

    def part(self, counties: int) -> Goals:
        """What of the plan falls to so many of its counties, in even parts, rounded down; at most all."""
        if not self.counties:
            return self
        counties = min(counties, self.counties)
        return Goals(
            counties,
            *(whole * counties // self.counties for whole in (self.stations, self.agents, self.claims)),
        )


DEFAULT_GOALS = Goals(counties=20, stations=200, agents=200, claims=50_000)
DEFAULT_MONTHS = 3 * MONTHS_IN_A_PHASE


def expected(goal: int, *, starts_on: date, ends_on: date, day: date) -> int:
    """How much of a goal should be reached when a day begins: in even steps from the first day of the
    programme to its last, rounded down."""
    whole = (ends_on - starts_on).days + 1
    over = min(max((day - starts_on).days, 0), whole)
    return goal * over // whole


def planned_end(phase: Phase, starts_on: date) -> date | None:
    """The last day planned for a phase that begins on a day: two months, counted to the same day of the
    month or, where there is none, to the month's end. None for a county that is running."""
    if phase == Phase.RUNNING:
        return None
    first = months_from(starts_on.replace(day=1), MONTHS_IN_A_PHASE)
    following = months_from(first, 1)
    return min(first + timedelta(days=starts_on.day - 1), following) - timedelta(days=1)


def days_late(phase: Phase, starts_on: date, day: date) -> int:
    """By how many days a phase lasts longer than planned when a day begins; 0 while it does not."""
    end = planned_end(phase, starts_on)
    return max((day - end).days - 1, 0) if end else 0


def goes_back(before: Phase | None, after: Phase) -> bool:
    """Whether a county would return to a phase that lies before the one it is in."""
    return before is not None and ORDER.index(after) < ORDER.index(before)
