import csv
import hashlib
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from aftersales.web.exports import Column, Export, as_typed, neutral, safe_file_name, write

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
"""2026-11-21, 00:30 in Shanghai."""

COLUMNS = [
    Column("Number"),
    Column("Amount", "yuan"),
    Column("Weight", "quantity"),
    Column("Share", "percent"),
    Column("Count", "integer"),
    Column("Filed", "moment"),
    Column("Day", "day"),
]
ROW = ("520123000000000042", 1234, 2500, Decimal("0.925"), 3, NOW, date(2026, 11, 21))

FORMULAS = [
    "=1+1",
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    " =1",
    "\u3000=1",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff=1",
    "  \t =1",
    '=HYPERLINK("http://x")',
    "=1;",
    "\u2060@x",
    "\x00=1",
    "\x1f=1",
    "-",
]


def export(rows, *, columns=COLUMNS, **more):
    return Export(title="理赔 2026-11", columns=columns, rows=rows, made_at=NOW, made_by="罗师傅", **more)


def sheet_rows(written, sheet=1):
    book = openpyxl.load_workbook(written.file)
    return [[cell.value for cell in row] for row in book.worksheets[sheet].iter_rows()]


def csv_rows(written):
    content = written.file.read()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_sheet_holds_numbers_as_numbers_and_long_numbers_as_text():
    heading, row = sheet_rows(write(export([ROW]), "xlsx"))

    assert heading == [column.title for column in COLUMNS]
    assert row == [
        "520123000000000042",
        12.34,
        2.5,
        0.925,
        3,
        datetime(2026, 11, 21, 0, 30),
        datetime(2026, 11, 21),
    ]


def test_csv_holds_the_same_in_the_form_of_the_house():
    heading, row = csv_rows(write(export([ROW]), "csv"))

    assert heading == [column.title for column in COLUMNS]
    assert row == ["520123000000000042", "12.34", "2.5", "0.9250", "3", "2026-11-21 00:30", "2026-11-21"]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_values_that_are_not_there_stay_empty(form):
    written = write(export([(None,) * len(COLUMNS), ROW]), form)

    second = (sheet_rows if form == "xlsx" else csv_rows)(written)[1]
    assert set(second) == {None if form == "xlsx" else ""}


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_text_is_a_formula_in_a_sheet_or_in_csv(formula):
    columns = [Column("=title")]
    sheet, text = (
        write(export([(formula,)], columns=columns), "xlsx"),
        write(export([(formula,)], columns=columns), "csv"),
    )

    book = openpyxl.load_workbook(sheet.file)
    cells = [
        cell for each in book.worksheets for row in each.iter_rows() for cell in row if cell.value is not None
    ]
    assert {cell.data_type for cell in cells} == {"s"}
    assert book.worksheets[1]["A2"].value.startswith("'")
    assert all(row[0].startswith("'") for row in csv_rows(text))


@pytest.mark.parametrize("text", ["杨昌荣", "a=b", "1-2", "3@4", "C++", "", " 12", "坏果 3 个"])
def test_harmless_text_is_left_alone(text):
    assert neutral(text) == text


@pytest.mark.parametrize(
    "character", ["\x00", "\x08", "\x0b", "\x1f", "\ud800", "\udfff", "\ufffe", "\uffff"]
)
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_what_xml_cannot_hold_is_left_out(character, form):
    written = write(export([(f"a{character}b",)], columns=[Column("Text")]), form)

    assert (sheet_rows if form == "xlsx" else csv_rows)(written)[1] == ["ab"]


def test_a_text_longer_than_a_cell_is_cut_and_says_so():
    assert len(neutral("长" * 40_000)) == 32_767
    assert neutral("长" * 40_000).endswith("…")


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_rows_beyond_the_limit_stay_out_and_that_is_said(form):
    rows = [(str(i),) for i in range(5)]
    columns = [Column("Text")]

    cut = write(export(rows, columns=columns, row_limit=4), form)
    whole = write(export(rows, columns=columns, row_limit=5), form)

    assert (cut.rows, cut.is_truncated) == (4, True)
    assert (whole.rows, whole.is_truncated) == (5, False)


def test_the_cover_says_what_when_by_whom_and_with_which_filter():
    filters = [("County", "修文县"), ("State", "=closed")]
    written = write(export([ROW, ROW], filters=filters, row_limit=1), "xlsx")

    told = {row[0]: row[1] for row in sheet_rows(written, sheet=0) if row[0]}
    assert "理赔 2026-11" in told
    assert told["County"] == "修文县"
    assert told["State"] == "'=closed"
    assert {"2026-11-21 00:30", "罗师傅", "1"} <= set(told.values())
    assert len(told) == 8


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_same_export_gives_the_same_bytes_and_the_hash_is_theirs(form):
    first, second = write(export([ROW] * 3), form), write(export([ROW] * 3), form)
    other = write(export([ROW] * 4), form)

    assert first.file.read() == second.file.read()
    assert first.sha256 == second.sha256 != other.sha256
    first.file.seek(0)
    assert hashlib.sha256(first.file.read()).hexdigest() == first.sha256
    assert first.facts == {"title": "理赔 2026-11", "filters": {}, "rows": 3, "sha256": first.sha256}


def test_a_fault_among_the_rows_sends_nothing():
    def rows():
        yield ROW
        raise RuntimeError("lost connection")

    for form in ("xlsx", "csv"):
        with pytest.raises(RuntimeError, match="lost connection"):
            write(export(rows()), form)


def test_a_row_of_another_width_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="zip"):
        write(export([ROW[:-1]]), "csv")


def test_the_download_has_a_safe_name_and_is_kept_by_no_cache():
    response = write(export([ROW]), "csv").response()

    disposition = response.headers["Content-Disposition"]
    assert disposition == "attachment; filename*=utf-8''%E7%90%86%E8%B5%94%202026-11%202026-11-21.csv"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "etc passwd.csv"),
        ('a"b;c\r\nX: y', "a b c X y.csv"),
        ("\u202egpj.exe", "gpj.exe.csv"),
        ("   ", "export.csv"),
        ("名" * 100, "名" * 80 + ".csv"),
    ],
)
def test_file_names_hold_no_path_and_no_controls(title, name):
    assert safe_file_name(title, "csv") == name


@pytest.mark.parametrize("text", ["=1+1", "-18℃", "@all", "'quoted'", "plain", ""])
def test_what_was_typed_comes_back_from_an_export(text):
    assert as_typed(neutral(text)) == text
