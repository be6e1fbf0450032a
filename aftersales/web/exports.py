"""The one writer of exports: XLSX that opens in WPS and Excel, and CSV, without live formulas.

An export is written to a temporary file before the first byte leaves, so a fault never sends half a
file, and its hash and number of rows are known when the door writes the audit event.
"""

import csv
import hashlib
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import FileResponse
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from aftersales.lib.money import fen_to_yuan, format_milli

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROW_LIMIT = 100_000
CELL_LIMIT = 32_767
BRAND = "FF1B5E43"

CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# What a spreadsheet takes for the start of a formula, also behind blanks and invisible characters.
FORMULA = re.compile(r"^[\s\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]")
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
NOT_IN_NAMES = re.compile(
    r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|%;\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+'
)


@dataclass(frozen=True)
class Column:
    """A column: its title, and the kind of its values.

    Kinds: "text" (also numbers that identify: phones, orders, claims), "integer", "yuan" (values in
    whole fen), "quantity" (values in whole thousandths), "percent" (a share from 0 to 1), "moment"
    (aware instants, shown in Asia/Shanghai), "day".
    """

    title: str
    kind: str = "text"
    width: int = 16


@dataclass(frozen=True)
class Export:
    """What is exported, for whom and with which filter; rows beyond the limit stay out, and that is said."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    made_at: datetime
    made_by: str
    filters: Sequence[tuple[str, str]] = ()
    row_limit: int = ROW_LIMIT


@dataclass
class Written:
    """A finished export: the file at its start, the facts for the audit event, and the answer to send."""

    file: IO[bytes]
    file_name: str
    content_type: str
    rows: int
    is_truncated: bool
    sha256: str
    facts: dict[str, Any] = field(default_factory=dict)

    def response(self) -> FileResponse:
        """The file as a download that no cache keeps; its name is encoded as RFC 5987 says."""
        response = FileResponse(
            self.file, as_attachment=True, filename=self.file_name, content_type=self.content_type
        )
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def write(export: Export, form: str) -> Written:
    """Write an export as "xlsx" or "csv". The same export gives the same bytes."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    rows = _Counted(export.rows, export.row_limit)
    try:
        (_write_xlsx if form == "xlsx" else _write_csv)(export, rows, target)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    digest = hashlib.file_digest(target, "sha256").hexdigest()
    target.seek(0)
    return Written(
        file=target,
        file_name=safe_file_name(f"{export.title} {export.made_at.astimezone(SHANGHAI):%Y-%m-%d}", form),
        content_type=CONTENT_TYPES[form],
        rows=rows.number,
        is_truncated=rows.is_truncated,
        sha256=digest,
        facts={"title": export.title, "filters": dict(export.filters), "rows": rows.number, "sha256": digest},
    )


def safe_file_name(title: str, suffix: str) -> str:
    """A name that every file system takes: no path, no control or direction characters, at most 80."""
    name = " ".join(NOT_IN_NAMES.sub(" ", title).split()).strip(". ")[:80].strip() or "export"
    return f"{name}.{suffix}"


def data_sheet_names() -> frozenset[str]:
    """What the sheet with the rows of an export is called, in every language: for reading an export back."""
    names = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            names.append(_("Data"))
    return frozenset(names)


def as_typed(text: str) -> str:
    """What a cell of an export meant before `neutral` put an apostrophe in front of it."""
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text


def neutral(text: str) -> str:
    """The text as a cell that is never a formula: an apostrophe goes in front of what looks like one.

    Characters that XML cannot hold are left out; more than a cell can hold is cut with an ellipsis.
    """
    text = NOT_XML.sub("", text)
    if FORMULA.match(text):
        text = f"'{text}"
    return text if len(text) <= CELL_LIMIT else f"{text[: CELL_LIMIT - 1]}…"


class _Counted(Iterator):
    """Hands rows through up to a limit and remembers how many, and whether more were there."""

    def __init__(self, rows: Iterable[Sequence[Any]], limit: int):
        self._rows = iter(rows)
        self._limit = limit
        self.number = 0
        self.is_truncated = False

    def __next__(self) -> Sequence[Any]:
        row = next(self._rows)
        if self.number == self._limit:
            self.is_truncated = True
            raise StopIteration
        self.number += 1
        return row


