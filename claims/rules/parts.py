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
