"""What several boards show in the same way: tiles, the table of a month's figures, its charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.lib.figures import Value
from aftersales.lib.periods import Period, PeriodKind
from aftersales.web import charts
from aftersales.web.figure_words import behind, shown, target_words
from aftersales.web.formats import money, percent
from aftersales.web.urgency import urgency
from claims.models import Claim
from claims.queries.comparisons import Change, compare
from claims.queries.costs import CostMonth
from claims.queries.figures import FIGURES, Figures
from claims.rules.costs import TARGET as COST_TARGET
from claims.rules.status import Status
from training.queries import figures as training_figures
from training.rules import skills
from training.rules.figures import COVERAGE_TARGET, PASS_TARGET, Share

QUEUE_ROWS = 10
MONTHS_SHOWN = 12
TILES = (
    "filed",
    "response_median",
    "settlement_in_time",
    "resolution_mean",
    "resolution_rate",
    "satisfaction",
    "complaint_rate",
    "compensated_amount",
)
"""Which figures of the month stand on top of a board; all of them are in the table."""

GROWING = frozenset({"filed", "compensated", "compensated_amount", "by_rule", "reopened"})
"""What grows while a period runs, so that it cannot be compared with a whole one."""


@dataclass(frozen=True)
class Stat:
    """One figure on a board, as components/stat.html takes it."""

    label: str
    value: str
    hint: str = ""
    tone: str = ""
    icon_name: str = ""
    url: str = ""


@dataclass(frozen=True)
class Before:
    """A figure of an earlier period, and how it moved since; `change` is None where that says nothing."""

    value: str
    change: Change | None

    @property
    def tone(self) -> str:
        """Better is good, worse is warned about; the words say the same."""
        if self.change is None or self.change.is_better is None:
            return ""
        return "good" if self.change.is_better else "warn"


@dataclass(frozen=True)
class FigureRow:
    """One figure of a month: what it is, its target, and the same figure a month and a year before."""

    name: str
    formula: str
    value: str
    behind: str
    target: str
    tone: str
    last_month: Before
    last_year: Before


def figure_stats(month: Figures, codes: Iterable[str] = TILES) -> list[Stat]:
    """Figures of a month as tiles: with their target and the count behind them."""
    return [_tile(FIGURES[code].of(month)) for code in codes]


def _tile(value: Value) -> Stat:
    said = [target_words(value.figure), behind(value)]
    return Stat(str(value.figure.name), shown(value), " · ".join(filter(None, said)), _tone(value))


def _tone(value: Value) -> str:
    return "warn" if value.misses_target else ""


def figure_rows(
    month: Figures, last_month: Figures, last_year: Figures, *, is_running: bool
) -> list[FigureRow]:
    """Every figure of a month beside the month before and the same one a year before."""
    rows = []
    for figure in FIGURES.values():
        value = figure.of(month)
        grows = is_running and figure.code in GROWING
        rows.append(
            FigureRow(
                str(figure.name),
                str(figure.formula),
                shown(value),
                behind(value),
                target_words(figure),
                _tone(value),
                _before(value, figure.of(last_month), grows=grows),
                _before(value, figure.of(last_year), grows=grows),
            )
        )
    return rows


def _before(value: Value, before: Value, *, grows: bool) -> Before:
    is_known = value.has_data and before.has_data and not grows
    return Before(shown(before), compare(value.figure, value, before) if is_known else None)


def filed_chart(this_year: Mapping[Period, Figures], last_year: Mapping[Period, Figures]) -> charts.Chart:
    """Claims filed by month, beside the same months a year before."""
    names = [f"{period.first:%y-%m}" for period in this_year]
    return charts.line_chart(
        _("Claims filed by month"),
        [
            charts.Line(_("this year"), _points(names, this_year, "filed")),
            charts.Line(_("a year before"), _points(names, last_year, "filed")),
        ],
        width=charts.WIDE,
    )


def _points(names: Sequence[str], months: Mapping[Period, Figures], code: str) -> list[charts.Point]:
    return [
        _point(name, FIGURES[code].of(figures)) for name, figures in zip(names, months.values(), strict=True)
    ]


def _point(name: str, value: Value, scale: Fraction = Fraction(1)) -> charts.Point:
    return charts.Point(name, None if value.number is None else float(value.number * scale), shown(value))


def target_chart(code: str, months: Mapping[Period, Figures]) -> charts.Chart:
    """A figure with a target over months: minutes drawn as hours, shares in per cent, the target dashed."""
    figure = FIGURES[code]
    hours = figure.unit == "minutes"
    scale = Fraction(1, 60) if hours else Fraction(100)
    unit = _("hours") if hours else _("per cent")
    points = [_point(f"{period.first:%y-%m}", figure.of(each), scale) for period, each in months.items()]
    words = target_words(figure)
    return charts.line_chart(
        f"{figure.name} · {unit}",
        [charts.Line(str(figure.name), points)],
        target=charts.Point(_("target"), float(figure.target.value * scale), words),
    )


def periods_of(today: date) -> tuple[Period, ...]:
    """The month of a day and the eleven before it, the oldest first."""
    return Period.of(today, PeriodKind.MONTH).back(MONTHS_SHOWN)


def cost_stat(cost: CostMonth, county_code: str) -> Stat:
    """What the service of a claim settled this month cost, against what it cost before the network."""
    hint, tone = _("no baseline yet"), ""
    if cost.saving is not None:
        words = _("%(share)s more than before") if cost.saving < 0 else _("%(share)s less than before")
        hint = words % {"share": percent(abs(cost.saving))}
        tone = "warn" if cost.saving < 0 else "good" if cost.saving >= COST_TARGET else ""
    elif cost.baseline is not None:
        hint = _("no claim was settled")
    return Stat(
        _("Cost of a settled claim"),
        _("no data") if cost.per_claim_fen is None else money(cost.per_claim_fen),
        f"{hint} · {_('settled claims: %(n)s') % {'n': cost.claims}}",
        tone,
        url=f"{reverse('claims:service_costs')}?county={county_code}",
    )


def training_stats(county_code: str, today: date) -> list[Stat]:
    """How many people are certified, and how many checks of skills were passed: of this quarter, or of the
    last one as long as this one has none."""
    quarters = skills.quarters_back(today, 2)
    checks = training_figures.passed_by_quarter(quarters, county_code=county_code)
    quarter = next((each for each in reversed(quarters) if checks[each].whole), quarters[-1])
    url = f"{reverse('training:figures')}?county={county_code}"
    return [
        _share_stat(
            _("People certified"),
            training_figures.coverage(county_code, today=today),
            COVERAGE_TARGET,
            _("people: %(n)s · target 92 %%"),
            url,
        ),
        _share_stat(
            _("Skills checks passed, %(quarter)s") % {"quarter": skills.name_of(quarter)},
            checks[quarter],
            PASS_TARGET,
            _("checked: %(n)s · target 95 %%"),
            f"{url}&quarter={skills.name_of(quarter)}",
        ),
    ]


def _share_stat(label: str, share: Share, target: Fraction, hint: str, url: str) -> Stat:
    if share.rate is None:
        return Stat(label, _("no data"), hint % {"n": share.whole}, url=url)
    tone = "warn" if share.is_below(target) else "good"
    return Stat(label, percent(share.rate), hint % {"n": share.whole}, tone, url=url)


def first_of(queue: QuerySet, now: datetime) -> list[Claim]:
    """The most urgent claims of a queue, each with its urgency."""
    claims = list(queue[:QUEUE_ROWS])
    for claim in claims:
        claim.urgency = urgency(claim.next_due_at, now, is_paused=claim.status == Status.WAITING)
    return claims
