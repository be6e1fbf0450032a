"""Workbooks of several tables behind a cover sheet, ready for A4 paper; part of the one writer of exports.

The same book gives the same bytes.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from aftersales.lib.money import fen_to_yuan
from aftersales.web.exports import (
    BRAND,
    CONTENT_TYPES,
    NUMBER_FORMATS,
    SHANGHAI,
    StampedZip,
    Written,
    neutral,
    safe_file_name,
)

A4 = 9
HEADING_ROW = 3
PALE = "FFE5EFE7"
MUTED = "FF4D6057"
LINE = Border(bottom=Side(style="thin", color="FFD5DDD8"))
ABOVE = Border(top=Side(style="medium", color=BRAND))
NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True)
class Cell:
    """A value with its kind: "text", "integer", "yuan" (whole fen) or "percent" (a share from 0 to 1)."""

    value: Any
    kind: str = "text"


@dataclass(frozen=True)
class Sheet:
    """One table: headings with their widths, rows, and how many of the last rows are totals."""

    title: str
    headings: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[Cell]]
    totals: int = 0
    note: str = ""


@dataclass(frozen=True)
class Book:
    """What is written: the cover's facts, the sheets, and the words at the foot of every printed page."""

    title: str
    facts: Sequence[tuple[str, str]]
    sheets: Sequence[Sheet]
    made_at: datetime
    made_by: str
    foot: str = ""


def write_book(book: Book) -> Written:
    """Write a book as XLSX; numbers are numbers, and no text is ever a formula."""
    made_at = book.made_at.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0)
    workbook = Workbook()
    workbook.properties.creator = neutral(book.made_by)
    workbook.properties.title = neutral(book.title)
    workbook.properties.created = workbook.properties.modified = made_at
    cover = workbook.active
    cover.title = _("About")
    _fill_cover(cover, book)
    for sheet in book.sheets:
        _fill_sheet(workbook.create_sheet(sheet.title.translate(NOT_IN_SHEET_NAMES)[:31]), sheet)
    for worksheet in workbook.worksheets:
        _set_up_paper(worksheet, book)
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        with StampedZip(target, made_at) as archive:
            ExcelWriter(workbook, archive).write_data()
    except BaseException:
        target.close()
        raise
    target.seek(0)
    digest = hashlib.file_digest(target, "sha256").hexdigest()
    target.seek(0)
    return Written(
        file=target,
        file_name=safe_file_name(book.title, "xlsx"),
        content_type=CONTENT_TYPES["xlsx"],
        rows=sum(len(sheet.rows) for sheet in book.sheets),
        is_truncated=False,
        sha256=digest,
        facts={"title": book.title, "sha256": digest},
    )


def _fill_cover(worksheet: Worksheet, book: Book) -> None:
    worksheet.column_dimensions["A"].width = 24
    worksheet.column_dimensions["B"].width = 70
    _put(worksheet, 1, 1, Cell(book.title)).font = Font(bold=True, size=18, color=BRAND)
    worksheet.row_dimensions[1].height = 30
    for at, (name, value) in enumerate(book.facts, start=3):
        _put(worksheet, at, 1, Cell(name)).font = Font(bold=True, color=MUTED)
        shown = _put(worksheet, at, 2, Cell(value))
        shown.alignment = Alignment(wrap_text=True, vertical="top")
        shown.border = worksheet.cell(at, 1).border = LINE
    worksheet.sheet_view.showGridLines = False


def _fill_sheet(worksheet: Worksheet, sheet: Sheet) -> None:
    _put(worksheet, 1, 1, Cell(sheet.title)).font = Font(bold=True, size=14, color=BRAND)
    if sheet.note:
        _put(worksheet, 2, 1, Cell(sheet.note)).font = Font(color=MUTED, size=9)
    for column, (heading, width) in enumerate(sheet.headings, start=1):
        worksheet.column_dimensions[get_column_letter(column)].width = width
        cell = _put(worksheet, HEADING_ROW, column, Cell(heading))
        cell.font = Font(bold=True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", start_color=BRAND)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    for at, row in enumerate(sheet.rows):
        is_total = at >= len(sheet.rows) - sheet.totals
        for column, value in enumerate(row, start=1):
            cell = _put(worksheet, HEADING_ROW + 1 + at, column, value)
            cell.border = ABOVE if is_total else LINE
            # Text in a column of numbers stands under them: "<5", a dash, "no data".
            is_beside_text = column == 1 or (value.kind == "text" and len(str(value.value)) > 12)
            cell.alignment = Alignment(
                vertical="top", wrap_text=True, horizontal="left" if is_beside_text else None
            )
            if is_total:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", start_color=PALE)
    worksheet.freeze_panes = worksheet.cell(HEADING_ROW + 1, 2)
    worksheet.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"


def _put(worksheet: Worksheet, row: int, column: int, value: Cell):
    cell = worksheet.cell(row, column)
    if value.kind == "text":
        cell.value = neutral(str(value.value))
        # Without this a text that starts with "=" would be stored as a formula.
        cell.data_type = "s"
    else:
        cell.value = fen_to_yuan(value.value) if value.kind == "yuan" else value.value
    cell.number_format = NUMBER_FORMATS[value.kind]
    return cell


def _set_up_paper(worksheet: Worksheet, book: Book) -> None:
    is_wide = sum(dimension.width for dimension in worksheet.column_dimensions.values()) > 100
    worksheet.page_setup.paperSize = A4
    worksheet.page_setup.orientation = "landscape" if is_wide else "portrait"
    worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, 0
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True
    # An ampersand begins a code in headers and footers of a workbook.
    worksheet.oddHeader.left.text = neutral(book.title).replace("&", "&&")
    worksheet.oddFooter.left.text = neutral(book.foot).replace("&", "&&")
    worksheet.oddFooter.left.size = 7
    worksheet.oddFooter.right.text = "&P / &N"
