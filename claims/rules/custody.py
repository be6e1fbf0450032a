"""docs/rules/custody.md: what may happen to returned goods that a station keeps."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from aftersales.lib.errors import Refused


class Whereabouts(StrEnum):
    """Where goods taken into custody are: on the shelf, or gone for good from this station."""

    ON_SHELF = "on_shelf"
    WITH_COURIER = "with_courier"
    COLLECTED = "collected"
    PASSED_ON = "passed_on"
    DISPOSED = "disposed"


CAME_BACK = (Whereabouts.ON_SHELF, Whereabouts.WITH_COURIER, Whereabouts.DISPOSED)
"""Goods that came and did not go to the consumer again; what was passed on is counted where it went."""


class CustodyAction(StrEnum):
    """What a person can do with goods on the shelf."""

    HAND_TO_COURIER = "hand_to_courier"
    GIVE_BACK = "give_back"
    PASS_ON = "pass_on"
    DISPOSE = "dispose"


MOVES: dict[tuple[Whereabouts, CustodyAction], Whereabouts] = {
    (Whereabouts.ON_SHELF, CustodyAction.HAND_TO_COURIER): Whereabouts.WITH_COURIER,
    (Whereabouts.ON_SHELF, CustodyAction.GIVE_BACK): Whereabouts.COLLECTED,
    (Whereabouts.ON_SHELF, CustodyAction.PASS_ON): Whereabouts.PASSED_ON,
    (Whereabouts.ON_SHELF, CustodyAction.DISPOSE): Whereabouts.DISPOSED,
}

WAITS_LONG_AFTER_DAYS = 7
"""Goods that lie longer on the shelf are shown as late: a refund is due seven days after they arrive."""


def next_whereabouts(whereabouts: Whereabouts, action: CustodyAction) -> Whereabouts:
    """Where an action takes the goods. Raises Refused("illegal_move") for goods that have left."""
    try:
        return MOVES[Whereabouts(whereabouts), CustodyAction(action)]
    except KeyError:
        raise Refused(
            "These goods have left the shelf already.",
            code="illegal_move",
            details={"whereabouts": str(whereabouts), "action": str(action)},
        ) from None


@dataclass(frozen=True)
class Counted:
    """The outcome of a stocktake: labels found, missing, and found though the books say they left."""

    found: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]


def compare(expected: set[str], seen: set[str]) -> Counted:
    """What a look at the shelf (`seen`) says of the books (`expected`), each in order of the labels."""
    return Counted(
        tuple(sorted(expected & seen)), tuple(sorted(expected - seen)), tuple(sorted(seen - expected))
    )


def days_on_shelf(received: date, today: date) -> int:
    """Whole days since the goods came, never negative."""
    return max(0, (today - received).days)
