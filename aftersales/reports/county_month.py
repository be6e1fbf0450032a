"""The report of one county and one month: which rows and figures it shows, on screen and in exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aftersales.lib.periods import Period
from aftersales.reports.connection import CONNECTION
from aftersales.reports.hiding import GROUPS, classes_of
from aftersales.reports.live_hiding import Marks
from aftersales.reports.models import ReportPlace, ReportStation
from aftersales.reports.words import GROUP_WORDS
from aftersales.web import figure_words
from claims.models.choices import GoodsTypeChoices, NatureChoices
from claims.queries.figures import FIGURES, Figures, cells
from claims.rules.statistics import SHOWN_AS, Hidden, published
from stations.rules.regions import NATION, Level


@dataclass(frozen=True)
class ClassRow:
    """One class of claims: its counts and their total as they may be shown."""

    goods: str
    nature: str
    counts: tuple[str, ...]
    total: str


@dataclass(frozen=True)
class FigureRow:
    """One figure in words: its value, the count behind it, its target and how it is worked out.

    `frozen` is what the report of a closed month says.
    """

    name: str
    value: str
    behind: str
    target: str
    definition: str
    frozen: str = ""


def places_in_reach() -> list[ReportPlace]:
    """Counties with a station that the scope reaches, by code."""
    codes = (
        ReportStation.objects.using(CONNECTION).order_by().values_list("county_code", flat=True).distinct()
    )
    return list(ReportPlace.objects.using(CONNECTION).filter(code__in=list(codes)).order_by("code"))


def overview(period: Period) -> dict[str, Figures]:
    """Figures of every county in reach in which something was counted."""
    return {
        code: figures
        for code, figures in cells.by_level(NATION, Level.COUNTY, period, using=CONNECTION).items()
        if not figures.is_empty
    }


def class_table(
    figures: Figures, *, hide_small: bool
) -> list[tuple[tuple[str, str], Sequence[int | Hidden]]]:
    """Goods and nature with the claims by group of states and their total, the largest class first."""
    classes = sorted(classes_of(figures).items(), key=lambda item: (-sum(item[1].values()), item[0]))
    table = [list(groups.values()) for _class, groups in classes]
    shown = published(table) if hide_small else [[*row, sum(row)] for row in table]
    return [(class_, row) for (class_, _groups), row in zip(classes, shown, strict=True)]


def class_rows(figures: Figures, *, hide_small: bool) -> list[ClassRow]:
    """Claims by class and state in words; small counts are hidden when asked for."""
    return [
        ClassRow(
            goods=str(GoodsTypeChoices(goods).label),
            nature=str(NatureChoices(nature).label),
            counts=tuple(SHOWN_AS.get(count, str(count)) for count in row[:-1]),
            total=SHOWN_AS.get(row[-1], str(row[-1])),
        )
        for (goods, nature), row in class_table(figures, hide_small=hide_small)
    ]


def class_headings() -> list[str]:
    return [str(GROUP_WORDS[group]) for group in GROUPS]


def figure_rows(
    figures: Figures, marks: Marks | None = None, frozen: Mapping[str, str] | None = None
) -> list[FigureRow]:
    """Every figure of the month with its definition; "no data" where there is nothing behind it.

    `marks` says what is hidden from the reader, `frozen` holds by code what a closed month says.
    """
    rows = []
    for value in (figure.of(figures) for figure in FIGURES.values()):
        hidden = marks.of(value) if marks else None
        rows.append(
            FigureRow(
                str(value.figure.name),
                SHOWN_AS[hidden] if hidden else figure_words.shown(value),
                "" if hidden else figure_words.behind(value),
                figure_words.target_words(value.figure),
                str(value.figure.formula),
                (frozen or {}).get(value.figure.code, ""),
            )
        )
    return rows


def overview_words(figures: Figures, marks: Marks | None) -> list[str]:
    """Filed, open, resolved, compensation, and the medians of both times, as far as they may be shown."""
    if marks and marks.filed:
        return [SHOWN_AS[marks.filed]] * 6
    hidden = marks.of if marks else lambda _value: None
    codes = ("compensated_amount", "response_median", "resolution_median")
    values = [FIGURES[code].of(figures) for code in codes]
    counts = (figures.filed, figures.open, figures.resolved)
    return [
        *(f"{count:,}" for count in counts),
        *(SHOWN_AS.get(hidden(each)) or figure_words.shown(each) for each in values),
    ]
