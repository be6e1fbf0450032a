"""Open data: published figures as tables, the same bytes for everybody, with a dictionary that fits them."""

import csv
import hashlib
import io
import json
import re

import pytest
from django.urls import reverse

from aftersales.reports import open_data
from tests.reports.public.editions import NATION, XIUWEN, content_of, make_edition, make_published

INDEX = reverse("report_public:open_data")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_kept_between_tests():
    open_data.made.cache_clear()


def file_of(name: str, period="2026-Q3") -> str:
    return reverse("report_public:open_file", args=[period, name])


def table(client, name: str, period="2026-Q3") -> list[dict[str, str]]:
    answer = client.get(file_of(name, period))
    assert answer.status_code == 200 and answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_figures_stand_with_their_units_counts_and_targets(client):
    make_published()

    told = {row["figure"]: row for row in table(client, "figures")}

    assert told["satisfaction"] == {
        "period": "2026-Q3",
        "region_code": NATION,
        "region_name": "全国",
        "level": "0",
        "edition": "1",
        "figure": "satisfaction",
        "unit": "permille",
        "value": "905",
        "shown": "known",
        "count_behind": "84",
        "target_aim": "at_least",
        "target_value": "920",
    }
    assert (told["filed"]["target_aim"], told["filed"]["target_value"]) == ("", "")


def test_small_counts_stay_hidden(client):
    make_published()

    rows = [
        (row["goods"], row["group"], row["count"], row["shown"]) for row in table(client, "claims_by_class")
    ]

    assert rows == [
        ("fresh_fruit", "open", "10", "known"),
        ("fresh_fruit", "resolved", "90", "known"),
        ("fresh_fruit", "total", "100", "known"),
        ("appliance", "open", "", "small"),
        ("appliance", "resolved", "", "withheld"),
        ("appliance", "total", "20", "known"),
    ]


def test_no_data_is_its_own_word(client):
    figures = [{"code": "satisfaction", "number": None, "behind": 0, "unit": "permille", "target": None}]
    make_published(figures=figures)

    (row,) = table(client, "figures")

    assert (row["value"], row["shown"], row["count_behind"]) == ("", "none", "0")


def test_completeness_is_told_measure_by_measure(client):
    make_published()

    told = [
        (row["county_name"], row["measure"], row["count"], row["shown"])
        for row in table(client, "completeness")
    ]

    assert told == [
        ("修文县", "stations", "12", "known"),
        ("修文县", "stations_reporting", "9", "known"),
        ("修文县", "days", "92", "known"),
        ("修文县", "days_without_filing", "3", "known"),
        ("修文县", "filed", "80", "known"),
        ("修文县", "follow_ups_open", "", "small"),
    ]


def test_only_the_newest_published_edition_of_a_region_counts(client):
    first = make_published()
    second = make_published(corrects=first)
    make_edition(XIUWEN, "修文县", 3)
    make_published(period="2026-Q2")

    told = [(row["region_code"], row["edition"], row["sha256"]) for row in table(client, "editions")]

    assert told == [(NATION, "2", second.sha256)]


def test_a_text_that_looks_like_a_formula_is_none(client):
    make_published(name="=cmd|' /C calc'!A0")

    (row,) = table(client, "editions")

    assert row["region_name"] == "'=cmd|' /C calc'!A0"


@pytest.mark.parametrize("dataset", open_data.DATASETS, ids=lambda dataset: dataset.name)
def test_the_columns_are_those_of_the_dictionary(client, dataset):
    make_published()

    heading = client.get(file_of(dataset.name)).content.decode("utf-8-sig").splitlines()[0].split(",")

    assert heading == [field.name for field in dataset.fields]
    told = json.loads(client.get("/open-data/dictionary.json").content)
    assert [
        column["name"]
        for file in told["files"]
        if file["name"] == f"{dataset.name}.csv"
        for column in file["columns"]
    ] == heading


def test_every_code_in_a_file_is_in_the_dictionary(client):
    make_published()
    told = json.loads(client.get("/open-data/dictionary.json").content)
    known = {(code["column"], code["code"]) for code in told["codes"]}

    used = {("figure", row["figure"]) for row in table(client, "figures")}
    for row in table(client, "claims_by_class"):
        used |= {(column, row[column]) for column in ("goods", "nature", "group")}

    assert used - known == set()


def test_the_dictionary_is_read_in_both_languages(client):
    page = client.get("/open-data/dictionary/")
    rows = list(
        csv.DictReader(io.StringIO(client.get("/open-data/dictionary.csv").content.decode("utf-8-sig")))
    )

    assert page.status_code == 200
    assert all(row["meaning_zh"] and row["meaning_en"] for row in rows)
    chinese = [row for row in rows if re.search("[一-鿿]", row["meaning_en"])]
    assert chinese == []


def test_the_sums_are_those_of_the_files_and_of_the_page(client):
    make_published()

    sums = dict(
        reversed(line.split("  "))
        for line in client.get("/open-data/2026-Q3/SHA256SUMS").content.decode().split("\n")
        if line
    )
    page = client.get(INDEX).content.decode()

    files = {f"{each.name}.csv": client.get(file_of(each.name)).content for each in open_data.DATASETS}
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert [hash_ for hash_ in sums.values() if hash_ not in page] == []


def test_bytes_are_the_same_in_every_language_and_change_with_a_correction_alone(client):
    first = make_published()
    answer = client.get(file_of("figures"))
    open_data.made.cache_clear()
    again = client.get(file_of("figures"), headers={"Accept-Language": "en"})
    kept = client.get(file_of("figures"), headers={"If-None-Match": answer.headers["ETag"]})
    assert (answer.content, kept.status_code) == (again.content, 304)

    content = content_of(NATION, "全国", 0, "2026-Q3")
    content["figures"][0]["number"] = 121
    make_published(corrects=first, figures=content["figures"])

    corrected = client.get(file_of("figures"), headers={"If-None-Match": answer.headers["ETag"]})
    assert corrected.status_code == 200 and corrected.content != answer.content


def test_a_file_is_made_once(client, django_assert_max_num_queries):
    make_published()
    client.get(file_of("figures"))

    with django_assert_max_num_queries(2):
        client.get(file_of("figures"))


@pytest.mark.parametrize(
    "path",
    [
        file_of("figures", "2026-Q2"),
        file_of("figures", "2026-09"),
        file_of("figures", "x"),
        file_of("claims"),
        "/open-data/2026-Q2/SHA256SUMS",
        "/open-data/x/SHA256SUMS",
        "/open-data/dictionary.exe",
        "/open-data/heads.csv",
    ],
)
def test_what_is_not_there_is_not_found(client, path):
    make_published()

    assert client.get(path).status_code == 404


def test_without_a_report_the_page_says_when_files_come(client):
    client.cookies["django_language"] = "en"

    assert "Files come with the first published report." in client.get(INDEX).content.decode()
