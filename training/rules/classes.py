"""docs/rules/village-classes.md: a class a month at every village point (E-10), and publicity (E-12)."""

from __future__ import annotations

from enum import StrEnum


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
