"""Open data: published editions as plain tables, with what every column means. docs/rules/open-data.md.

Names of files and columns, codes and the meaning of a column never change; new ones may be added behind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from aftersales.lib.periods import SHANGHAI, Period
from aftersales.reports import published
from aftersales.reports.edition_words import SMALL, WITHHELD
from aftersales.reports.models import PublishedEdition
from aftersales.web.exports import Column, Export, write

KEPT_FILES = 12
"""Made files that a process keeps at hand; each is made once for as long as nothing is corrected."""
MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Field:
    """A column: its name in the file, its kind (code, text, integer, day, moment, hash) and its meaning."""

    name: str
    kind: str
    words: Any


@dataclass(frozen=True)
class Dataset:
    """A table of one quarter; `rows` turns the published editions into lines, in a fixed order."""

    name: str
    title: Any
    about: Any
    fields: tuple[Field, ...]
    rows: Callable[[list[tuple[PublishedEdition, dict]]], Iterator[tuple]]


@dataclass(frozen=True)
class MadeFile:
    """A finished file."""

    name: str
    content: bytes
    sha256: str
    rows: int

    @property
    def size(self) -> int:
        return len(self.content)


PERIOD = Field("period", "code", _("The quarter, such as 2026-Q3."))
REGION = (
    Field("region_code", "code", _("Official 12-digit code; 000000000000 is the whole country.")),
    Field("region_name", "text", _("Name of the region when the report was frozen.")),
    Field("level", "code", _("0 nation, 1 province, 2 city, 3 county.")),
    Field("edition", "integer", _("Number of the edition; above 1 it is a correction.")),
)
SHOWN = Field(
    "shown",
    "code",
    _("known; none: no data; small: a count from 1 to 4; withheld: it would give another count away."),
)


def _place(row: PublishedEdition) -> tuple:
    return row.period, row.region_code, row.region_name, str(row.level), row.number


def _shown(count: Any) -> tuple[str, str]:
    """A number and how it is shown: ("12", "known") or ("", why not)."""
    if count is None:
        return "", "none"
    return ("", count) if count in (SMALL, WITHHELD) else (str(count), "known")


def _editions(found: list[tuple[PublishedEdition, dict]]) -> Iterator[tuple]:
    for row, _content in found:
        yield (
            *_place(row),
            row.reason,
            row.frozen_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            row.published_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            row.sha256,
        )


def _figures(found: list[tuple[PublishedEdition, dict]]) -> Iterator[tuple]:
    for row, content in found:
        for each in content["figures"]:
            target = each.get("target") or {"aim": "", "value": ""}
            yield (
                *_place(row),
                each["code"],
                each["unit"],
                *_shown(each["number"]),
                _shown(each["behind"])[0],
                target["aim"],
                str(target["value"]),
            )


def _classes(found: list[tuple[PublishedEdition, dict]]) -> Iterator[tuple]:
    for row, content in found:
        classes = content["classes"]
        for each in classes["rows"]:
            counts = [*zip(classes["groups"], each["counts"], strict=True), ("total", each["total"])]
            for group, count in counts:
                yield (*_place(row), each["goods"], each["nature"], group, *_shown(count))


COMPLETENESS = ("stations", "stations_reporting", "days", "days_without_filing", "filed", "follow_ups_open")


def _completeness(found: list[tuple[PublishedEdition, dict]]) -> Iterator[tuple]:
    for row, content in found:
        for county in content["completeness"]:
            for name in COMPLETENESS:
                yield (*_place(row), county["code"], county["name"], name, *_shown(county[name]))


DATASETS = (
    Dataset(
        "editions",
        _("Published reports"),
        _("Which reports the other files are made of, with their fingerprints."),
        (
            PERIOD,
            *REGION,
            Field("reason", "text", _("Why the report was corrected; empty for a first edition.")),
            Field("frozen_at", "moment", _("When the figures were frozen, Shanghai time.")),
            Field("published_at", "moment", _("When the report was published, Shanghai time.")),
            Field("sha256", "hash", _("SHA-256 of the report's JSON file.")),
        ),
        _editions,
    ),
    Dataset(
        "figures",
        _("Figures"),
        _("Every figure of every published report, with the count behind it and its target."),
        (
            PERIOD,
            *REGION,
            Field("figure", "code", _("Which figure; see the codes below.")),
            Field("unit", "code", _("count, minutes, fen (hundredths of a yuan) or permille (thousandths).")),
            Field("value", "integer", _("The value in its unit; empty when it is not known or hidden.")),
            SHOWN,
            Field("count_behind", "integer", _("How many claims, answers or the like the value rests on.")),
            Field("target_aim", "code", _("at_least, at_most, or empty without a target.")),
            Field("target_value", "integer", _("The target in the unit of the figure.")),
        ),
        _figures,
    ),
    Dataset(
        "claims_by_class",
        _("Claims by class"),
        _("How many claims were filed, by kind of goods, kind of problem and what became of them."),
        (
            PERIOD,
            *REGION,
            Field("goods", "code", _("Kind of goods; see the codes below.")),
            Field("nature", "code", _("Kind of problem; see the codes below.")),
            Field(
                "group", "code", _("What became of the claims: open, resolved, rejected, withdrawn, total.")
            ),
            Field("count", "integer", _("Number of claims; empty when it is hidden.")),
            SHOWN,
        ),
        _classes,
    ),
    Dataset(
        "completeness",
        _("Completeness"),
        _("How complete the reports of each county are."),
        (
            PERIOD,
            *REGION,
            Field("county_code", "code", _("Official 12-digit code of the county.")),
            Field("county_name", "text", _("Name of the county.")),
            Field(
                "measure",
                "code",
                _(
                    "stations, stations_reporting (with a claim in the quarter), days, days_without_filing, "
                    "filed (claims), follow_ups_open (consumers still to be asked)."
                ),
            ),
            Field("count", "integer", _("The count; empty when it is hidden.")),
            SHOWN,
        ),
        _completeness,
    ),
)
BY_NAME = {dataset.name: dataset for dataset in DATASETS}


def state_of(period: Period) -> str:
    """A fingerprint of what is published for a quarter: it changes with every new report or correction."""
    rows = published.regions_of(period).order_by("level", "region_code")
    told = "\n".join(f"{code} {number} {hash_}" for code, number, hash_ in _keys(rows))
    return hashlib.sha256(told.encode()).hexdigest() if told else ""


def _keys(rows) -> list[tuple[str, int, str]]:
    return [(row.region_code, row.number, row.sha256) for row in rows]


@lru_cache(maxsize=KEPT_FILES)
def made(name: str, period: Period, state: str) -> MadeFile:
    """One table of one quarter; `state` is `state_of` the quarter, so that a correction makes it anew."""
    dataset = BY_NAME[name]
    rows = published.regions_of(period).defer(None).order_by("level", "region_code")
    found = [(row, published.content_of(row)) for row in rows]
    written = write(
        Export(
            title=name,
            columns=[Column(field.name) for field in dataset.fields],
            rows=([str(cell) for cell in line] for line in dataset.rows(found)),
            made_at=period.ends_at,
            made_by="",
            row_limit=MOST_ROWS,
        ),
        "csv",
    )
    with written.file as file:
        return MadeFile(f"{name}.csv", file.read(), written.sha256, written.rows)


def sums(period: Period, state: str) -> str:
    """The fingerprints of all files of a quarter, in the form that `sha256sum -c` reads."""
    files = [made(dataset.name, period, state) for dataset in DATASETS]
    return "".join(f"{file.sha256}  {file.name}\n" for file in files)
