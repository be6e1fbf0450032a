"""docs/rules/figures.md: medians, percentiles and shares, and when there is nothing to say."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

SMALLEST_CELL = 5
"""Counts from one up to below this are not shown outside the county, so that nobody is recognised."""


def percentile(ordered: Sequence[int], percent: int) -> int | None:
    """The nearest-rank percentile of values in ascending order; None of nothing.

    The 50th is the lower median. Every answer is a value that really occurred.
    """
    if not 0 < percent <= 100:
        raise ValueError("percent is above 0 and at most 100")
    if not ordered:
        return None
    return ordered[ceil(Fraction(percent * len(ordered), 100)) - 1]


def share(part: int, whole: int) -> Fraction | None:
    """part / whole between 0 and 1; None when there is no whole, so that no data is never a figure."""
    return Fraction(part, whole) if whole else None


def suppressed(count: int) -> int | None:
    """The count, or None when it is small enough to point at somebody; zero is shown."""
    return None if 0 < count < SMALLEST_CELL else count
