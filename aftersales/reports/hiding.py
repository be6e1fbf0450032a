"""docs/rules/reports.md, "Small counts": what the editions of one period must not show, all of them together.

What one region hides, neither its city nor its sisters nor the months of the same quarter may give away; so
it is decided for every region at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from aftersales.lib.figures import Figure
from aftersales.reports.departments import DEPARTMENTS, INPUTS, PRODUCE, Subject, of_subject
from aftersales.reports.material import Material
from claims.queries.figures import FIGURES, Figures
from claims.rules.statistics import SMALLEST_CELL, Hidden
from claims.rules.status import OPEN
from claims.rules.suppression import Sum, is_small, protected

GROUPS: dict[str, tuple[str, ...]] = {
    "open": tuple(OPEN),
    "resolved": ("resolved", "closed"),
    "rejected": ("rejected",),
    "withdrawn": ("withdrawn", "merged"),
}
GROUP_OF = {status: group for group, statuses in GROUPS.items() for status in statuses}
TOTAL = "total"

BASES: dict[str, str] = {
    "response_median": "responded",
    "response_p90": "responded",
    "response_in_time": "responded",
    "settlement_in_time": "settlements",
    "resolution_median": "timed",
    "resolution_p90": "timed",
    "resolution_mean": "timed",
    "satisfaction": "answered",
    "answer_rate": "asked",
    "complaint_rate": "orders",
    "compensated_amount": "compensated",
    "mean_compensation": "compensated",
    "by_rule": "compensated",
    "produce_resolution_rate": "produce_ended",
    "produce_compensated_amount": "produce_compensated",
    "inputs_resolution_rate": "inputs_ended",
    "inputs_compensated_amount": "inputs_compensated",
}
"""The count behind a figure, by name: figures that rest on the same count are hidden alike.

What is not here rests on a sum over all claims of the region, which is shown.
"""
COUNTED = ("compensated", "by_rule", "reopened", "produce_filed", "inputs_filed")
"""Figures that are counts of claims themselves, and not of all of them."""


class Key(NamedTuple):
    """One count of a region: of a class and a group of states, or by a name."""

    region: str
    name: str
    goods: str = ""
    nature: str = ""


def classes_of(figures: Figures) -> dict[tuple[str, str], dict[str, int]]:
    """Claims of each kind of goods and nature by group of states."""
    table: dict[tuple[str, str], dict[str, int]] = {}
    for (goods, nature, status), count in figures.by_class_and_status.items():
        if count:
            row = table.setdefault((goods, nature), dict.fromkeys(GROUPS, 0))
            row[GROUP_OF[status]] += count
    return table


def counts_of(code: str, subject: Subject) -> dict[Key, int]:
    """Every count of a region that may have to be hidden."""
    counts = {}
    for (goods, nature), row in classes_of(subject.figures).items():
        for group, count in {**row, TOTAL: sum(row.values())}.items():
            counts[Key(code, group, goods, nature)] = count
    for figure in _all_figures():
        number, behind = figure.reads(subject)
        if figure.code in COUNTED:
            counts[Key(code, figure.code)] = number
        if figure.code in BASES:
            counts[Key(code, BASES[figure.code])] = behind
    return counts


def _all_figures() -> Iterator[Figure]:
    yield from (figure for figures in DEPARTMENTS.values() for figure in figures)
    yield from (
        of_subject(figure) for figure in FIGURES.values() if figure.code in COUNTED or figure.code in BASES
    )


def hidden_regions(material: Material, before: Collection[Key] = ()) -> dict[str, Hidden]:
    """Regions of which nothing is shown: few claims, or the number would give a neighbour's away."""
    counts = {Key(code, "filed"): figures.filed for code, figures in material.figures.items()}
    sums = [
        Sum(Key(code, "filed"), tuple(Key(child.code, "filed") for child in material.children(code)))
        for code in material.places
        if material.children(code)
    ]
    marks = protected(counts, sums, _no_longer_small(before, counts))
    return {key.region: mark for key, mark in marks.items()}


def hidden_counts(
    material: Material, regions: Mapping[str, Hidden], before: Collection[Key] = ()
) -> dict[Key, Hidden]:
    """Which counts of the regions that are shown are hidden, and why.

    `before` names counts that stay hidden: those of an edition that is corrected, and of a quarter those by
    which one of its months would be given away.
    """
    own = {
        code: counts_of(code, Subject(figures, material.networks[code]))
        for code, figures in material.figures.items()
    }
    counts = {key: count for of_region in own.values() for key, count in of_region.items()}
    sums = []
    for code, of_region in own.items():
        if code not in regions:
            sums += _sums_within(code, material.figures[code], of_region)
        sums += _sums_across(of_region, {child.code: own[child.code] for child in material.children(code)})
    unseen = [key for code in regions for key in own[code]]
    return protected(counts, sums, {*unseen, *_no_longer_small(before, counts)})


def _no_longer_small(keys: Collection[Key], counts: Mapping[Key, int]) -> set[Key]:
    """Counts that stay hidden though they are not small themselves."""
    return {key for key in keys if key in counts and not is_small(counts[key])}


def _sums_within(code: str, figures: Figures, counts: Mapping[Key, int]) -> Iterator[Sum]:
    table = classes_of(figures)
    for goods, nature in table:
        yield Sum(Key(code, TOTAL, goods, nature), tuple(Key(code, group, goods, nature) for group in GROUPS))
    for group in (*GROUPS, TOTAL):
        cells = tuple(Key(code, group, *each) for each in table)
        yield Sum(sum(counts[cell] for cell in cells), cells)
    for name, goods in (("produce_filed", PRODUCE), ("inputs_filed", INPUTS)):
        yield Sum(Key(code, name), tuple(Key(code, TOTAL, *each) for each in table if each[0] in goods))


def _sums_across(counts: Mapping[Key, int], children: Mapping[str, Mapping[Key, int]]) -> Iterator[Sum]:
    if not children:
        return
    for key in counts:
        parts = ((child, Key(code, *key[1:])) for code, child in children.items())
        yield Sum(key, tuple(part for child, part in parts if part in child))


def seen_through_months(material: Material, shown: Mapping[str, Mapping[Key, int | Hidden]]) -> set[Key]:
    """Counts of a quarter from which, less the months that are shown, a hidden month could be reckoned.

    `shown` holds by month what its frozen editions say. Numbers of claims of whole regions are left out: a
    county is not hidden for three months because it began with three claims.
    """
    given_away = set()
    months = {
        name: {
            key: count
            for code, figures in found.items()
            for key, count in counts_of(code, Subject(figures, material.networks[code])).items()
        }
        for name, found in material.by_month.items()
    }
    keys = {key for counts in months.values() for key in counts}
    for key in keys:
        hidden = [
            counts.get(key, 0)
            for name, counts in months.items()
            if isinstance(_said(shown.get(name, {}), key), Hidden)
        ]
        rest = sum(hidden)
        if rest and (len(hidden) == 1 or rest < SMALLEST_CELL):
            given_away.add(key)
    return given_away


def _said(shown: Mapping[Key, int | Hidden], key: Key) -> int | Hidden:
    whole = shown.get(Key(key.region, "filed"), 0)
    return whole if isinstance(whole, Hidden) else shown.get(key, 0)
