"""docs/rules/figures.md, "Cost of service": what a visit cost, who bears it, and the saving. Sums in fen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from claims.rules.visits import Bearer, CostKind

FEE = "fee"
"""The kind of what a provider is paid for a visit by contract, beside the kinds of cost lines."""

KINDS = (*(kind.value for kind in CostKind), FEE)
TARGET = Fraction(30, 100)
"""The cost of service of a claim is to fall by 30 % (G-10)."""

WAY_AND_WORK = frozenset({CostKind.TRAVEL.value, CostKind.LABOUR.value})


@dataclass(frozen=True)
class Cost:
    """An amount of one kind that somebody bears."""

    kind: str
    borne_by: str
    fen: int


def cost_of_visit(lines: Iterable[Cost], *, parts_fen: int = 0, fee_fen: int = 0) -> tuple[Cost, ...]:
    """What one visit cost: its cost lines, the parts taken from the shelf and the provider's fee, none twice.

    Lines for parts say who bears the parts from the shelf; what they leave is borne by the station. The fee
    covers the provider's way and work: lines for travel and labour say who bears it, what they leave is borne
    by the fund that pays it, and what the provider bears itself is within it.
    """
    kept = counting_lines(lines, fee_fen=fee_fen)
    return (*kept, *beyond_lines(kept, parts_fen=parts_fen, fee_fen=fee_fen))


def counting_lines(lines: Iterable[Cost], *, fee_fen: int) -> list[Cost]:
    """The lines that count: beside a fee, what the provider bears itself is within it."""
    return [line for line in lines if not (fee_fen and line.borne_by == Bearer.PROVIDER)]


def beyond_lines(kept: Iterable[Cost], *, parts_fen: int, fee_fen: int) -> tuple[Cost, ...]:
    """What of the parts from the shelf and of the fee the lines that count leave open, and who bears it."""
    named = Counter(dict.fromkeys(KINDS, 0))
    for line in kept:
        named[line.kind] += line.fen
    parts_left = parts_fen - named[CostKind.PART.value]
    fee_left = fee_fen - sum(named[kind] for kind in WAY_AND_WORK)
    found = []
    if parts_left > 0:
        found.append(Cost(CostKind.PART.value, Bearer.STATION.value, parts_left))
    if fee_left > 0:
        found.append(Cost(FEE, Bearer.FUND.value, fee_left))
    return tuple(found)


def total(costs: Iterable[Cost]) -> int:
    """What these costs come to."""
    return sum(cost.fen for cost in costs)


def mean(fen: int, count: int) -> int | None:
    """Fen for each of so many, rounded half to even for display; None of nothing."""
    return round(Fraction(fen, count)) if count else None


def saving(fen: int, claims: int, baseline_fen: int | None) -> Fraction | None:
    """The share by which these claims cost less than the baseline says; below zero when they cost more.

    None without claims or without a baseline: no figure is better than a wrong one.
    """
    if not claims or not baseline_fen:
        return None
    return 1 - Fraction(fen, claims * baseline_fen)
