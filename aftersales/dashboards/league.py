"""The league table of a region: its counties or townships by one rate, crude and at the same goods.

docs/rules/league.md
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.dashboards.places import name_of
from aftersales.dashboards.regions import CONNECTION, Place
from aftersales.lib.periods import Period
from aftersales.web import charts
from aftersales.web.exports import Column, Export
from aftersales.web.formats import percent
from claims.models.choices import GoodsTypeChoices
from claims.queries.comparisons import Change, compare
from claims.queries.figures import FIGURES, cells
from claims.queries.leagues import TALLIES, League, Standing, cases_by_place, league_of
from claims.rules.standardising import LEAST_CASES, LEAST_COVERED, Unranked
from claims.rules.statistics import SHOWN_AS, SMALLEST_CELL, Hidden
from claims.rules.suppression import Sum, protected
from stations.models import RegionReading
from stations.rules.regions import Level

KINDS_NAMED = 2
"""How many kinds of goods are named as what a place has most to do with."""
MIX_DRAWN = 8


@dataclass(frozen=True)
class Line:
    """One place of the league table in words; numbers beside them for the export, None where hidden."""

    code: str
    name: str
    url: str
    rank: int | None
    why: str
    cases: str
    crude: str
    rate: str
    adjusted: str
    covered: str
    goods: str
    standing: Standing
    is_hidden: bool


def level_compared(code: str) -> Level | None:
    """Counties of a region, townships of a county; None where nothing is compared."""
    level = cells.child_level(code)
    if level > Level.TOWNSHIP:
        return None
    return max(level, Level.COUNTY)


def league_board(
    place: Place,
    level: Level,
    period: Period,
    figure_code: str,
    *,
    regions: dict[str, RegionReading],
    hides_small: bool,
) -> dict:
    """The league table by one rate, with the mix of goods all are brought to; two statements."""
    places = cells.by_level(place.code, level, period, using=CONNECTION, with_times=False)
    marks = _hidden(cases_by_place(places, figure_code)) if hides_small else {}
    league = league_of(places, figure_code, hidden=marks)
    lines = [_line(each, place, regions, marks) for each in league.standings]
    return {
        "league": league,
        "figure": FIGURES[figure_code],
        "figures": [FIGURES[each] for each in TALLIES],
        "lines": lines,
        "mix_chart": _mix_chart(league, hides_small=hides_small),
        "least_cases": LEAST_CASES,
        "least_covered": percent(LEAST_COVERED, 0),
        "hides_some": bool(marks),
    }


def _hidden(cases: dict[str, int]) -> dict[str, Hidden]:
    """Places of which even the number of cases is not shown."""
    return protected(cases, [Sum(sum(cases.values()), tuple(cases))])


def _line(each: Standing, place: Place, regions: dict[str, RegionReading], marks: dict[str, Hidden]) -> Line:
    mark, own = marks.get(each.code), each.place
    said = SHOWN_AS[mark] if mark else ""
    return Line(
        code=each.code,
        name=name_of(each.code, place, regions),
        url="" if each.code == place.code else reverse("dashboards:region", args=[each.code]),
        rank=each.rank,
        why=_("not ranked: small counts are hidden") if mark else _reason(each.why),
        cases=said or f"{own.cases:,}",
        crude=said or _rate(own.crude),
        rate=said or _rate(own.rate),
        adjusted="" if said else _moved(each).words,
        covered=said or percent(own.covered, 0),
        goods="" if said else _goods(each),
        standing=each,
        is_hidden=bool(mark),
    )


def _moved(each: Standing) -> Change:
    """What the common mix does to the rate; shares differ in percentage points."""
    return compare(FIGURES["resolution_rate"], each.place.rate, each.place.crude)


def _reason(why: Unranked | None) -> str:
    if why is None:
        return ""
    return {
        Unranked.TOO_FEW: _("not ranked: fewer than %(n)s cases") % {"n": LEAST_CASES},
        Unranked.OTHER_GOODS: _("not ranked: too little in common with the goods of the others"),
    }[why]


def _rate(rate: Fraction | None) -> str:
    return _("no data") if rate is None else percent(rate)


def _goods(each: Standing) -> str:
    """The kinds of goods a place has most to do with, as parts of its own cases."""
    most = sorted(each.goods.items(), key=lambda item: (-item[1], item[0]))[:KINDS_NAMED]
    return ", ".join(
        f"{GoodsTypeChoices(goods).label} {percent(Fraction(cases, each.place.cases), 0)}"
        for goods, cases in most
        if cases >= SMALLEST_CELL
    )


def _mix_chart(league: League, *, hides_small: bool) -> charts.Chart:
    """The common mix, the largest kinds first, the rest together."""
    ordered = sorted(league.mix.items(), key=lambda item: (-item[1], item[0]))
    if hides_small:
        ordered = [item for item in ordered if item[1] >= SMALLEST_CELL]
    shown = ordered[:MIX_DRAWN]
    points = [_part(str(GoodsTypeChoices(goods).label), cases, league) for goods, cases in shown]
    if rest := league.cases - sum(cases for _goods, cases in shown):
        points.append(_part(_("all other kinds"), rest, league))
    return charts.bar_chart(_("The mix of goods that all are brought to"), points, width=charts.NARROW)


def _part(label: str, cases: int, league: League) -> charts.Point:
    share = Fraction(cases, league.cases)
    return charts.Point(label, float(share) * 100, percent(share))


def export_of(board: dict, place: Place, period: Period, *, made_at: datetime, made_by: str) -> Export:
    """The league table with numbers as numbers; what is hidden is an empty cell."""
    figure = board["figure"]
    columns = [
        Column(_("Rank"), "integer", 8),
        Column(_("Code of the region"), width=15),
        Column(_("Region"), width=22),
        Column(_("Count behind it"), "integer", 14),
        Column(_("As it is"), "percent", 14),
        Column(_("At the same goods"), "percent", 18),
        Column(_("Covered part of the mix"), "percent", 18),
        Column(_("Most to do with"), width=40),
        Column(_("Remark"), width=44),
    ]
    return Export(
        title=_("League table %(place)s %(period)s") % {"place": place.name, "period": period.name},
        columns=columns,
        rows=[_exported(line) for line in board["lines"]],
        made_at=made_at,
        made_by=made_by,
        filters=[
            (_("Region"), f"{place.name} {place.code}"),
            (_("Period"), period.name),
            (_("Figure"), str(figure.name)),
            (_("Definition"), str(figure.formula)),
        ],
    )


def _exported(line: Line) -> list:
    own = line.standing.place
    numbers = (
        [None] * 4
        if line.is_hidden
        else [own.cases, _number(own.crude), _number(own.rate), _number(own.covered)]
    )
    return [line.rank, line.code, line.name, *numbers, line.goods, line.why]


def _number(share: Fraction | None) -> float | None:
    return None if share is None else float(share)
