"""docs/rules/training-hours.md: hours of learning, and how many are asked for (E-05)."""

from __future__ import annotations

from enum import StrEnum

NEW_STAFF_MINUTES = 100 * 60
"""In the first twelve months."""

YEARLY_MINUTES = 40 * 60
"""In every calendar year after that."""


class HourKind(StrEnum):
    LESSON = "lesson"
    EXAM = "exam"
    CLASS = "class"
    MENTORING = "mentoring"
    PRACTICE = "practice"
    OUTSIDE = "outside"
    CORRECTION = "correction"
