"""A frozen report as XLSX, CSV and PDF: numbers are numbers, nothing hidden comes out, the bytes stay."""

import csv
import io
import sys
import zipfile
import zlib
from datetime import timedelta

import openpyxl
import pytest
from django.utils import translation

from aftersales.reports.renderers import RENDERERS, Report, of_edition, sections
from tests.reports.sample_content import FROZEN_AT, sample_content, sample_edition


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def report(**edition) -> Report:
    return of_edition(sample_edition(**edition), "zh-hans")


def book(subject: Report):
    return openpyxl.load_workbook(RENDERERS["xlsx"](subject).file)


def table(subject: Report) -> list[list[str]]:
    content = RENDERERS["csv"](subject).file.read()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("form", RENDERERS)
def test_the_same_edition_gives_the_same_bytes(form):
    first, second = RENDERERS[form](report()), RENDERERS[form](report())

    assert (first.file.read(), first.sha256) == (second.file.read(), second.sha256)
    other = RENDERERS[form](report(number=2, corrects="a" * 64, reason="漏报两天"))
    assert other.sha256 != first.sha256


def test_the_cover_says_what_it_is():
    subject = report(number=2, corrects="a" * 64, reason="漏报两天")
    cover = book(subject).worksheets[0]

    facts = {row[0].value: row[1].value for row in cover.iter_rows(min_row=3) if row[0].value}
    assert facts["Region"] == "贵阳市 (520100000000)"
    assert facts["Period"] == "2026-Q3 (2026-07-01 – 2026-09-30)"
    assert (facts["Edition"], facts["Corrects the edition"], facts["Reason of the correction"]) == (
        "2",
        "a" * 64,
        "漏报两天",
    )
    assert facts["Frozen"] == "2026-10-05 10:30"
    assert (
        facts["Fingerprint (SHA-256)"]
        == sample_edition(number=2, corrects="a" * 64, reason="漏报两天").sha256
    )


def test_figures_are_numbers_with_their_unit_and_target():
    sheet = book(report())["Figures"]

    rows = [[cell.value for cell in row][:7] for row in sheet.iter_rows(min_row=4)]
    assert rows == [
        ["登记工单", 1284, "number", 1284, "工单 1,284 件", None, None],
        ["解决率", 0.934, "%", 1102, "工单 1,102 件", "at least 90%", "reached"],
        ["首次响应时间中位数", 18, "minutes", 1260, "已受理 1,260 件", "at most 2 h", "reached"],
        ["平均解决时间", 3120, "minutes", 1029, "已解决 1,029 件", "at most 2 d", "missed"],
        ["满意度", "no data", "%", 0, "已回答 0 件", "at least 92%", None],
        ["已执行理赔金额", 48213.5, "yuan", 388, "理赔 388 件", None, None],
        ["重新打开", "<5", "number", 1284, "工单 1,284 件", None, None],
    ]
    formats = [sheet.cell(row=row, column=2).number_format for row in (4, 5, 9)]
    assert formats == ["#,##0", "0.0%", "¥#,##0.00"]


def test_classes_have_totals_and_what_is_hidden_stays_hidden():
    sheet = book(report())["Claims by class and state"]

    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert rows == [
        ["鲜果", "质量", 14, 801, 40, 21, 876],
        ["家用电器", "物流", "—", 344, "<5", 0, 402],
        ["种子种苗", "质量", "<5", "—", 0, 0, 6],
        ["Total", None, "no data", 1149, "—", 21, 1284],
    ]
    assert [cell.font.bold for cell in sheet[7]] == [True] * 7


def test_every_sheet_is_set_up_for_a4_with_repeated_headings_and_the_fingerprint():
    subject = report()
    sheets = book(subject).worksheets

    assert {sheet.page_setup.paperSize for sheet in sheets} == {9}
    assert {(sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) for sheet in sheets} == {(1, 0)}
    assert {sheet.oddFooter.left.text for sheet in sheets} == {f"SHA-256 {subject.sha256}"}
    assert {sheet.print_title_rows for sheet in sheets[1:]} == {"$3:$3"}
    assert [sheet.title for sheet in sheets] == [
        "About",
        "Figures",
        "Claims by class and state",
        "By region",
        "Completeness by county",
        "农业农村",
        "商务",
        "市场监管",
        "Rules in force",
    ]


