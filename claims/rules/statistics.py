"""docs/rules/figures.md: medians, percentiles and shares, and when there is nothing to say."""

from collections.abc import Mapping, Sequence
from enum import Enum
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


def nearest_rank(counts: Mapping[int, int], percent: int) -> int | None:
    """The same percentile of values given as how often each occurs; None of nothing."""
    if not 0 < percent <= 100:
        raise ValueError("percent is above 0 and at most 100")
    rank = ceil(Fraction(percent * sum(counts.values()), 100))
    for value in sorted(counts):
        rank -= counts[value]
        if rank <= 0 and counts[value]:
            return value
    return None


def share(part: int, whole: int) -> Fraction | None:
    """part / whole between 0 and 1; None when there is no whole, so that no data is never a figure."""
    return Fraction(part, whole) if whole else None


class Hidden(Enum):
    """Why a count of a table is not shown."""

    SMALL = "small"
    WITHHELD = "withheld"


SHOWN_AS = {Hidden.SMALL: f"<{SMALLEST_CELL}", Hidden.WITHHELD: "—"}
"""What stands in the place of a hidden count, on every board and in every report."""


def published(rows: Sequence[Sequence[int]]) -> list[list[int | Hidden]]:
    """A table of counts as it may leave the county: each row with its total behind it.

    Counts from 1 to 4 are SMALL; zero is shown. Where a row or a column, whose totals are public, hides
    one count alone, the smallest other one above zero is WITHHELD, because the first could be reckoned.
    """
    counts = [[*row, sum(row)] for row in rows]
    shown: list[list[int | Hidden]] = [
        [Hidden.SMALL if 0 < count < SMALLEST_CELL else count for count in row] for row in counts
    ]
    across = [[(at, column) for column in range(len(row))] for at, row in enumerate(counts)]
    down = [list(line) for line in zip(*across, strict=True)]
    changed = True
    while changed:
        changed = False
        for line in across + down:
            open_ = [(at, column) for at, column in line if not isinstance(shown[at][column], Hidden)]
            spare = [(counts[at][column], at, column) for at, column in open_ if counts[at][column]]
            if len(line) - len(open_) == 1 and spare:
                _count, at, column = min(spare)
                shown[at][column] = Hidden.WITHHELD
                changed = True
    return shown