def write_csv(
    columns: Sequence[Column], rows: Iterable[Sequence[Any]], target: IO[bytes], *, goes_on: bool = False
) -> None:
    """Write rows as CSV where the file stands; with `goes_on` without mark and headings, behind others."""
    # Excel on a Chinese Windows reads UTF-8 only behind a byte order mark.
    text = io.TextIOWrapper(target, encoding="utf-8" if goes_on else "utf-8-sig", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    if not goes_on:
        writer.writerow([neutral(str(column.title)) for column in columns])
    kinds = [column.kind for column in columns]
    for row in rows:
        writer.writerow([_as_text(value, kind) for value, kind in zip(row, kinds, strict=True)])
    text.flush()
    text.detach()


def _write_csv(export: Export, rows: _Counted, target: IO[bytes]) -> None:
    write_csv(export.columns, rows, target)


def _as_text(value: Any, kind: str) -> str:
    if value is None:
        return ""
    if kind == "yuan":
        return str(fen_to_yuan(value))
    if kind == "quantity":
        return format_milli(value)
    if kind == "percent":
        return f"{value:.4f}"
    if kind == "moment":
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if kind == "day":
        return value.isoformat()
    if kind == "integer":
        return str(int(value))
    return neutral(str(value))


NUMBER_FORMATS = {
    "yuan": "¥#,##0.00",
    "quantity": "#,##0.###",
    "percent": "0.0%",
    "integer": "#,##0",
    "moment": "yyyy-mm-dd hh:mm",
    "day": "yyyy-mm-dd",
    "text": "@",
}


def _write_xlsx(export: Export, rows: _Counted, target: IO[bytes]) -> None:
    book = Workbook(write_only=True)
    made_at = export.made_at.astimezone(SHANGHAI).replace(tzinfo=None)
    book.properties.creator = neutral(export.made_by)
    book.properties.title = neutral(export.title)
    book.properties.created = book.properties.modified = made_at
    cover, data = book.create_sheet(_("About")), book.create_sheet(_("Data"))
    try:
        _write_rows(data, export.columns, rows)
    except BaseException:
        # The half-written sheet lies in a file of its own that would stay until the process ends.
        data.close()
        data._writer.cleanup()
        raise
    _write_cover(cover, export, rows, made_at)
    with StampedZip(target, made_at) as archive:
        ExcelWriter(book, archive).write_data()


def _write_rows(sheet, columns: Sequence[Column], rows: _Counted) -> None:
    for index, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, str(column.title)) for column in columns])
    # One cell a column is filled again and again: a row is on disk before the next one is read.
    cells = [WriteOnlyCell(sheet) for _column in columns]
    for cell, column in zip(cells, columns, strict=True):
        cell.number_format = NUMBER_FORMATS[column.kind]
    for row in rows:
        for cell, value, column in zip(cells, row, columns, strict=True):
            _fill(cell, value, column.kind)
        sheet.append(cells)


def _fill(cell, value: Any, kind: str) -> None:
    if value is None:
        cell.value = None
    elif kind == "text":
        cell.value = neutral(str(value))
        # Without this a text that starts with "=" would be stored as a formula.
        cell.data_type = "s"
    elif kind == "yuan":
        cell.value = fen_to_yuan(value)
    elif kind == "quantity":
        cell.value = Decimal(value).scaleb(-3)
    elif kind == "moment":
        cell.value = value.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0)
        cell.number_format = NUMBER_FORMATS["moment"]
    elif kind == "day":
        cell.value = value
        cell.number_format = NUMBER_FORMATS["day"]
    else:
        cell.value = value


def _heading(sheet, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, neutral(text))
    cell.data_type = "s"
    cell.font = Font(bold=True, color="FFFFFFFF")
    cell.fill = PatternFill("solid", start_color=BRAND)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _write_cover(sheet, export: Export, rows: _Counted, made_at: datetime) -> None:
    sheet.column_dimensions["A"].width = 22
    sheet.column_dimensions["B"].width = 60
    title = WriteOnlyCell(sheet, neutral(export.title))
    title.data_type = "s"
    title.font = Font(bold=True, size=16, color=BRAND)
    sheet.append([title])
    sheet.append([])
    facts = [
        (_("Made at"), f"{made_at:%Y-%m-%d %H:%M}"),
        (_("Made by"), export.made_by),
        *(export.filters or [(_("Filter"), _("none"))]),
        (_("Rows"), str(rows.number)),
        (_("Row limit"), str(export.row_limit)),
    ]
    if rows.is_truncated:
        more = _("There are more rows than the limit. Narrow the filter and export again.")
        facts.append((_("Not complete"), more))
    for name, value in facts:
        cells = [WriteOnlyCell(sheet, neutral(str(each))) for each in (name, value)]
        for cell in cells:
            cell.data_type = "s"
            cell.number_format = "@"
        cells[0].font = Font(bold=True)
        sheet.append(cells)


class StampedZip(zipfile.ZipFile):
    """A ZIP whose entries carry the time of the export, not of the run: equal content is equal bytes."""

    def __init__(self, target: IO[bytes], made_at: datetime):
        super().__init__(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._stamp = (max(made_at.year, 1980), *made_at.timetuple()[1:6])

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self._stamp)
        entry.compress_type = zipfile.ZIP_DEFLATED
        return entry

    def writestr(self, name, data, *args, **kwargs):
        super().writestr(self._entry(name), data)

    def write(self, filename, arcname=None, *args, **kwargs):
        source = Path(filename)
        with source.open("rb") as given, self.open(self._entry(arcname or source.name), "w") as kept:
            shutil.copyfileobj(given, kept)
