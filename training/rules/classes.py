"""docs/rules/village-classes.md: a class a month at every village point (E-10), and publicity (E-12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from aftersales.lib.months import last_day_of

PLAN_REMINDER_DAYS = 10
"""So many last days of a month tell a village point that has no class planned."""
RECORD_REMINDER = timedelta(days=3)
"""After so long a class that was planned has to be recorded."""
BACKDATED = timedelta(days=7)
"""A class that was held without a plan is entered at most so long afterwards."""
PLANNED_AHEAD = timedelta(days=184)
CORRECTED_WITHIN = timedelta(days=30)
"""How long after recording the count of a class may be put right."""
NAMES_KEPT_MONTHS = 12
PHOTOS_KEPT_MONTHS = 36
SHORTEST_MINUTES, LONGEST_MINUTES = 10, 240
MOST_PEOPLE = 1000
MOST_NAMES = 200
PUBLICITY_BACKDATED = timedelta(days=92)
MOST_REACHED = 100_000


class ClassState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class PublicityKind(StrEnum):
    """How else villagers are told (E-11, E-12)."""

    FARMER_TRAINING = "farmer_training"
    LOUDSPEAKER = "loudspeaker"
    NOTICE_BOARD = "notice_board"
    SHORT_VIDEO = "short_video"
    LEAFLET = "leaflet"


class Standing(StrEnum):
    """How a village point stands with the class of one month."""

    HELD = "held"
    PLANNED = "planned"
    UNRECORDED = "unrecorded"
    MISSING = "missing"


@dataclass(frozen=True)
class Completeness:
    """Of the village points that owe a class in a month: how many have held one, have one planned, have one
    that was to be held and is not recorded, or have none."""

    owed: int
    held: int
    planned: int = 0
    unrecorded: int = 0

    @property
    def missing(self) -> int:
        return self.owed - self.held - self.planned - self.unrecorded

    @property
    def share(self) -> float | None:
        """Held among owed, 0 to 1; None where nobody owes a class."""
        return self.held / self.owed if self.owed else None

    def __add__(self, other: Completeness) -> Completeness:
        return Completeness(
            self.owed + other.owed,
            self.held + other.held,
            self.planned + other.planned,
            self.unrecorded + other.unrecorded,
        )


def owes(opened_on: date | None, month: date) -> bool:
    """Whether a village point owes a class in a month: it was open before the month began."""
    return opened_on is None or opened_on <= month


def is_time_to_remind(today: date) -> bool:
    """Whether village points without a plan for this month are told: on its last ten days."""
    return last_day_of(today) - today < timedelta(days=PLAN_REMINDER_DAYS)


def standing(classes: Iterable[tuple[ClassState, bool]]) -> Standing:
    """How a month stands with these classes, each as its state and whether its time is over.

    One that was held counts before one that is still to come, and that before one nobody has recorded.
    """
    seen = {
        Standing.HELD if state == ClassState.HELD else (Standing.UNRECORDED if is_over else Standing.PLANNED)
        for state, is_over in classes
        if state != ClassState.CANCELLED
    }
    return next(
        (each for each in (Standing.HELD, Standing.PLANNED, Standing.UNRECORDED) if each in seen),
        Standing.MISSING,
    )


def counted(standings: Iterable[Standing]) -> Completeness:
    """Village points by how they stand."""
    seen = list(standings)
    return Completeness(
        owed=len(seen),
        held=seen.count(Standing.HELD),
        planned=seen.count(Standing.PLANNED),
        unrecorded=seen.count(Standing.UNRECORDED),
    )
