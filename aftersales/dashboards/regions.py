"""The board of a region: its figures beside earlier ones, its network, and how the last years went."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from aftersales.accounts.scoping import current_scope
from aftersales.dashboards.boards import GROWING, Stat
from aftersales.lib.figures import Figure, Unit, Value
from aftersales.lib.periods import Period, PeriodKind
from aftersales.web import charts
from aftersales.web.figure_words import behind, number_words, shown, target_words
from aftersales.web.formats import percent
from aftersales.web.period_choices import PeriodChoice
from claims.queries.comparisons import compare
from claims.queries.figures import FIGURES, Figures, cells
from claims.rules.statistics import SHOWN_AS, Hidden
from claims.rules.suppression import rests_on_few
from stations.models import RegionReading
from stations.models.regions import LevelChoices
from stations.queries.network import reaches
from stations.queries.readings import Network, Part
from stations.rules.regions import CODE_LENGTH, DIGITS, NATION, Level, level_of

CONNECTION = "reports"
MONTHS_SHOWN = 12
LEADING = ("filed", "response_median", "resolution_mean", "resolution_rate", "satisfaction", "complaint_rate")
"""The figures on top, in the order of the questions people ask."""
RATES_DRAWN = ("resolution_rate", "response_in_time", "satisfaction")
SMALL = SHOWN_AS[Hidden.SMALL]


@dataclass(frozen=True)
class Place:
    """A region by name; `above` are those it lies in, the widest first, as far as the reader reaches."""

    code: str
    name: str
    level: Level
    above: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return self.name

    @property
    def level_name(self) -> str:
        return str(LevelChoices(self.level).label) if self.level else _("Country")


@dataclass(frozen=True)
class FigureLine:
    """One figure of the region in words: the value, what is behind it, and how it moved."""

    name: str
    definition: str
    value: str
    behind: str
    target: str
    is_missed: bool
    before: str
    a_year_before: str


def codes_in_reach() -> list[str]:
    """The widest regions that the caller's scope reaches as a whole, by code."""
    scope = current_scope()
    if scope.everywhere:
        return [NATION]
    widest = [
        each
        for each in scope.regions
        if len(each) <= DIGITS[Level.TOWNSHIP]
        and not any(each != other and each.startswith(other) for other in scope.regions)
    ]
    return sorted(each.ljust(CODE_LENGTH, "0") for each in widest)


def nation_name() -> str:
    return _("Whole country")


def place_of(code: str, regions: dict[str, RegionReading]) -> Place | None:
    """The place itself among the regions that were read; None when it is not there."""
    level = level_of(code)
    if code != NATION and code not in regions:
        return None
    above = [code[: DIGITS[each]].ljust(CODE_LENGTH, "0") for each in Level if each < level]
    return Place(
        code,
        regions[code].name if code != NATION else nation_name(),
        level,
        tuple(
            (each, regions[each].name if each in regions else nation_name())
            for each in dict.fromkeys(above)
            if reaches(each) and (each in regions or each == NATION) and each != code
        ),
    )


def figures_of_region(code: str, choice: PeriodChoice, *, hides_small: bool) -> dict:
    """Figures of a period beside the period before and the same one a year before; three statements."""
    period = choice.period
    now, before, year_before = (
        cells.of_region(code, each, using=CONNECTION)
        for each in (period, period.previous, period.a_year_before)
    )
    lines = {
        figure.code: _line(figure, now, before, year_before, is_running=choice.is_running, hides=hides_small)
        for figure in FIGURES.values()
    }
    return {
        "whole": now,
        "lines": list(lines.values()),
        "stats": [_stat(lines[code]) for code in LEADING],
    }


def _line(
    figure: Figure, now: Figures, before: Figures, year_before: Figures, *, is_running: bool, hides: bool
) -> FigureLine:
    value = figure.of(now)
    hidden = hides and rests_on_few(value)
    return FigureLine(
        name=str(figure.name),
        definition=str(figure.formula),
        value=SMALL if hidden else shown(value),
        behind="" if hidden else behind(value),
        target=target_words(figure),
        is_missed=value.misses_target and not hidden,
        before=_moved(figure, value, figure.of(before), is_running=is_running, hides=hides),
        a_year_before=_moved(figure, value, figure.of(year_before), is_running=is_running, hides=hides),
    )


def _moved(figure: Figure, now: Value, before: Value, *, is_running: bool, hides: bool) -> str:
    if hides and (rests_on_few(now) or rests_on_few(before)):
        return SHOWN_AS[Hidden.WITHHELD]
    if is_running and figure.code in GROWING:
        return _("not over yet")
    change = compare(figure, now, before)
    if change.is_better is None or change.number is None:
        return change.words
    word = _("better") if change.is_better else _("worse")
    return f"{change.words} · {word}"


def _stat(line: FigureLine) -> Stat:
    hint = " · ".join(filter(None, (line.target, line.behind)))
    return Stat(
        line.name,
        line.value,
        hint,
        "warn" if line.is_missed else "",
        "alert" if line.is_missed else "",
    )


def trend_charts(code: str, choice: PeriodChoice, *, hides_small: bool) -> list[charts.Chart]:
    """Claims filed in the last twelve months beside the year before, and the rates; one statement."""
    last = Period.of(choice.period.last, PeriodKind.MONTH)
    running = choice.months[0]
    months = min(last, running).back(2 * MONTHS_SHOWN)
    found = cells.trend(code, months, using=CONNECTION)
    year, year_before = months[MONTHS_SHOWN:], months[:MONTHS_SHOWN]

    def points(figure: Figure, periods, labels) -> list[charts.Point]:
        return [
            _point(figure.of(found[each]), label.name, hides_small=hides_small)
            for each, label in zip(periods, labels, strict=True)
        ]

    filed = FIGURES["filed"]
    return [
        charts.line_chart(
            _("Claims filed by month"),
            [
                charts.Line(_("these twelve months"), points(filed, year, year)),
                charts.Line(_("a year before"), points(filed, year_before, year)),
            ],
            width=charts.WIDE,
        ),
        charts.line_chart(
            _("Rates by month, in per cent"),
            [charts.Line(str(FIGURES[each].name), points(FIGURES[each], year, year)) for each in RATES_DRAWN],
            width=charts.WIDE,
        ),
    ]


def _point(value: Value, label: str, *, hides_small: bool) -> charts.Point:
    if hides_small and rests_on_few(value):
        return charts.Point(label, None, SMALL)
    if value.number is None:
        return charts.Point(label, None)
    number = float(value.number) * (100 if value.figure.unit == Unit.SHARE else 1)
    return charts.Point(label, number, number_words(value.figure, value.number))


def network_stats(network: Network) -> list[Stat]:
    """Coverage and people of the region today."""
    out_of = _("%(good)s of %(whole)s")

    def share(label: str, part: Part) -> Stat:
        value = _("no data") if part.share is None else percent(part.share)
        return Stat(label, value, out_of % {"good": f"{part.good:,}", "whole": f"{part.whole:,}"})

    return [
        share(_("Villages with an operating point"), network.villages),
        share(_("Stations that operate"), network.stations),
        share(_("People with a certificate"), network.people),
        Stat(
            _("Contracts with providers in force"),
            f"{network.providers.good:,}",
            _("all contracts: %(n)s") % {"n": f"{network.providers.whole:,}"},
        ),
    ]


def whole_of(parts: dict[str, Network]) -> Network:
    """The network of a region from that of its places."""
    return sum(parts.values(), Network())
