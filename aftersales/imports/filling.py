"""Empty lists to fill in: headings with notes, drop-downs of our words, an example, and an explanation."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from typing import IO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from aftersales.imports.kinds import Kind
from aftersales.web.exports import BRAND, SHANGHAI, Column, StampedZip, neutral, write_csv
from aftersales.web.list_rows import ListColumn

ROWS_OFFERED = 5000
"""So many rows below the heading offer the words to choose from."""
WORDS_SHEET = "words"


def write(kind: Kind, form: str, *, now: datetime) -> IO[bytes]:
    """The empty list of a kind as "xlsx" or "csv", a file that stands at its start."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    if form == "csv":
        columns = [Column(str(column.title)) for column in kind.layout]
        write_csv(columns, [_example(kind.layout)], target)
    else:
        _write_book(kind, target, now)
    target.seek(0)
    return target


def explanations(kind: Kind) -> list[tuple[str, str]]:
    """What has to be known of each column: its title, and what goes into it."""
    return [(str(column.title), note_of(column)) for column in kind.layout]


def note_of(column: ListColumn) -> str:
    """What goes into a column, in words."""
    told = [_("Has to be filled in.")] if column.is_needed and not column.may_be_empty else []
    if column.note:
        told.append(str(column.note))
    if column.choices:
        told.append(
            _("One of: %(words)s.") % {"words": "、".join(str(word) for _code, word in column.choices)}
        )
    return " ".join(told)


def _example(layout: Sequence[ListColumn]) -> list[str]:
    """The example row, with the words of codes."""
    words = [{code: str(word) for code, word in column.choices} for column in layout]
    return [
        known.get(column.example, str(column.example)) for column, known in zip(layout, words, strict=True)
    ]


def _write_book(kind: Kind, target: IO[bytes], now: datetime) -> None:
    book = Workbook()
    made_at = now.astimezone(SHANGHAI).replace(tzinfo=None)
    book.properties.creator = _("Aftersales")
    book.properties.title = str(kind.title)
    book.properties.created = book.properties.modified = made_at
    data, told, words = book.active, book.create_sheet(_("How to fill it in")), book.create_sheet(WORDS_SHEET)
    data.title = _("Data")
    words.sheet_state = "hidden"
    data.freeze_panes = "A2"
    for index, column in enumerate(kind.layout, start=1):
        _write_column(data, words, index, column)
    for cell, text in zip(data[2], _example(kind.layout), strict=True):
        _put(cell, text)
    _explain(told, kind)
    with StampedZip(target, made_at) as archive:
        ExcelWriter(book, archive).write_data()


def _write_column(data: Worksheet, words: Worksheet, index: int, column: ListColumn) -> None:
    letter = get_column_letter(index)
    data.column_dimensions[letter].width = column.width
    # As text, so that no spreadsheet turns a long number into 2.02611E+12.
    data.column_dimensions[letter].number_format = "@"
    heading = data.cell(1, index)
    _put(heading, str(column.title))
    heading.font = Font(bold=True, color="FFFFFFFF")
    heading.fill = PatternFill("solid", start_color=BRAND)
    heading.alignment = Alignment(vertical="center", wrap_text=True)
    if note := note_of(column):
        heading.comment = Comment(note, _("Aftersales"), width=320, height=140)
    if not column.choices:
        return
    for line, (_code, word) in enumerate(column.choices, start=1):
        _put(words.cell(line, index), str(word))
    offered = DataValidation(
        type="list",
        formula1=f"{WORDS_SHEET}!${letter}$1:${letter}${len(column.choices)}",
        allow_blank=True,
        showErrorMessage=True,
        errorTitle=str(column.title),
        error=_("Choose one of the words on offer."),
    )
    data.add_data_validation(offered)
    offered.add(f"{letter}2:{letter}{ROWS_OFFERED + 1}")


def _explain(sheet: Worksheet, kind: Kind) -> None:
    sheet.column_dimensions["A"].width = 22
    sheet.column_dimensions["B"].width = 90
    rows = [
        (str(kind.title), str(kind.words)),
        (
            _("How to fill it in"),
            _("One row a line below the heading. The example row is left out as long as nobody changes it."),
        ),
        *explanations(kind),
        (_("Taking back"), str(kind.back_words)),
    ]
    for line, (name, text) in enumerate(rows, start=1):
        _put(sheet.cell(line, 1), name)
        sheet.cell(line, 1).font = Font(bold=True)
        _put(sheet.cell(line, 2), text)
        sheet.cell(line, 2).alignment = Alignment(wrap_text=True, vertical="top")


def _put(cell: Cell, text: str) -> None:
    cell.value = neutral(text)
    cell.data_type = "s"
    cell.number_format = "@"
