"""What of a period that is not frozen is shown outside the county. docs/rules/figures.md, "Small counts"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aftersales.lib.figures import Value
from claims.queries.figures import Figures
from claims.rules.statistics import Hidden
from claims.rules.suppression import Sum, is_small, protected, rests_on_few
from stations.queries.network import reaches
from stations.rules.regions import NATION, ancestors

PAID = frozenset({"compensated", "compensated_amount", "mean_compensation", "by_rule"})
"""Figures that rest on the claims with a compensation, and are hidden together with their number."""


@dataclass(frozen=True)
class Marks:
    """Why the claims of a county, and those with a compensation, are not shown; None where they are."""

    filed: Hidden | None = None
    paid: Hidden | None = None

    def of(self, value: Value) -> Hidden | None:
        """Why a figure of the county is not shown; None where it is."""
        if self.filed:
            return self.filed
        if value.figure.code in PAID and self.paid:
            return self.paid
        return Hidden.SMALL if rests_on_few(value) else None


def hidden_counties(counties: Mapping[str, Figures], in_full: Iterable[str] = ()) -> dict[str, Marks | None]:
    """What is hidden of the counties in reach, so that none is found out from the others and the regions
    around them; None for those that are read `in_full`, claim by claim."""
    open_ones = set(in_full)
    filed = _protected({code: own.filed for code, own in counties.items()}, ())
    paid = _protected({code: own.compensated for code, own in counties.items()}, filed)
    return {code: None if code in open_ones else Marks(filed.get(code), paid.get(code)) for code in counties}


def _protected(counts: Mapping[str, int], hidden: Iterable[str]) -> dict[str, Hidden]:
    """Which counts of counties are hidden; the totals of the regions in reach around them are known."""
    inside: dict[str, list[str]] = {}
    for code in counts:
        for outer in filter(reaches, (*ancestors(code), NATION)):
            inside.setdefault(outer, []).append(code)
    totals = {outer: sum(counts[code] for code in codes) for outer, codes in inside.items()}
    sums = [
        Sum(totals[outer], tuple(codes)) for outer, codes in inside.items() if not is_small(totals[outer])
    ]
    return protected(counts, sums, [code for code in hidden if counts[code]])
