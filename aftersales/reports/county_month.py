"""The report of one county and one month: which rows and figures it shows, on screen and in exports."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from aftersales.reports.models import ReportCase, ReportPlace, ReportStation
from aftersales.web.exports import Column, Export
from aftersales.web.formats import money, percent, span
from claims.models.choices import GoodsTypeChoices, NatureChoices
from claims.queries.figures import Figures, figures_by_county, figures_of, filed_between, month_bounds
from claims.rules.statistics import Hidden, published
from claims.rules.status import OPEN

CONNECTION = "reports"
GROUPS = (
    ("open", tuple(OPEN)),
    ("resolved", ("resolved", "closed")),
    ("rejected", ("rejected",)),
    ("withdrawn", ("withdrawn", "merged")),
)
HIDDEN_AS = {Hidden.SMALL: "<5", Hidden.WITHHELD: "—"}


@dataclass(frozen=True)
class ClassRow:
    """One class of claims: its counts and their total as they may be shown."""

    goods: str
    nature: str
    counts: tuple[str, ...]
    total: str


@dataclass(frozen=True)
class FigureRow:
    """One figure in words: its value, the count behind it, its target and how it is worked out."""

    name: str
    value: str
    behind: str
    target: str
    definition: str


def places_in_reach() -> list[ReportPlace]:
    """Counties with a station that the scope reaches, by code."""
    codes = (
        ReportStation.objects.using(CONNECTION).order_by().values_list("county_code", flat=True).distinct()
    )
    return list(ReportPlace.objects.using(CONNECTION).filter(code__in=list(codes)).order_by("code"))


def cases_of(month: date, county_code: str | None = None):
    """Cases filed in a month, in the scope, on the connection that cannot write."""
    cases = filed_between(ReportCase.objects.using(CONNECTION), *month_bounds(month))
    return cases.filter(county_code=county_code) if county_code else cases


def month_figures(month: date, county_code: str) -> Figures:
    return figures_of(cases_of(month, county_code))


def overview(month: date) -> dict[str, Figures]:
    """Figures of every county in reach."""
    return figures_by_county(cases_of(month))


def class_rows(figures: Figures, *, hide_small: bool) -> list[ClassRow]:
    """Claims by class and state, the largest class first; small counts are hidden when asked for."""
    cells: dict[tuple[str, str], Counter] = {}
    for (goods, nature, status), count in figures.by_class_and_status.items():
        cells.setdefault((goods, nature), Counter())[status] += count
    classes = sorted(cells.items(), key=lambda item: -item[1].total())
    table = [
        [sum(states[status] for status in group) for _name, group in GROUPS] for _class, states in classes
    ]
    shown = published(table) if hide_small else [[*row, sum(row)] for row in table]
    return [
        ClassRow(
            goods=str(GoodsTypeChoices(goods).label),
            nature=str(NatureChoices(nature).label),
            counts=tuple(HIDDEN_AS.get(count, str(count)) for count in row[:-1]),
            total=HIDDEN_AS.get(row[-1], str(row[-1])),
        )
        for ((goods, nature), _states), row in zip(classes, shown, strict=True)
    ]


def class_headings() -> list[str]:
    return [
        _("Open"),
        _("Resolved"),
        _("Refused"),
        _("Withdrawn or merged"),
    ]


def figure_rows(figures: Figures) -> list[FigureRow]:
    """Every figure of the month with its definition; "no data" where there is nothing behind it."""
    nothing, said = _("no data"), figures.satisfaction

    def minutes(value):
        return nothing if value is None else span(value)

    def rate(value):
        return nothing if value is None else percent(value)

    claims = _("claims: %(count)s")
    return [
        FigureRow(
            _("Claims filed"),
            str(figures.filed),
            "",
            "",
            _("Filed in the month, Shanghai time. All figures below are about these claims."),
        ),
        FigureRow(
            _("Resolution rate"),
            rate(figures.resolution_rate),
            claims % {"count": figures.resolved + figures.rejected},
            "",
            _("Resolved or closed, divided by all that were resolved, closed or refused."),
        ),
        FigureRow(
            _("First response, median"),
            minutes(figures.response_median),
            claims % {"count": figures.response_count},
            _("at most 2 h"),
            _("Minutes from filing to acceptance; the middle value."),
        ),
        FigureRow(
            _("First response, 90th percentile"),
            minutes(figures.response_p90),
            claims % {"count": figures.response_count},
            "",
            _("Nine of ten claims were answered at least this fast."),
        ),
        FigureRow(
            _("First response in time"),
            rate(figures.response_in_time),
            claims % {"count": figures.response_count},
            "",
            _("Share of answered claims that were accepted within 2 hours."),
        ),
        FigureRow(
            _("Resolution, median"),
            minutes(figures.resolution_median),
            claims % {"count": figures.resolution_count},
            "",
            _("Minutes from filing to resolution; the middle value."),
        ),
        FigureRow(
            _("Resolution, 90th percentile"),
            minutes(figures.resolution_p90),
            claims % {"count": figures.resolution_count},
            "",
            _("Nine of ten claims were resolved at least this fast."),
        ),
        FigureRow(
            _("Resolution, mean"),
            minutes(figures.resolution_mean),
            claims % {"count": figures.resolution_count},
            _("at most 48 h"),
            _("Sum of the minutes to resolution divided by the number of resolved claims."),
        ),
        FigureRow(
            _("Compensation carried out"),
            money(figures.compensated_fen),
            claims % {"count": figures.compensated},
            "",
            _("Refunds, coupons and reshipped goods carried out for these claims, at their value."),
        ),
        FigureRow(
            _("Compensation, mean"),
            nothing if figures.mean_compensation_fen is None else money(figures.mean_compensation_fen),
            claims % {"count": figures.compensated},
            "",
            _("Compensation carried out divided by the number of claims that got one."),
        ),
        FigureRow(
            _("Approved by rule"),
            str(figures.by_rule),
            claims % {"count": figures.compensated},
            "",
            _("Small amounts with evidence and without flags, approved without a person's decision."),
        ),
        FigureRow(
            _("Reopened"),
            str(figures.reopened),
            claims % {"count": figures.filed},
            "",
            _("Claims with a second round."),
        ),
        FigureRow(
            _("Follow-up rate"),
            rate(figures.follow_up_rate),
            claims % {"count": figures.resolved},
            "",
            _("Settled claims whose consumer was asked or not reached, divided by all settled ones."),
        ),
        FigureRow(
            _("Satisfaction"),
            rate(said.rate),
            _("answered: %(count)s") % {"count": said.answered},
            _("at least 92 %"),
            _("Scores of 4 or 5 divided by all scores; the lowest one of a claim counts."),
        ),
        FigureRow(
            _("Answers to follow-ups"),
            rate(said.answer_rate),
            _("refused: %(refused)s, not reached: %(unreachable)s, still open: %(open)s")
            % {"refused": said.refused, "unreachable": said.unreachable, "open": said.open},
            "",
            _("Consumers who gave a score, divided by all who gave one, gave none or were not reached."),
        ),
    ]


def export_of(
    *, title, figures: Figures, hide_small: bool, made_by: str, made_at: datetime, filters
) -> Export:
    """The report as one sheet: figures first, then claims by class and state."""
    rows = [(row.name, row.value, row.behind, row.target, row.definition, "") for row in figure_rows(figures)]
    rows.append(("", "", "", "", "", ""))
    rows.append((_("Class"), *class_headings(), _("Total")))
    for row in class_rows(figures, hide_small=hide_small):
        rows.append((f"{row.goods} · {row.nature}", *row.counts, row.total))
    columns = [
        Column(_("Figure"), width=28),
        Column(_("Value"), width=18),
        Column(_("Count behind it"), width=18),
        Column(_("Target"), width=16),
        Column(_("Definition"), width=60),
        Column("", width=12),
    ]
    return Export(title=title, columns=columns, rows=rows, made_at=made_at, made_by=made_by, filters=filters)
