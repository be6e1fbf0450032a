"""The row that shows how a list is filled in can be no row of anybody's: coming back, it is left out."""

from pathlib import Path

import pytest

from aftersales.imports.kinds import KINDS
from aftersales.web.list_rows import read_rows

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = {
    "calendar": ROOT / "stations/data/cn_workdays_2023_2026.csv",
    "parts": ROOT / "claims/data/parts.csv",
}
MARKS = ("示例", "EXAMPLE", "2000-")


@pytest.mark.parametrize("code", sorted(KINDS))
def test_an_example_says_that_it_is_one(code):
    cells = [str(column.example) for column in KINDS[code].layout]

    assert any(cell.startswith(MARKS) for cell in cells), cells


@pytest.mark.parametrize("code", sorted(SHIPPED))
def test_no_row_that_comes_with_the_programme_is_taken_for_the_example(code):
    path = SHIPPED[code]
    lines = path.read_text(encoding="utf-8").splitlines()

    rows = [row for row in read_rows(path, layout=KINDS[code].layout) if not row.fault]

    assert len(rows) == len(lines) - 1
