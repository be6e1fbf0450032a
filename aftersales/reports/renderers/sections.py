"""What an edition says as tables, for every form alike. docs/rules/reports.md, docs/rules/exports.md.

All numbers and the words of every code come from the edition; headings are this program's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aftersales.reports.edition_words import known, misses, target_words, value_words
from aftersales.reports.editions import POLICY_WORDS
from aftersales.reports.models import Edition
from aftersales.web.books import Cell
from aftersales.web.formats import moment, percent
from claims.models.compensation import PolicyKind

FALLBACK = "zh-hans"
KINDS = {"count": "integer", "minutes": "integer", "fen": "yuan", "permille": "percent"}


@dataclass(frozen=True)
class Report:
    """A report to be written: its content, its fingerprint where it is frozen, and in which language."""

    content: Mapping[str, Any]
    made_at: datetime
    language: str
    sha256: str = ""
    made_by: str = ""

    @property
    def is_frozen(self) -> bool:
        return bool(self.sha256)

    @property
    def region(self) -> str:
        return self.content["region"]["name"]

    @property
    def period(self) -> str:
        return self.content["period"]["name"]

    @property
    def title(self) -> str:
        names = {"place": self.region, "period": self.period}
        if self.content["period"]["kind"] == "quarter":
            return _("Quarterly after-sales report %(place)s %(period)s") % names
        return _("Monthly after-sales report %(place)s %(period)s") % names

    def word(self, code: str) -> str:
        """The words that the report itself has for a code; the code where it has none."""
        words = self.content["words"]
        return words.get(self.language, words[FALLBACK]).get(code, code.partition(":")[2])


def of_edition(edition: Edition, language: str) -> Report:
    """A frozen report, exactly as it was frozen."""
    return Report(
        content=json.loads(edition.content),
        made_at=edition.frozen_at,
        language=language,
        sha256=edition.sha256,
    )


@dataclass(frozen=True)
class Entry:
    """One value of a table: text without a unit, else a number, None, "small" or "withheld".

    `behind` is the count a rate or a time rests on, where it has no column of its own on paper.
    """

    value: int | str | None
    unit: str = ""
    behind: int | str | None = None

    @property
    def is_number(self) -> bool:
        return bool(self.unit) and isinstance(self.value, int)

    @property
    def words(self) -> str:
        """As people read it: 92.0%, 1 h 5 min, ¥12.34, <5, no data."""
        if not self.unit:
            return str(self.value)
        if self.is_number and self.unit in WORDS:
            return WORDS[self.unit](self.value)
        return value_words(self.value, self.unit)

    @property
    def on_paper(self) -> str:
        """The words with the count behind them: 92.0% (50)."""
        if self.behind is None or self.value is None:
            return self.words
        return f"{self.words} ({Entry(self.behind, 'count').words})"

    @property
    def cell(self) -> Cell:
        """As a workbook holds it."""
        if not self.is_number:
            return Cell(self.words)
        value = self.value / 1000 if self.unit == "permille" else self.value
        return Cell(value, KINDS[self.unit])

    @property
    def plain(self) -> str:
        """As a CSV holds it: a number without signs around it, else the words."""
        if not self.is_number:
            return self.words
        if self.unit == "fen":
            return f"{self.value // 100}.{self.value % 100:02}"
        return f"{self.value / 1000:.3f}" if self.unit == "permille" else str(self.value)


# In a column all shares have a place behind the point, and large numbers are easier to compare in threes.
WORDS: dict[str, Callable[[int], str]] = {
    "count": lambda value: f"{value:,}",
    "permille": lambda value: percent(Fraction(value, 1000)),
}


@dataclass(frozen=True)
class Heading:
    """A column: its words, its width in a workbook, and its share of a page; 0 keeps it off paper."""

    words: str
    width: int
    on_paper: float = 1
    is_number: bool = True


@dataclass(frozen=True)
class Section:
    """One table of a report; `totals` of its last rows are totals."""

    code: str
    title: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Entry, ...], ...]
    totals: int = 0
    note: str = ""


def text(words: Any) -> Entry:
    return Entry(str(words))


def unit_words(unit: str) -> str:
    return {"count": pgettext("unit", "number"), "minutes": _("minutes"), "fen": _("yuan"), "permille": "%"}[
        unit
    ]


def behind_words(report: Report, value: Mapping[str, Any]) -> str:
    """What a value rests on, as the report says it: claims: 50."""
    count = Entry(value["behind"], "count").words
    return report.word(f"behind:{value['code']}").replace("%(count)s", count)


def misses_target(value: Mapping[str, Any]) -> bool:
    """Whether a value is known not to reach its target."""
    number = known(value["number"])
    return number is not None and misses(value["target"], number)


def sections(report: Report) -> list[Section]:
    """The tables of a report in the order in which they are read; those without a row are left out."""
    found = [
        _figures(report, "figures", _("Figures"), report.content["figures"]),
        _classes(report),
        _children(report),
        _completeness(report),
        *(
            _figures(report, f"department:{code}", report.word(f"department:{code}"), values)
            for code, values in report.content["departments"].items()
        ),
        _rules(report),
    ]
    return [section for section in found if section.rows]


def facts(report: Report) -> list[tuple[str, str]]:
    """What the cover says: place, period, edition, moments and fingerprints."""
    content = report.content
    period = content["period"]
    found = [
        (_("Region"), f"{report.region} ({content['region']['code']})"),
        (_("Period"), f"{period['name']} ({period['first']} – {period['last']})"),
        (_("Basis"), _("Claims filed in the period, Shanghai time")),
        (_("Figures counted"), _instant(content["counted_at"])),
    ]
    if report.is_frozen:
        edition = content["edition"]
        found += [
            (_("Edition"), str(edition["number"])),
            (_("Frozen"), moment(report.made_at)),
        ]
        if edition["corrects"]:
            found += [
                (_("Corrects the edition"), edition["corrects"]),
                (_("Reason of the correction"), edition["reason"]),
            ]
        found += [(_("Fingerprint (SHA-256)"), report.sha256)]
    else:
        found += [
            (_("State"), _("not frozen: figures can still change")),
            (_("Made at"), moment(report.made_at)),
            (_("Made by"), report.made_by),
        ]
    found += [
        (_("Definitions of the figures (SHA-256)"), content["rules"]["figures"]),
        (_("Small counts"), _("<5 stands for 1 to 4; — hides what would give such a count away")),
    ]
    return found


def _instant(iso: str | None) -> str:
    return moment(datetime.fromisoformat(iso)) if iso else _("no data")


def _figures(report: Report, code: str, title: str, values: Iterable[Mapping[str, Any]]) -> Section:
    return Section(
        code,
        title,
        (
            Heading(_("Figure"), 30, 2.4, is_number=False),
            Heading(_("Value"), 14, 1.3),
            Heading(_("Unit"), 10, 0, is_number=False),
            Heading(_("Count behind it"), 12, 0),
            Heading(_("What is counted"), 24, 1.8, is_number=False),
            Heading(_("Target"), 12, 1.1, is_number=False),
            Heading(_("Against the target"), 12, 1.1, is_number=False),
            Heading(_("Definition"), 70, 0, is_number=False),
        ),
        tuple(_figure_row(report, value) for value in values),
    )


def _figure_row(report: Report, value: Mapping[str, Any]) -> tuple[Entry, ...]:
    code, target = value["code"], target_words(value["target"], value["unit"])
    against = ""
    if target and known(value["number"]) is not None:
        against = _("missed") if misses_target(value) else _("reached")
    return (
        text(report.word(f"figure:{code}")),
        Entry(value["number"], value["unit"]),
        text(unit_words(value["unit"])),
        Entry(value["behind"], "count"),
        text(behind_words(report, value)),
        text(target),
        text(against),
        text(report.word(f"formula:{code}")),
    )


def _classes(report: Report) -> Section:
    classes = report.content["classes"]
    rows = [
        (
            text(report.word(f"goods:{row['goods']}")),
            text(report.word(f"nature:{row['nature']}")),
            *(Entry(count, "count") for count in row["counts"]),
            Entry(row["total"], "count"),
        )
        for row in classes["rows"]
    ]
    if rows:
        totals = (Entry(count, "count") for count in classes["totals"])
        rows.append((text(_("Total")), text(""), *totals, Entry(classes["total"], "count")))
    return Section(
        "classes",
        _("Claims by class and state"),
        (
            Heading(_("Goods"), 20, 2, is_number=False),
            Heading(_("Nature"), 12, 1.2, is_number=False),
            *(Heading(report.word(f"group:{code}"), 12) for code in classes["groups"]),
            Heading(_("Total"), 12),
        ),
        tuple(rows),
        totals=1,
    )


def _children(report: Report) -> Section:
    children = report.content["children"]
    units = {value["code"]: value["unit"] for value in report.content["figures"]}
    # A rate or a time never stands without the count behind it.
    rated = [units[code] in ("permille", "minutes") for code in children["columns"]]
    headings = [Heading(_("Region"), 22, 2, is_number=False)]
    for code, is_rate in zip(children["columns"], rated, strict=True):
        headings.append(Heading(report.word(f"figure:{code}"), 14, 1.5 if is_rate else 1.2))
        if is_rate:
            headings.append(Heading(_("Count behind it"), 10, 0))
    rows = []
    for row in children["rows"]:
        entries = [text(row["name"])]
        for code, is_rate, value in zip(children["columns"], rated, row["values"], strict=True):
            entries.append(Entry(value["number"], units[code], value["behind"] if is_rate else None))
            if is_rate:
                entries.append(Entry(value["behind"], "count"))
        rows.append(tuple(entries))
    return Section(
        "children",
        _("By region"),
        tuple(headings),
        tuple(rows),
        note=_("In brackets: the count behind a rate or a time."),
    )


COMPLETENESS = (
    "stations",
    "stations_reporting",
    "days",
    "days_without_filing",
    "filed",
    "follow_ups_open",
    "unclassified",
)


def _completeness(report: Report) -> Section:
    words = (
        _("Stations"),
        _("Stations that filed"),
        _("Days"),
        _("Days without a claim"),
        _("Claims filed"),
        _("Follow-ups outstanding"),
        _("Claims without a class"),
    )
    return Section(
        "completeness",
        _("Completeness by county"),
        (Heading(_("County"), 20, 2, is_number=False), *(Heading(each, 13) for each in words)),
        tuple(
            (text(row["name"]), *(Entry(row[name], "count") for name in COMPLETENESS))
            for row in report.content["completeness"]
        ),
    )


def _rules(report: Report) -> Section:
    names = {row["code"]: row["name"] for row in report.content["completeness"]}
    formulas = {**dict(PolicyKind.choices), **POLICY_WORDS}
    kinds = {"clock_policies": _("Clock policy"), "compensation_policies": _("Rules of compensation")}
    return Section(
        "rules",
        _("Rules in force"),
        (
            Heading(_("Rule"), 24, 1.6, is_number=False),
            Heading(_("Where"), 22, 1.6, is_number=False),
            Heading(_("Kind"), 18, 1.4, is_number=False),
            Heading(_("Version"), 10, 0.8),
            Heading(_("Valid from"), 22, 1.4, is_number=False),
        ),
        tuple(
            (
                text(words),
                text(names.get(row["county_code"], row["county_code"]) or _("whole programme")),
                text(formulas.get(row.get("kind"), "")),
                text(row["version"]),
                text(_rule_day(row["valid_from"])),
            )
            for code, words in kinds.items()
            for row in report.content["rules"][code]
        ),
    )


def _rule_day(iso: str) -> str:
    return _instant(iso) if "T" in iso else iso
