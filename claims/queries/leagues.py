"""Places beside each other by one rate, as they are and at the same mix of goods: docs/rules/league.md."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from claims.queries.figures import FIGURES, Counts, Figures
from claims.rules.standardising import (
    Standardised,
    Tally,
    Unranked,
    mix_of,
    ranks,
    standardise,
    unranked,
)

TALLIES: dict[str, Callable[[Counts], Tally]] = {
    "resolution_rate": lambda goods: Tally(goods.settled, goods.settled + goods.rejected),
    "response_in_time": lambda goods: Tally(goods.responded_in_time, goods.responded),
    "settlement_in_time": lambda goods: Tally(goods.settlements_in_time, goods.settlements),
    "satisfaction": lambda goods: Tally(goods.satisfied, goods.answered),
    "follow_up_rate": lambda goods: Tally(goods.followed_up, goods.settled),
    "first_contact_rate": lambda goods: Tally(goods.first_time, goods.settled),
}
"""The rates that places are compared by; each is the figure of the same name, told apart by kind of goods."""


@dataclass(frozen=True)
class Standing:
    """One place in a league table. `rank` is None with a reason in `why`; `goods` is its own mix."""

    code: str
    place: Standardised
    rank: int | None
    why: Unranked | None
    goods: dict[str, int]


@dataclass(frozen=True)
class League:
    """Places by rank, those without one behind them by code; `mix` is the cases of all by kind of goods."""

    figure_code: str
    standings: tuple[Standing, ...]
    mix: dict[str, int]

    @property
    def cases(self) -> int:
        return sum(self.mix.values())

    @property
    def ranked(self) -> int:
        return sum(each.rank is not None for each in self.standings)


def cases_by_place(places: Mapping[str, Figures], figure_code: str) -> dict[str, int]:
    """How many cases stand behind the rate of each place."""
    tally = TALLIES[figure_code]
    return {code: sum(tally(own).cases for own in each.by_goods.values()) for code, each in places.items()}


def league_of(
    places: Mapping[str, Figures], figure_code: str, *, hidden: Collection[str] = frozenset()
) -> League:
    """The league table of these places by one of the rates in TALLIES.

    What is hidden from the reader counts in the mix and has no rank, so that its rank does not tell.
    """
    tally = TALLIES[figure_code]
    strata = {
        code: {goods: tally(counts) for goods, counts in sorted(figures.by_goods.items())}
        for code, figures in places.items()
    }
    mix = mix_of(list(strata.values()))
    at_mix = {code: standardise(own, mix) for code, own in strata.items()}
    why = {code: unranked(place) for code, place in at_mix.items()}
    more_is_better = bool(FIGURES[figure_code].more_is_better)
    rates = [None if why[code] or code in hidden else place.rate for code, place in at_mix.items()]
    standings = [
        Standing(code, place, rank, why[code], mix_of([strata[code]]))
        for (code, place), rank in zip(
            at_mix.items(), ranks(rates, more_is_better=more_is_better), strict=True
        )
    ]
    standings.sort(key=lambda each: (each.rank is None, each.rank or 0, each.code))
    return League(figure_code, tuple(standings), mix)
