"""An edition that was frozen long ago, opened by the program of today."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from aftersales.lib.canonical import canonical, sha256
from aftersales.reports import editions, reading
from aftersales.reports.models import Edition

GOLDEN = Path(__file__).parent / "golden"
FINGERPRINT = "4ac01782c45df2df2fcfd9a22182bf1f216ed71bf1c4dd8bbc0384ad9dc741bd"


@pytest.fixture
def edition():
    """修文县 in the first quarter of 2026, as it was written then; never made anew."""
    return Edition(
        region_code="520123000000",
        region_name="修文县",
        level=3,
        kind="quarter",
        period="2026-Q1",
        number=1,
        content=(GOLDEN / "edition_2026_q1.json").read_bytes().decode(),
        sha256=FINGERPRINT,
        frozen_at=datetime(2026, 4, 6, 1, tzinfo=UTC),
    )


def test_it_still_has_its_fingerprint(edition):
    content = reading.read(edition, "zh-hans")

    assert sha256(edition.content) == FINGERPRINT
    assert canonical(content.data) == edition.content


def test_it_still_says_the_same(edition):
    with translation.override("zh-hans"):
        content = reading.read(edition)
        told = [["figure", row.name, row.value, row.behind, row.target] for row in said(content)]
    told += [
        ["class", f"{row.goods} {row.nature}", *map(str, row.counts), str(row.total)]
        for row in content.class_rows
    ]
    told += [
        ["place", row.name, *map(str, (entry.number for entry in row.values))] for row in content.children
    ]

    with (GOLDEN / "edition_2026_q1.csv").open(encoding="utf-8", newline="") as kept:
        assert told == list(csv.reader(kept))


def said(content):
    yield from editions.rows(content.figures.values())
    for entries in content.departments.values():
        yield from editions.rows(entries)


def test_another_sign_is_noticed(edition):
    edition.content = edition.content.replace("修文县", "开阳县", 1)

    with pytest.raises(reading.Damaged):
        reading.read(edition)


def test_a_schema_of_the_future_is_not_guessed_at(edition):
    edition.content = edition.content.replace('"schema":1', '"schema":2')
    edition.sha256 = sha256(edition.content)

    with pytest.raises(reading.Damaged):
        reading.read(edition)
