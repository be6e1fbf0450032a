"""Reading lists that come as CSV: one line a row, so that every fault has the number of its line."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

BOM = b"\xef\xbb\xbf"
LONGEST_LINE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Row:
    """One line of a list: its values by column, or a fault.

    Columns are in lower case, values without outer blanks. Faults of a line: not_utf8, line_too_long,
    broken_quotes, more_cells (than the heading has). Faults of the whole file, which has no further row
    then: file_not_utf8, no_heading, missing_columns.
    """

    line: int
    values: dict[str, str] = field(default_factory=dict)
    fault: str = ""


def read_rows(path: Path, *, needed: Sequence[str]) -> Iterator[Row]:
    """The rows of a UTF-8 file, with or without byte order mark, in constant memory; without empty lines.

    A file most of whose non-ASCII lines are not UTF-8 was written in another encoding and is refused as a
    whole, because some of its lines would pass for UTF-8 by chance.
    """
    if line := _first_line_in_another_encoding(path):
        yield Row(line, fault="file_not_utf8")
        return
    columns: list[str] = []
    for line, raw in _lines(path):
        if raw is None:
            yield Row(line, fault="line_too_long")
            continue
        if not raw.strip():
            continue
        try:
            cells = [cell.strip() for cell in next(csv.reader([raw.decode()], strict=True))]
        except UnicodeDecodeError:
            yield Row(line, fault="not_utf8")
            continue
        except csv.Error:
            yield Row(line, fault="broken_quotes")
            continue
        if columns:
            yield _row(line, columns, cells)
            continue
        columns = [name.casefold() for name in cells]
        if not set(needed) <= set(columns):
            yield Row(line, fault="missing_columns")
            return
    if not columns:
        yield Row(1, fault="no_heading")


def _row(line: int, columns: list[str], cells: list[str]) -> Row:
    if any(cells[len(columns) :]):
        return Row(line, fault="more_cells")
    filled = cells + [""] * (len(columns) - len(cells))
    return Row(line, dict(zip(columns, filled, strict=False)))


def _lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Line numbers from 1 and the lines without their ends; None for one that is too long to be a row."""
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(LONGEST_LINE_BYTES):
            number += 1
            too_long = False
            while len(raw) == LONGEST_LINE_BYTES and not raw.endswith(b"\n"):
                too_long = True
                raw = file.readline(LONGEST_LINE_BYTES)
            yield number, None if too_long else raw.removeprefix(BOM if number == 1 else b"").rstrip(b"\r\n")


def _first_line_in_another_encoding(path: Path) -> int:
    """The first line that is not UTF-8 when most that could tell are not; else 0."""
    first = good = bad = 0
    for number, raw in _lines(path):
        if raw is None or raw.isascii():
            continue
        try:
            raw.decode()
        except UnicodeDecodeError:
            bad += 1
            first = first or number
        else:
            good += 1
    return first if bad > good else 0
