"""docs/rules/parts.md: what moves the stock of spare parts, and what becomes of a part and of the old one."""

from __future__ import annotations

from enum import StrEnum


class StockReason(StrEnum):
    """Why the number on the shelf changed."""

    RECEIVED = "received"
    SENT = "sent"
    USED = "used"
    COUNTED = "counted"
    BROKEN = "broken"


class PartState(StrEnum):
    """What became of a part that was put aside for a visit."""

    RESERVED = "reserved"
    USED = "used"
    RELEASED = "released"


class OldPart(StrEnum):
    """Where the part is that was taken out (V-05: recovery of parts)."""

    NONE = "none"
    TAKEN_BACK = "taken_back"
    LEFT = "left"
    MISSING = "missing"
    SENT_ON = "sent_on"


MOST_PIECES = 9_999
"""The most pieces of a part that lie at a station or move at once: a number above is a slip of the pen."""

MOST_AT_A_VISIT = 20
"""The most pieces of a part that one visit takes."""

AFTERWARDS_DAYS = 7
"""So long after a visit was made, a part that was used there can still be written down."""

OLD_PARTS_LATE_DAYS = 30
"""An old part that lies longer at a station is shown as late."""


def old_part_choices(*, comes_back: bool) -> tuple[OldPart, ...]:
    """What can be said about the old part when a new one was built in.

    Where it has to come back, nobody can say that there was none.
    """
    said = (OldPart.TAKEN_BACK, OldPart.LEFT, OldPart.MISSING)
    return said if comes_back else (OldPart.NONE, *said)


def is_low(*, on_hand: int, reserved: int, low_at: int) -> bool:
    """Whether more is to be ordered: fewer are free than the station wants to have."""
    return on_hand - reserved < low_at
