"""What a board of a region hides from readers outside the county: docs/rules/league.md, "Who sees it"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aftersales.lib.figures import Figure
from claims.queries.figures import FIGURES, Figures
from claims.rules.statistics import Hidden
from claims.rules.suppression import Sum, protected, rests_on_few

Marks = Mapping[tuple[str, str], Hidden]


def hidden_among(places: Mapping[str, Figures], whole: Figures, figures: Iterable[Figure]) -> Marks:
    """Which figures of which places are not shown, by code of the place and code of the figure.

    Nothing that is hidden can be reckoned from the other places and the whole.
    """
    filed = FIGURES["filed"]
    few = protected(
        {code: own.filed for code, own in places.items()},
        [] if rests_on_few(filed.of(whole)) else [Sum(whole.filed, tuple(places))],
    )
    figures = [figure for figure in figures if figure.code != filed.code]
    behind = {(code, each.code): each.of(own).behind for code, own in places.items() for each in figures}
    sums = [
        Sum(each.of(whole).behind, tuple((code, each.code) for code in places))
        for each in figures
        if not rests_on_few(each.of(whole))
    ]
    marks = protected(behind, sums, [key for key in behind if key[0] in few])
    return {**marks, **{(code, filed.code): mark for code, mark in few.items()}}
