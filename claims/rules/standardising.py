"""docs/rules/league.md: comparing places that have to do with different goods, and when to compare at all.

A rate of a place depends on what people bring there: fruit is settled in a day, a washing machine in a week.
Direct standardisation asks what the rate would be if the place had the same mix as all places together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

LEAST_CASES = 10
"""Fewer cases behind a rate are not ranked: one of them more or less would change the place by ranks."""
LEAST_COVERED = Fraction(4, 5)
"""A place whose own kinds of goods make up less of the common mix has too little in common to be ranked."""


@dataclass(frozen=True)
class Tally:
    """How many of how many: `hits` of `cases`."""

    hits: int
    cases: int

    def __post_init__(self):
        if not 0 <= self.hits <= self.cases:
            raise ValueError("hits are from 0 to the number of cases")

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.hits, self.cases) if self.cases else None


@dataclass(frozen=True)
class Standardised:
    """The rate of a place as it is and at the common mix; None is "no data".

    `covered` is the part of the common mix that consists of kinds of goods the place had itself.
    """

    crude: Fraction | None
    rate: Fraction | None
    cases: int
    covered: Fraction


class Unranked(Enum):
    """Why a place has no rank."""

    TOO_FEW = "too_few"
    OTHER_GOODS = "other_goods"


def mix_of(places: Sequence[Mapping[str, Tally]]) -> dict[str, int]:
    """The common mix: the cases of all places together by kind of goods."""
    mix: dict[str, int] = {}
    for strata in places:
        for kind, tally in strata.items():
            mix[kind] = mix.get(kind, 0) + tally.cases
    return {kind: cases for kind, cases in sorted(mix.items()) if cases}


def standardise(strata: Mapping[str, Tally], mix: Mapping[str, int]) -> Standardised:
    """The rate that a place would have at the common mix: its rate of each kind times the share of the kind.

    Kinds the place had no case of say nothing about it: they are left out and the other shares grow in
    proportion. Kinds outside of the mix count in the crude rate alone.
    """
    own = {kind: tally for kind, tally in strata.items() if tally.cases}
    hits, cases = sum(each.hits for each in own.values()), sum(each.cases for each in own.values())
    common = sum(mix.get(kind, 0) for kind in own)
    weighted = sum(
        (mix[kind] * Fraction(tally.hits, tally.cases) for kind, tally in own.items() if mix.get(kind)),
        Fraction(0),
    )
    whole = sum(mix.values())
    return Standardised(
        crude=Fraction(hits, cases) if cases else None,
        rate=weighted / common if common else None,
        cases=cases,
        covered=Fraction(common, whole) if whole else Fraction(0),
    )


def unranked(place: Standardised) -> Unranked | None:
    """Why a place gets no rank; None when it gets one."""
    if place.cases < LEAST_CASES:
        return Unranked.TOO_FEW
    if place.rate is None or place.covered < LEAST_COVERED:
        return Unranked.OTHER_GOODS
    return None


def ranks(rates: Sequence[Fraction | None], *, more_is_better: bool) -> list[int | None]:
    """The rank of each rate, 1 for the best; equal rates share one and the next is left out (1, 2, 2, 4).

    None has no rank and takes none away.
    """
    known = [rate for rate in rates if rate is not None]
    return [
        None if rate is None else 1 + sum(_beats(each, rate, more_is_better) for each in known)
        for rate in rates
    ]


def _beats(one: Fraction, other: Fraction, more_is_better: bool) -> bool:
    return one > other if more_is_better else one < other
