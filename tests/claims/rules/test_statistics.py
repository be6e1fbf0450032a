"""What may leave the county: docs/rules/figures.md, small counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.rules.statistics import SMALLEST_CELL, Hidden, published

S, W = Hidden.SMALL, Hidden.WITHHELD
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=1, max_size=6
    )
)


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([], []),
        ([[0, 0]], [[0, 0, 0]]),
        ([[5, 9]], [[5, 9, 14]]),
        ([[4, 0]], [[S, 0, S]]),
        ([[4, 9]], [[S, W, 13]]),
        ([[4, 1, 9]], [[S, S, 9, 14]]),
        ([[14, 71, 4], [3, 6, 0]], [[W, W, S, 89], [S, W, 0, 9]]),
        ([[4, 1, 1, 0], [1, 0, 0, 0]], [[S, S, S, 0, W], [S, 0, 0, 0, S]]),
    ],
)
def test_small_counts_and_what_gives_them_away(rows, shown):
    assert published(rows) == shown


@given(TABLES)
def test_no_line_has_one_gap_that_its_total_would_fill(rows):
    shown = published(rows)

    counts = [[*row, sum(row)] for row in rows]
    for count_line, shown_line in [
        *zip(counts, shown, strict=True),
        *zip(zip(*counts, strict=True), zip(*shown, strict=True), strict=True),
    ]:
        pairs = list(zip(count_line, shown_line, strict=True))
        gaps = [pair for pair in pairs if isinstance(pair[1], Hidden)]
        assert len(gaps) != 1 or not any(count for count, told in pairs if told is count and count)
        for count, told in pairs:
            assert (told is S) == (0 < count < SMALLEST_CELL)
            assert told == count or isinstance(told, Hidden)
