"""Lists that people fill in, as CSV or XLSX: their columns, and their rows by the names of these columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation

from aftersales.lib import csv_rows
from aftersales.lib.csv_rows import Row
from aftersales.web import xlsx_rows
from aftersales.web.exports import as_typed, data_sheet_names

ZIP_MARK = b"PK\x03\x04"
WHOLE_FILE = frozenset({"file_not_utf8", "no_heading", "missing_columns", "too_large", "not_xlsx"})
"""Faults after which a file has no further row."""


@dataclass(frozen=True)
class ListColumn:
    """A column of a list: the name that programs use, the title that people read, and what goes into it.

    A list may call the column by its name or by its title in any language. With `choices` (codes and their
    words) a cell may hold the code or the words in any language. `note` explains the column to who fills it
    in, `example` is a cell of the example row. A column that is needed may still have empty cells.
    """

    name: str
    title: Any
    is_needed: bool = False
    may_be_empty: bool = False
    note: Any = ""
    example: Any = ""
    choices: Sequence[tuple[str, Any]] = ()
    kind: str = "text"
    width: int = 16


def is_workbook(path: Path) -> bool:
    """Whether a file is an XLSX file, whatever it is called."""
    with path.open("rb") as file:
        return file.read(len(ZIP_MARK)) == ZIP_MARK


def read_rows(
    path: Path, *, layout: Sequence[ListColumn] = (), needed: Collection[str] | None = None
) -> Iterator[Row]:
    """The rows of a CSV or XLSX list, with columns and choices by their names; faults as in the two readers.

    The example row of a layout is left out. Without a layout the columns keep the titles they have, in lower
    case. `needed` are the columns that the heading must have, else those that the layout needs. Of a workbook
    the sheet is read that exports write, else the first; what an export kept from being a formula is read as
    it was typed.
    """
    wanted = {column.name for column in layout if column.is_needed} if needed is None else set(needed)
    names, words = _names(layout), _words(layout)
    if path.suffix.casefold() == ".xlsx" or is_workbook(path):
        rows = xlsx_rows.read_rows(path, needed=(), sheets=data_sheet_names())
    else:
        rows = csv_rows.read_rows(path, needed=())
    is_checked = False
    for row in rows:
        if row.fault:
            yield row
            continue
        values = {names.get(_plain(title), title): as_typed(cell) for title, cell in row.values.items()}
        if not is_checked and not wanted <= values.keys():
            yield Row(1, fault="missing_columns")
            return
        is_checked = True
        for name in words.keys() & values.keys():
            values[name] = words[name].get(_plain(values[name]), values[name])
        if layout and all(values.get(column.name, "") == str(column.example) for column in layout):
            continue
        yield replace(row, values=values)


def _names(layout: Sequence[ListColumn]) -> dict[str, str]:
    """The column that a heading means."""
    titled = _in_every_language(lambda: {str(column.title): column.name for column in layout})
    return titled | {column.name: column.name for column in layout}


def _words(layout: Sequence[ListColumn]) -> dict[str, Mapping[str, str]]:
    """For each column with choices the code that a cell means."""
    return {
        column.name: _in_every_language(
            lambda column=column: {str(word): code for code, word in column.choices}
        )
        | {code.casefold(): code for code, _word in column.choices}
        for column in layout
        if column.choices
    }


def _in_every_language(told: Callable[[], Mapping[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {_plain(word): code for word, code in told().items()}
    return found


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
