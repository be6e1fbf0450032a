"""docs/rules/exams.md, section 8: whether a question measures what somebody knows."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from training.rules.exams import PERMILLE

GROUP_PERCENT = 27
"""The best and the weakest so many percent are compared (Kelley 1939)."""

FEWEST = 30
"""With fewer answers nothing is said about a question."""

TOO_EASY = 950
TOO_HARD = 300
WEAK = 200


class Finding(StrEnum):
    """What the answers to a question say about it."""

    TOO_FEW = "too_few"
    REVERSED = "reversed"
    TOO_HARD = "too_hard"
    WEAK = "weak"
    TOO_EASY = "too_easy"
    FINE = "fine"


def share_right(right: int, asked: int) -> int | None:
    """Right answers in thousandths of all, rounded half up; None when it was never asked."""
    return (right * PERMILLE * 2 + asked) // (asked * 2) if asked else None


def discrimination(results: Sequence[tuple[int, bool]]) -> int | None:
    """How much oftener the best answer rightly than the weakest, in thousandths from -1000 to 1000.

    `results` hold for each paper its whole score and whether this question was right on it; papers of the
    same score count in the order given. None with fewer than FEWEST papers.
    """
    if len(results) < FEWEST:
        return None
    ranked = [is_right for _score, is_right in sorted(results, key=lambda result: result[0])]
    size = len(ranked) * GROUP_PERCENT // 100
    difference = sum(ranked[-size:]) - sum(ranked[:size])
    return round(difference * PERMILLE / size)


def finding(asked: int, right: int, difference: int | None) -> Finding:
    """The one thing to say first about a question: what is worst."""
    share = share_right(right, asked)
    if asked < FEWEST or share is None:
        return Finding.TOO_FEW
    if difference is not None and difference < 0:
        return Finding.REVERSED
    if share < TOO_HARD:
        return Finding.TOO_HARD
    if share > TOO_EASY:
        return Finding.TOO_EASY
    if difference is not None and difference < WEAK:
        return Finding.WEAK
    return Finding.FINE
