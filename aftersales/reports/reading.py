"""Opening an edition: what was frozen, as it was written, without asking anything else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.utils.translation import get_language

from aftersales.lib.canonical import sha256
from aftersales.lib.periods import Period
from aftersales.reports.contents import SCHEMA
from aftersales.reports.models import Edition
from aftersales.reports.values import PERMILLE, Count

HIDDEN = ("small", "withheld")
OTHER_LANGUAGE = "en"


class Damaged(RuntimeError):
    """The content of an edition does not match its fingerprint."""


@dataclass(frozen=True)
class Entry:
    """One value of an edition: `number` is None for "no data" and for what is hidden (`mark`).

    Shares are fractions from 0 to 1, minutes and fen whole numbers; `behind` is None where it is hidden.
    """

    code: str
    name: str
    unit: str
    number: int | Fraction | None
    behind: int | None
    mark: str
    formula: str = ""
    behind_words: str = ""
    aim: str = ""
    target: int | Fraction | None = None

    @property
    def misses_target(self) -> bool:
        """Whether it is known not to reach its target."""
        if self.number is None or self.target is None:
            return False
        return self.number > self.target if self.aim == "at_most" else self.number < self.target


@dataclass(frozen=True)
class ClassRow:
    """Claims of one class by group of states; counts are numbers or "small" or "withheld"."""

    goods: str
    nature: str
    counts: tuple[Count, ...]
    total: Count


@dataclass(frozen=True)
class ChildRow:
    """A place right below the region with a value for each column."""

    code: str
    name: str
    values: tuple[Entry, ...]


@dataclass(frozen=True)
class Completeness:
    """How complete the report of one county is."""

    code: str
    name: str
    stations: int
    stations_reporting: int
    days: int
    days_without_filing: Count
    filed: Count
    follow_ups_open: Count
    unclassified: Count


@dataclass(frozen=True)
class Content:
    """The content of an edition with its words in one language; `data` is what was frozen."""

    data: dict[str, Any]
    language: str

    @property
    def region_code(self) -> str:
        return self.data["region"]["code"]

    @property
    def level(self) -> int:
        return self.data["region"]["level"]

    @property
    def period(self) -> Period:
        return Period.named(self.data["period"]["name"])

    @property
    def first(self) -> date:
        return date.fromisoformat(self.data["period"]["first"])

    @property
    def last(self) -> date:
        return date.fromisoformat(self.data["period"]["last"])

    @property
    def counted_at(self) -> datetime | None:
        at = self.data["counted_at"]
        return at and datetime.fromisoformat(at)

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self.data["made_at"])

    @property
    def hidden(self) -> str:
        """ "small" or "withheld" where nothing of the region is shown, else ""."""
        return self.data["hidden"] or ""

    @cached_property
    def _words(self) -> dict[str, str]:
        words = self.data["words"]
        return words.get(self.language) or words[OTHER_LANGUAGE]

    def words(self, kind: str, code: str) -> str:
        """The frozen words of a code: figure, formula, behind, goods, nature, group, department."""
        return self._words.get(f"{kind}:{code}", code)

    @cached_property
    def figures(self) -> dict[str, Entry]:
        return {entry["code"]: self._entry(entry) for entry in self.data["figures"]}

    @cached_property
    def departments(self) -> dict[str, tuple[Entry, ...]]:
        return {
            code: tuple(self._entry(entry) for entry in told)
            for code, told in self.data["departments"].items()
        }

    @cached_property
    def class_rows(self) -> tuple[ClassRow, ...]:
        return tuple(
            ClassRow(
                self.words("goods", row["goods"]),
                self.words("nature", row["nature"]),
                tuple(row["counts"]),
                row["total"],
            )
            for row in self.data["classes"]["rows"]
        )

    @property
    def group_names(self) -> list[str]:
        return [self.words("group", group) for group in self.data["classes"]["groups"]]

    @property
    def group_totals(self) -> list[Count]:
        return self.data["classes"]["totals"]

    @property
    def total(self) -> Count:
        return self.data["classes"]["total"]

    @property
    def child_columns(self) -> list[Entry]:
        """The figures of the columns of the places below: name, unit, target."""
        return [self.figures[code] for code in self.data["children"]["columns"]]

    @cached_property
    def children(self) -> tuple[ChildRow, ...]:
        units = {entry["code"]: entry for entry in self.data["figures"]}
        columns = [units[code] for code in self.data["children"]["columns"]]
        return tuple(
            ChildRow(
                row["code"],
                row["name"],
                tuple(
                    self._entry({**column, **value})
                    for column, value in zip(columns, row["values"], strict=True)
                ),
            )
            for row in self.data["children"]["rows"]
        )

    @cached_property
    def completeness(self) -> tuple[Completeness, ...]:
        return tuple(Completeness(**row) for row in self.data["completeness"])

    @property
    def rules(self) -> dict[str, Any]:
        return self.data["rules"]

    def _entry(self, entry: dict[str, Any]) -> Entry:
        code, unit, target = entry["code"], entry["unit"], entry["target"] or {}
        mark = next((said for said in (entry["number"], entry["behind"]) if said in HIDDEN), "")
        return Entry(
            code=code,
            name=self.words("figure", code),
            unit=unit,
            number=None if mark else _number(unit, entry["number"]),
            behind=None if entry["behind"] in HIDDEN else entry["behind"],
            mark=mark,
            formula=self.words("formula", code),
            behind_words=self.words("behind", code),
            aim=target.get("aim", ""),
            target=_number(unit, target.get("value")),
        )


def _number(unit: str, number: int | None) -> int | Fraction | None:
    return Fraction(number, 1000) if unit == PERMILLE and number is not None else number


def read(edition: Edition, language: str | None = None) -> Content:
    """The content of an edition in a language, that of the reader by default.

    Raises Damaged where the fingerprint does not fit or the content is of a kind that is not known.
    """
    if sha256(edition.content) != edition.sha256:
        raise Damaged(f"edition {edition.pk} does not match its fingerprint")
    data = json.loads(edition.content)
    if data["schema"] != SCHEMA:
        raise Damaged(f"edition {edition.pk} is of schema {data['schema']}")
    return Content(data, language or get_language() or OTHER_LANGUAGE)
