"""Reading lists that come as XLSX, with the same rows and faults as aftersales.lib.csv_rows."""

import zipfile
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from aftersales.lib.csv_rows import Row

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_PARTS = 500
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_STRINGS_BYTES = 64 * 1024 * 1024
MAX_COLUMNS = 100

SHARED_STRINGS = "xl/sharedstrings.xml"


class BrokenFile(Exception):
    """The file is damaged, or is no spreadsheet."""


def read_rows(path: Path, *, needed: Sequence[str], sheets: Collection[str] = ()) -> Iterator[Row]:
    """The rows of the first sheet, in constant memory but for its texts; empty rows are left out.

    A sheet that is called as one of `sheets` is read instead when there is one.

    Dates come as ISO text and numbers as they were typed. Beside the faults of csv_rows a row can have
    formula_cell and error_cell, for a value that somebody's spreadsheet computed, and the whole file
    too_large (looked up before anything is unpacked) and not_xlsx.
    """
    if fault := _fault_of(path):
        yield Row(1, fault=fault)
        return
    columns: list[str] = []
    try:
        for line, cells in _cells(path, sheets):
            values, fault = _values(cells)
            if not fault and not any(values):
                continue
            if columns:
                yield _row(line, columns, values, fault)
                continue
            columns = [name.casefold() for name in values]
            while columns and not columns[-1]:
                columns.pop()
            if fault or not set(needed) <= set(columns):
                yield Row(line, fault=fault or "missing_columns")
                return
    except BrokenFile:
        yield Row(line + 1 if columns else 1, fault="not_xlsx")
        return
    if not columns:
        yield Row(1, fault="no_heading")


def _fault_of(path: Path) -> str:
    """Why a file is not opened at all, from its table of contents alone."""
    if path.stat().st_size > MAX_FILE_BYTES:
        return "too_large"
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        return "not_xlsx"
    unpacked = sum(part.file_size for part in parts)
    strings = sum(part.file_size for part in parts if part.filename.casefold() == SHARED_STRINGS)
    too_large = len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES or strings > MAX_STRINGS_BYTES
    return "too_large" if too_large else ""


def _cells(path: Path, sheets: Collection[str]) -> Iterator[tuple[int, tuple]]:
    """Row numbers from 1 and the cells, one column more than allowed; any fault becomes BrokenFile."""
    try:
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        try:
            named = [each for each in book.worksheets if each.title in sheets]
            sheet = (named or book.worksheets)[0]
            # What the file says about its own size may be wrong, by mistake or on purpose.
            sheet.reset_dimensions()
            yield from enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1)
        finally:
            book.close()
    except Exception as error:
        # Damaged files raise KeyError, ValueError, ParseError, BadZipFile, zlib.error and more.
        raise BrokenFile from error


def _values(cells: tuple) -> tuple[list[str], str]:
    """The texts of a row and its fault, if one cell has one."""
    kinds = {cell.data_type for cell in cells}
    fault = "formula_cell" if "f" in kinds else "error_cell" if "e" in kinds else ""
    return ["" if fault else _text(cell.value) for cell in cells], fault


def _row(line: int, columns: list[str], values: list[str], fault: str) -> Row:
    if fault:
        return Row(line, fault=fault)
    if any(values[len(columns) :]):
        return Row(line, fault="more_cells")
    filled = values[: len(columns)] + [""] * (len(columns) - len(values))
    return Row(line, dict(zip(columns, filled, strict=True)))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date | time):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if type(value) in (int, float):
        # The shortest decimal that means this number is what was typed: 2.55, not 2.54999…
        number = format(Decimal(repr(value)), "f")
        return number.rstrip("0").rstrip(".") if "." in number else number
    return str(value).strip()
