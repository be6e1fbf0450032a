"""What a report says: plain data that holds everything, figures, rules and words. docs/rules/reports.md."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from aftersales.audit import trail
from aftersales.lib.errors import InvalidValue
from aftersales.lib.figures import Figure
from aftersales.lib.periods import Period
from aftersales.reports.departments import DEPARTMENTS, Subject, of_subject
from aftersales.reports.hiding import (
    BASES,
    COUNTED,
    GROUPS,
    TOTAL,
    Key,
    classes_of,
    hidden_counts,
    hidden_regions,
)
from aftersales.reports.material import Material, Place, gather
from aftersales.reports.townships import township_rows
from aftersales.reports.values import Count, number_in, unit_in
from aftersales.reports.words import definitions_fingerprint, words_of
from claims.queries.figures import DEFINITIONS_VERSION, FIGURES
from claims.rules.classification import PARENT
from claims.rules.statistics import Hidden
from claims.rules.suppression import is_small
from stations.rules.regions import Level

SCHEMA = 1
CHILD_COLUMNS = (
    "filed",
    "resolution_rate",
    "response_median",
    "resolution_mean",
    "satisfaction",
    "compensated_amount",
)


class UnknownRegion(InvalidValue):
    """A region without a station and without claims. Code: "region"."""


def build(region_code: str, period: Period, *, now: datetime, using: str = "default") -> dict[str, Any]:
    """The report of one region as it would be frozen now, without an edition; raises UnknownRegion."""
    report = Report.of(period, now=now, using=using)
    if region_code not in report.material.places:
        raise UnknownRegion("region", f"there is no report of {region_code!r}")
    return report.content(region_code)


def everything_about(period: Period, *, using: str = "default") -> Material:
    """What the reports of a period are made of, in every region whoever asks."""
    with trail.system_scope("a report is made", quiet=True):
        return gather(period, using=using)


class Report:
    """The reports of all regions for one period; what must be hidden is decided for all of them at once."""

    def __init__(self, material: Material, *, now: datetime, before: Collection[Key] = ()):
        self.material = material
        self.now = now
        self.regions = hidden_regions(material, before)
        self.counts = hidden_counts(material, self.regions, before)

    @classmethod
    def of(
        cls, period: Period, *, now: datetime, before: Collection[Key] = (), using: str = "default"
    ) -> Report:
        """Read everything there is about a period, whoever asks, and decide what is shown of it."""
        return cls(everything_about(period, using=using), now=now, before=before)

    def content(self, code: str) -> dict[str, Any]:
        """The content of one region, without an edition."""
        place, period = self.material.places[code], self.material.period
        figures = [self.entry(code, figure) for figure in self.common.values()]
        content = {
            "schema": SCHEMA,
            "region": {"code": code, "name": place.name, "level": int(place.level)},
            "period": {
                "kind": period.kind.value,
                "name": period.name,
                "first": period.first.isoformat(),
                "last": period.last.isoformat(),
            },
            "counted_at": _instant(self.material.counted_at),
            "made_at": _instant(self.now),
            "hidden": self.hidden(code),
            "figures": figures,
            "classes": self._classes(code),
            "children": self._children(place),
            "completeness": [self._completeness(county) for county in self.material.counties(code)],
            "departments": {
                department: [self.entry(code, figure) for figure in told]
                for department, told in DEPARTMENTS.items()
            },
            "rules": self._rules(code),
        }
        return {**content, "words": words_of(content)}

    @cached_property
    def common(self) -> dict[str, Figure]:
        return {code: of_subject(figure) for code, figure in FIGURES.items()}

    def hidden(self, code: str) -> str | None:
        mark = self.regions.get(code)
        return mark.value if mark else None

    def entry(self, code: str, figure: Figure) -> dict[str, Any]:
        """One figure of a region with what a reader needs to read it."""
        target = figure.target
        return {
            "code": figure.code,
            "unit": unit_in(figure.unit),
            "target": target and {"aim": target.aim.value, "value": number_in(figure.unit, target.value)},
            **self.value(code, figure),
        }

    def value(self, code: str, figure: Figure) -> dict[str, Count]:
        """The number of a figure and the count behind it as far as both may be shown."""
        number, behind = figure.reads(Subject(self.material.figures[code], self.material.networks[code]))
        about_claims = not figure.code.startswith(NETWORK)
        if about_claims and (mark := self.hidden(code)):
            return {"number": mark, "behind": mark}
        base = self.counts.get(Key(code, BASES.get(figure.code, "")))
        own = self.counts.get(Key(code, figure.code)) if figure.code in COUNTED else None
        if base:
            return {"number": base.value, "behind": base.value}
        if own:
            return {"number": own.value, "behind": behind}
        if about_claims and is_small(behind):
            return {"number": Hidden.SMALL.value, "behind": behind}
        return {"number": number_in(figure.unit, number), "behind": behind}

    def _classes(self, code: str) -> dict[str, Any]:
        """Claims by class and group of states, the most frequent class first."""
        if code in self.regions:
            return {"groups": list(GROUPS), "rows": [], "totals": [], "total": self.hidden(code)}
        table = classes_of(self.material.figures[code])
        ordered = sorted(table.items(), key=lambda item: (-sum(item[1].values()), item[0]))

        def shown(group: str, each: tuple[str, str], count: int) -> Count:
            mark = self.counts.get(Key(code, group, *each))
            return mark.value if mark else count

        return {
            "groups": list(GROUPS),
            "rows": [
                {
                    "goods": each[0],
                    "nature": each[1],
                    "counts": [shown(group, each, row[group]) for group in GROUPS],
                    "total": shown(TOTAL, each, sum(row.values())),
                }
                for each, row in ordered
            ],
            "totals": [sum(row[group] for row in table.values()) for group in GROUPS],
            "total": sum(sum(row.values()) for row in table.values()),
        }

    def _children(self, place: Place) -> dict[str, Any]:
        if place.level == Level.COUNTY:
            rows = township_rows(self, place.code, CHILD_COLUMNS)
        else:
            rows = [
                {
                    "code": child.code,
                    "name": child.name,
                    "values": [self.value(child.code, self.common[code]) for code in CHILD_COLUMNS],
                }
                for child in self.material.children(place.code)
            ]
        if place.level == Level.COUNTY:
            level = Level.TOWNSHIP
        else:
            level = min((child.level for child in self.material.children(place.code)), default=None)
        return {"level": level and int(level), "columns": list(CHILD_COLUMNS), "rows": rows}

    def _completeness(self, county: Place) -> dict[str, Any]:
        """How complete what a county reported is."""
        figures, network = self.material.figures[county.code], self.material.networks[county.code]
        period, mark = self.material.period, self.hidden(county.code)
        days = (period.last - period.first).days + 1
        unclassified = sum(
            count
            for (goods, _nature, _status), count in figures.by_class_and_status.items()
            if PARENT.get(goods) is None
        )

        def shown(count: int) -> Count:
            return mark or (Hidden.SMALL.value if is_small(count) else count)

        return {
            "code": county.code,
            "name": county.name,
            "stations": network.stations,
            "stations_reporting": network.reporting,
            "days": days,
            "days_without_filing": mark or days - network.days,
            "filed": mark or figures.filed,
            "follow_ups_open": shown(figures.satisfaction.open),
            "unclassified": shown(unclassified),
        }

    def _rules(self, code: str) -> dict[str, Any]:
        """The versions by which the claims of a region were handled and its figures worked out."""
        counties = {"", *(county.code for county in self.material.counties(code))}
        told: dict[str, Any] = {
            "figures": definitions_fingerprint(),
            "figures_version": DEFINITIONS_VERSION,
            "clock_policies": [],
            "compensation_policies": [],
        }
        for policy in self.material.policies:
            if policy.county_code in counties:
                told[policy.table].append(
                    {
                        "county_code": policy.county_code,
                        "kind": policy.kind,
                        "version": policy.version,
                        "valid_from": policy.valid_from.isoformat(),
                    }
                )
        return told


NETWORK = ("stations", "reporting", "findings", "rectified")
"""Figures that begin so are about stations and inspections and tell nothing of a person."""


def _instant(moment: datetime | None) -> str | None:
    return moment and moment.astimezone(UTC).isoformat(timespec="seconds")


def published_counts(content: Mapping[str, Any]) -> dict[Key, int | Hidden]:
    """The counts of its region that a content shows or hides, by the keys of `hiding`."""
    region = content["region"]["code"]
    marks = {mark.value: mark for mark in Hidden}

    def read(count: Count) -> int | Hidden:
        return marks[count] if isinstance(count, str) else count or 0

    found = {Key(region, "filed"): read(content["hidden"] or content["classes"]["total"])}
    for row in content["classes"]["rows"]:
        cells = dict(zip(content["classes"]["groups"], row["counts"], strict=True)) | {TOTAL: row["total"]}
        for group, count in cells.items():
            found[Key(region, group, row["goods"], row["nature"])] = read(count)
    entries = [*content["figures"], *(each for told in content["departments"].values() for each in told)]
    for entry in entries:
        if entry["code"] in COUNTED:
            found[Key(region, entry["code"])] = read(entry["number"])
        if entry["code"] in BASES:
            found[Key(region, BASES[entry["code"]])] = read(entry["behind"])
    return found
