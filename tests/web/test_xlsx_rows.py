import io
import zipfile
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from openpyxl import Workbook

from aftersales.lib.csv_rows import Row
from aftersales.web import xlsx_rows


def book(rows, path, *, sheets=1):
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    for _further in range(1, sheets):
        workbook.create_sheet().append(["order", "price"])
    workbook.save(path)
    return path


def read(path, needed=("order",)):
    return list(xlsx_rows.read_rows(path, needed=needed))


def test_rows_come_as_texts_with_their_line(tmp_path):
    path = book(
        [
            ["Order", "PRICE", "Day"],
            ["A-1", 2.55, datetime(2026, 11, 20, 10, 30)],
            [],
            [" 007 ", 3, None, None],
            [100200300400500, 1e22, date(2026, 11, 20)],
            ["B", Decimal("0.10"), time(10, 30)],
            [True],
        ],
        tmp_path / "list.xlsx",
        sheets=2,
    )

    assert read(path) == [
        Row(2, {"order": "A-1", "price": "2.55", "day": "2026-11-20 10:30:00"}),
        Row(4, {"order": "007", "price": "3", "day": ""}),
        Row(
            5,
            {"order": "100200300400500", "price": "10000000000000000000000", "day": "2026-11-20 00:00:00"},
        ),
        Row(6, {"order": "B", "price": "0.1", "day": "10:30:00"}),
        Row(7, {"order": "True", "price": "", "day": ""}),
    ]


def test_a_computed_value_is_refused_and_the_next_row_read(tmp_path):
    path = book(
        [["order", "price"], ["A", "=1+1"], ["B", "#N/A"], ["C", "'=1+1"], ["D", 4]], tmp_path / "list.xlsx"
    )

    assert read(path) == [
        Row(2, fault="formula_cell"),
        Row(3, fault="error_cell"),
        Row(4, {"order": "C", "price": "'=1+1"}),
        Row(5, {"order": "D", "price": "4"}),
    ]


def test_cells_beyond_the_heading_are_a_fault(tmp_path):
    wide = ["order"] + [None] * 99 + ["far out"]
    path = book([["order", None], ["A", "b"], ["A"], wide], tmp_path / "list.xlsx")

    assert read(path) == [
        Row(2, fault="more_cells"),
        Row(3, {"order": "A"}),
        Row(4, fault="more_cells"),
    ]


@pytest.mark.parametrize(
    ("rows", "fault", "line"),
    [
        ([], "no_heading", 1),
        ([[None], ["price"], ["1"]], "missing_columns", 2),
        ([["=A1"]], "formula_cell", 1),
    ],
)
def test_a_sheet_without_a_proper_heading_is_one_fault(tmp_path, rows, fault, line):
    assert read(book(rows, tmp_path / "list.xlsx")) == [Row(line, fault=fault)]


@pytest.mark.parametrize(
    "content", [b"", b"order,price\n", b"PK\x03\x04 cut off"], ids=["empty", "csv", "cut off"]
)
def test_what_is_no_spreadsheet_is_one_fault(tmp_path, content):
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)

    assert read(path) == [Row(1, fault="not_xlsx")]


def repacked(path, change=lambda name, content: content, **further):
    """The same archive with some parts changed and further ones."""
    output = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
        for name, content in further.items():
            target.writestr(name, content)
    path.write_bytes(output.getvalue())
    return path


def test_a_damaged_sheet_ends_the_list_with_a_fault(tmp_path):
    path = book([["order"]] + [[f"A{number}"] for number in range(3)], tmp_path / "list.xlsx")

    def cut(name, content):
        return content.replace(b"</row></sheetData>", b"<row") if "sheet1" in name else content

    rows = read(repacked(path, cut))

    assert rows[-1].fault == "not_xlsx"
    assert {row.fault for row in rows[:-1]} <= {""}


def test_a_list_that_would_grow_too_large_is_not_unpacked(tmp_path, monkeypatch):
    path = book([["order"], ["A"]], tmp_path / "list.xlsx")
    bomb = repacked(path, lambda name, content: content + b" " * 2_000_000 * ("sheet1" in name))
    opened = []
    monkeypatch.setattr(xlsx_rows, "load_workbook", lambda *given, **named: opened.append(given))
    monkeypatch.setattr(xlsx_rows, "MAX_UNPACKED_BYTES", 1_000_000)

    assert bomb.stat().st_size < 100_000
    assert read(bomb) == [Row(1, fault="too_large")]
    assert opened == []


@pytest.mark.parametrize("limit", ["MAX_FILE_BYTES", "MAX_PARTS", "MAX_STRINGS_BYTES"])
def test_every_limit_counts_by_itself(tmp_path, monkeypatch, limit):
    path = repacked(
        book([["order"], ["A"]], tmp_path / "list.xlsx"), **{"xl/SharedStrings.xml": b"<sst></sst>"}
    )

    assert read(path) == [Row(2, {"order": "A"})]
    monkeypatch.setattr(xlsx_rows, limit, 1)
    assert read(path) == [Row(1, fault="too_large")]


def test_entities_that_multiply_do_not_fill_the_memory(tmp_path):
    path = book([["order"], ["A"]], tmp_path / "list.xlsx")
    doubled = b"".join(b'<!ENTITY e%d "&e%d;&e%d;">' % (n, n - 1, n - 1) for n in range(1, 40))
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">' + doubled + b"]>"

    def lol(name, content):
        if "sheet1" not in name:
            return content
        body = content.partition(b"?>")[2] if content.startswith(b"<?xml") else content
        return head + body.replace(b">order<", b">&e39;<")

    assert [row.fault for row in read(repacked(path, lol))] == ["not_xlsx"]


def test_a_sheet_that_is_asked_for_by_name_is_read_instead_of_the_first(tmp_path):
    workbook = Workbook()
    workbook.active.append(["order"])
    data = workbook.create_sheet("数据")
    data.append(["order"])
    data.append(["A-1"])
    workbook.save(path := tmp_path / "list.xlsx")

    asked = list(xlsx_rows.read_rows(path, needed=("order",), sheets={"Data", "数据"}))
    other = list(xlsx_rows.read_rows(path, needed=("order",), sheets={"Orders"}))

    assert asked == [Row(2, {"order": "A-1"})]
    assert other == []
