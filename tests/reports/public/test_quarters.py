"""The quarterly report without an account: what it says, in words, and nothing that was not published."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from aftersales.reports.public.files import BY_ADDRESS
from tests.reports.public.editions import NATION, PUBLISHED, XIUWEN, make_edition, make_published

INDEX = reverse("report_public:reports")
LIGHT = 35_000
pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(client, db, settings):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def page_of(region=NATION, period="2026-Q3") -> str:
    return reverse("report_public:quarter", args=[region, period])


def file_of(number=1, form="json", region=NATION, period="2026-Q3") -> str:
    return reverse("report_public:edition_file", args=[region, period, number, form])


def test_an_empty_index_says_when_something_comes(pages):
    page = pages.get(INDEX)

    assert page.status_code == 200
    assert "No report has been published yet" in page.content.decode()


def test_only_what_was_published_is_listed_and_only_its_newest_edition(pages):
    make_edition(XIUWEN, "修文县", 3)
    make_edition(period="2026-09")
    first = make_published()
    make_published(corrects=first)
    make_published(period="2026-Q2")

    page = pages.get(INDEX)
    earlier = pages.get(INDEX, {"quarter": "2026-Q2"})

    assert [name for name, _words in page.context["quarters"]] == ["2026-Q3", "2026-Q2"]
    assert [(row.region_code, row.period, row.number) for row in page.context["list_page"].rows] == [
        (NATION, "2026-Q3", 2)
    ]
    assert [(row.period, row.number) for row in earlier.context["list_page"].rows] == [("2026-Q2", 1)]


@pytest.mark.parametrize("asked", ["2026-Q1", "x", "2026-13", "'\"<"])
def test_a_quarter_without_reports_shows_the_newest(pages, asked):
    make_published()

    assert pages.get(INDEX, {"quarter": asked}).context["shown"].name == "2026-Q3"


def test_a_report_says_its_figures_in_words_with_targets(pages):
    make_published(foreword="三季度苹果集中上市。")

    page = pages.get(page_of())

    told = [(each.name, each.value, each.target, each.misses_target) for each in page.context["told"]]
    assert told == [
        ("Claims filed", "120", "", False),
        ("First response, median", "1 h 35 min", "at most 2 h", False),
        ("Resolution rate", "93.7%", "", False),
        ("Satisfaction", "90.5%", "at least 92%", True),
    ]
    assert [each.code for each in page.context["glance"]] == [
        "filed",
        "response_median",
        "resolution_rate",
        "satisfaction",
    ]
    assert page.context["completeness"] == [
        {
            "name": "修文县",
            "stations": "12",
            "stations_reporting": "9",
            "days": "92",
            "days_without_filing": "3",
            "follow_ups_open": "<5",
        }
    ]
    text = page.content.decode()
    assert "三季度苹果集中上市。" in text and "quarter 3 of 2026" in text
    assert len(page.content) < LIGHT


def test_a_report_speaks_chinese_with_the_words_it_was_frozen_with(client, db):
    make_published()

    page = client.get(page_of())

    assert [each.name for each in page.context["told"]][:2] == ["登记工单", "首次响应中位数"]


def test_places_below_lead_on_where_they_have_a_report_and_hide_what_is_small(pages):
    make_published()
    make_published(XIUWEN, "修文县", 3)

    children = pages.get(page_of()).context["children"]

    assert children["headings"] == ["Claims filed", "Satisfaction"]
    assert [(row["name"], row["has_report"], row["cells"]) for row in children["rows"]] == [
        ("修文县", True, ["80", "no data"]),
        ("开阳县", False, ["40", "<5"]),
    ]


def test_charts_show_kinds_of_goods_and_the_quarters_published(pages):
    make_published()
    make_published(period="2026-Q2")

    goods, quarters = pages.get(page_of()).context["charts"]

    assert goods.rows == [["Fresh fruit", "100"], ["Household appliances", "20"]]
    assert (quarters.headings, quarters.rows) == (
        ["", "Satisfaction", "Resolution rate"],
        [["26-Q2", "90.5%", "93.7%"], ["26-Q3", "90.5%", "93.7%"]],
    )


def test_a_kind_of_goods_with_a_hidden_count_says_at_least(pages):
    def of(nature, total):
        return {"goods": "fresh_fruit", "nature": nature, "counts": [total], "total": total}

    rows = [of("quality", 30), of("service", "small"), of("logistics", 12)]
    make_published(classes={"groups": ["open"], "rows": rows, "totals": [45], "total": 45})

    (goods,) = pages.get(page_of()).context["charts"]

    assert goods.rows == [["Fresh fruit", "≥ 42"]]


def test_a_region_with_too_few_claims_shows_none(pages):
    make_published(
        XIUWEN,
        "修文县",
        3,
        hidden="small",
        figures=[{"code": "filed", "number": "small", "behind": "small", "unit": "count", "target": None}],
        classes={"groups": [], "rows": [], "totals": [], "total": "small"},
        children={"level": 4, "columns": [], "rows": []},
    )

    page = pages.get(page_of(XIUWEN))

    assert [each.value for each in page.context["told"]] == ["<5"]
    assert page.context["charts"] == [] and "so few claims" in page.content.decode()


def test_a_correction_is_shown_with_its_reason_and_leads_to_what_it_corrects(pages):
    first = make_published()
    make_published(corrects=first)

    newest, earlier = pages.get(page_of()), pages.get(page_of(), {"edition": "1"})

    assert newest.context["row"].number == 2 and "两个站点补报了工单" in newest.content.decode()
    assert earlier.context["row"].number == 1 and "This edition was corrected." in earlier.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        page_of(XIUWEN),
        page_of(period="2026-Q4"),
        page_of(period="2026-09"),
        page_of(period="nonsense"),
        page_of("x"),
        file_of(2),
        file_of(form="exe"),
        file_of(99999999999999999999),
        file_of(period="2026-09"),
    ],
)
def test_what_was_not_published_is_not_there(pages, path):
    make_published()
    make_edition(XIUWEN, "修文县", 3)

    assert pages.get(path).status_code == 404


def test_the_file_is_the_frozen_text_and_its_hash_the_one_that_is_shown(pages):
    row = make_published()

    answer = pages.get(file_of())

    assert answer.content.decode() == row.content
    assert hashlib.sha256(answer.content).hexdigest() == row.sha256
    assert row.sha256 in pages.get(page_of()).content.decode()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{NATION}-2026-Q3-1.json"'


@pytest.mark.parametrize("form", ["xlsx", "csv", "pdf", "json"])
def test_a_file_is_the_same_for_everybody_and_is_sent_once(client, db, form):
    make_published()

    answer = client.get(file_of(form=form))
    again = client.get(file_of(form=form), headers={"Accept-Language": "en"})
    kept = client.get(file_of(form=form), headers={"If-None-Match": answer.headers["ETag"]})

    assert (answer.status_code, again.status_code, kept.status_code) == (200, 200, 304)
    assert answer.content == again.content and kept.content == b""
    assert "public" in answer.headers["Cache-Control"]


def test_the_workbook_opens(client, db):
    make_published()

    book = load_workbook(io.BytesIO(client.get(file_of(form="xlsx")).content))

    assert len(book.sheetnames) > 1


def test_making_files_is_throttled_and_reading_them_again_is_not(client, db, time_machine):
    time_machine.move_to(PUBLISHED, tick=False)
    make_published()
    known = client.get(file_of(form="csv")).headers["ETag"]
    for _each in range(BY_ADDRESS.limit):
        BY_ADDRESS.count_failure("127.0.0.1", now=PUBLISHED)

    assert client.get(file_of(form="csv")).status_code == 429
    assert client.get(file_of()).status_code == 200
    assert Client(REMOTE_ADDR="10.0.0.9").get(file_of(form="csv")).status_code == 200
    kept = Client(REMOTE_ADDR="10.0.0.9").get(file_of(form="csv"), headers={"If-None-Match": known})
    assert kept.status_code == 304
    time_machine.move_to(PUBLISHED + timedelta(minutes=16), tick=False)
    assert client.get(file_of(form="csv")).status_code == 200


def test_pages_cost_the_same_whatever_was_published(pages, django_assert_num_queries):
    make_published()
    with django_assert_num_queries(3):
        pages.get(page_of())
    for quarter in ("2026-Q1", "2026-Q2"):
        make_published(period=quarter)
    with django_assert_num_queries(3):
        pages.get(page_of())
    with django_assert_num_queries(2):
        pages.get(INDEX)


def test_reports_stand_under_the_level_of_their_region(pages):
    make_published()
    make_published(XIUWEN, "修文县", 3)

    page = pages.get(INDEX)

    assert [(level, [row.region_code for row in rows]) for level, rows in page.context["groups"]] == [
        ("Nation", [NATION]),
        ("County", [XIUWEN]),
    ]


def test_a_hidden_total_still_counts_what_its_row_shows(pages):
    hidden = {"goods": "fresh_fruit", "nature": "quality", "counts": [7, "withheld"], "total": "withheld"}
    shown = {"goods": "appliance", "nature": "quality", "counts": [0, 6], "total": 6}
    make_published(
        classes={"groups": ["open", "resolved"], "rows": [shown, hidden], "totals": [], "total": 99}
    )

    (goods,) = pages.get(page_of()).context["charts"]

    assert goods.rows == [["Fresh fruit", "≥ 7"], ["Household appliances", "6"]]