def test_no_text_of_an_edition_is_a_formula():
    content = sample_content(number=2, corrects="a" * 64, reason="=HYPERLINK(1)")
    content["region"]["name"] = "=1+1"
    content["words"]["zh-hans"]["figure:filed"] = "@SUM(A1)"
    subject = Report(content=content, made_at=FROZEN_AT, language="zh-hans", sha256="b" * 64)

    cells = [cell for sheet in book(subject) for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert "'@SUM(A1)" in {cell.value for cell in cells}
    assert "=" not in {line[2][:1] for line in table(subject)}


def test_the_long_table_has_one_line_for_each_value():
    rows = table(report())

    assert rows[0] == ["Table", "Row of the table", "Column", "Value", "Unit"]
    assert ["Figures", "解决率", "Value", "0.934", "share (0 to 1)"] in rows
    assert ["Figures", "满意度", "Value", "no data", ""] in rows
    assert ["Figures", "已执行理赔金额", "Value", "48213.50", "yuan"] in rows
    assert ["Claims by class and state", "家用电器 · 物流", "已拒绝", "<5", ""] in rows
    assert ["By region", "开阳县", "首次响应时间中位数", "16", "minutes"] in rows
    assert [row for row in rows if len(row) != 5] == []


def test_what_is_not_frozen_says_so_in_every_form():
    content = sample_content()
    del content["edition"]
    subject = Report(content=content, made_at=FROZEN_AT, language="zh-hans", made_by="刘经理")

    facts = dict(sections.facts(subject))
    assert (facts["State"], facts["Made by"]) == ("not frozen: figures can still change", "刘经理")
    assert "Fingerprint (SHA-256)" not in facts
    later = Report(
        content=content, made_at=FROZEN_AT + timedelta(minutes=1), language="zh-hans", made_by="刘经理"
    )
    for form in RENDERERS:
        assert RENDERERS[form](subject).sha256 == RENDERERS[form](subject).sha256
        assert RENDERERS[form](subject).sha256 != RENDERERS[form](later).sha256


def test_paper_has_pages_with_numbers_and_embedded_signs():
    content = RENDERERS["pdf"](report()).file.read()

    assert content.startswith(b"%PDF-1.")
    assert content.count(b"/Type /Page\n") >= 3
    assert content.count(b"/FontFile2") + content.count(b"/FontFile3") == 2
    assert b"/Lang (zh-CN)" in content


def test_a_hidden_class_is_drawn_where_its_table_has_it(monkeypatch):
    content, drawn = sample_content(), []
    content["classes"]["rows"][0]["total"] = "withheld"
    monkeypatch.setattr(
        sys.modules["aftersales.reports.renderers.pdf"],
        "_bars",
        lambda _paper, bars: drawn.append([entry.words for _name, entry in bars]),
    )

    RENDERERS["pdf"](Report(content=content, made_at=FROZEN_AT, language="zh-hans"))

    assert drawn[0][0] == "—"
    assert len(drawn[0]) == len(content["classes"]["rows"])


def test_a_table_longer_than_a_page_repeats_its_headings():
    short, content = len(pages(report())), sample_content()
    row = content["completeness"][0]
    content["completeness"] = [{**row, "code": f"{at:012}", "name": f"第{at}县"} for at in range(80)]
    long = Report(content=content, made_at=FROZEN_AT, language="zh-hans", sha256="b" * 64)

    assert len(pages(long)) >= short + 2


def test_a_sign_that_the_fonts_lack_is_a_box_and_no_fault():
    content = sample_content()
    content["region"]["name"] = "𰻝𰻝镇"

    written = RENDERERS["pdf"](Report(content=content, made_at=FROZEN_AT, language="zh-hans"))

    assert written.file.read().startswith(b"%PDF-")


def test_a_workbook_is_a_whole_zip_without_moments_of_the_run():
    with zipfile.ZipFile(RENDERERS["xlsx"](report()).file) as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 10, 5, 10, 30, 0)}


def pages(subject: Report) -> list[bytes]:
    """The drawing of each page."""
    content, found = RENDERERS["pdf"](subject).file.read(), []
    for part in content.split(b"stream\n")[1:]:
        try:
            drawn = zlib.decompress(part)
        except zlib.error:
            continue
        if b" Tf" in drawn:
            found.append(drawn)
    return found
