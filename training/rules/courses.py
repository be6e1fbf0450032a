"""docs/rules/courses.md, section 3: how somebody stands with a course, and how far ahead a day may lie."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

SOON = timedelta(days=7)
"""So long before its day a course is due soon, and its learner is reminded."""

LONGEST_TERM = timedelta(days=366)
"""How far ahead the day may lie by which a course is to be finished."""


class Standing(StrEnum):
    """How somebody stands with a course on a day."""

    FINISHED = "finished"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    UNDER_WAY = "under_way"
    NOT_BEGUN = "not_begun"


def standing(due_on: date | None, *, is_finished: bool, has_begun: bool, today: date) -> Standing:
    """What is overdue counts before what is due soon, and that before how much was read."""
    if is_finished:
        return Standing.FINISHED
    if due_on is not None and due_on < today:
        return Standing.OVERDUE
    if due_on is not None and due_on <= today + SOON:
        return Standing.DUE_SOON
    return Standing.UNDER_WAY if has_begun else Standing.NOT_BEGUN
