"""The places inside a region beside each other: a table that can be sorted, opened and taken along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.dashboards.regions import CONNECTION, Place
from aftersales.dashboards.small_counts import Marks, hidden_among
from aftersales.lib.figures import Figure, Unit, Value
from aftersales.lib.periods import Period
from aftersales.web.exports import Column, Export
from aftersales.web.figure_words import shown
from aftersales.web.formats import percent
from claims.queries.figures import FIGURES, Figures, cells
from claims.rules.statistics import SHOWN_AS, Hidden
from stations.models import RegionReading
from stations.queries.readings import Network

COLUMNS = (
    "filed",
    "response_median",
    "response_in_time",
    "resolution_mean",
    "resolution_rate",
    "satisfaction",
    "follow_up_rate",
    "compensated_amount",
)
COVERAGE, PEOPLE = "coverage", "people"
KINDS = {Unit.COUNT: "integer", Unit.MINUTES: "integer", Unit.FEN: "yuan", Unit.SHARE: "percent"}


@dataclass(frozen=True)
class Cell:
    """One value of a place: in words, the count behind it, and the number where it may be shown."""

    text: str
    behind: str
    number: int | Fraction | None
    count: int | None
    is_missed: bool = False
    is_hidden: bool = False


@dataclass(frozen=True)
class Row:
    """One place of the table; `url` leads to its own board, "" where there is none."""

    code: str
    name: str
    url: str
    cells: tuple[Cell, ...]

    @property
    def hidden(self) -> bool:
        return any(cell.is_hidden for cell in self.cells)


@dataclass(frozen=True)
class Heading:
    """A column: its name, what it is, and the link that sorts by it. `order` is "" where it is not sorted."""

    name: str
    definition: str
    sort: str
    order: str


@dataclass(frozen=True)
class Table:
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    hides_some: bool


def table_of(
    place: Place,
    period: Period,
    *,
    whole: Figures,
    networks: Mapping[str, Network],
    regions: Mapping[str, RegionReading],
    hides_small: bool,
    sort: str,
) -> Table:
    """The places of the next level with their figures and network; two statements.

    `sort` is a column, with a minus in front from the largest down; what is hidden or has no data comes last.
    """
    own = cells.by_child(place.code, period, using=CONNECTION)
    codes = sorted({*own, *(code for code, network in networks.items() if network.stations.whole)})
    own = {code: own.get(code) or Figures() for code in codes}
    figures = [FIGURES[each] for each in COLUMNS]
    marks = hidden_among(own, whole, figures) if hides_small else {}
    rows = [
        Row(
            code,
            name_of(code, place, regions),
            "" if code == place.code else reverse("dashboards:region", args=[code]),
            (
                *(_cell(figure, own[code], marks, code) for figure in figures),
                *_network_cells(networks.get(code, Network())),
            ),
        )
        for code in codes
    ]
    keys = [*COLUMNS, COVERAGE, PEOPLE]
    key, falls = sort.removeprefix("-"), sort.startswith("-")
    if key in keys:
        rows = _sorted(rows, keys.index(key), falls=falls)
    elif falls:
        rows.reverse()
    return Table(_headings(figures, key if key in keys else "", falls=falls), tuple(rows), bool(marks))


def name_of(code: str, place: Place, regions: Mapping[str, RegionReading]) -> str:
    """What a row is called; what belongs to no place of the level is the region's own."""
    if code == place.code:
        return _("%(place)s itself") % {"place": place.name}
    return regions[code].name if code in regions else code


def _cell(figure: Figure, own: Figures, marks: Marks, code: str) -> Cell:
    value = figure.of(own)
    mark = marks.get((code, figure.code))
    if mark:
        return Cell(SHOWN_AS[mark], "", None, None, is_hidden=True)
    return Cell(shown(value), _count(value), value.number, value.behind, is_missed=value.misses_target)


def _count(value: Value) -> str:
    return f"{value.behind:,}" if value.figure.behind and value.has_data else ""


def _network_cells(network: Network) -> tuple[Cell, Cell]:
    def share(part) -> Cell:
        if part.share is None:
            return Cell(_("no data"), "", None, part.whole)
        return Cell(percent(part.share), f"{part.good:,} / {part.whole:,}", part.share, part.whole)

    return share(network.villages), share(network.people)


def _sorted(rows: list[Row], column: int, *, falls: bool) -> list[Row]:
    known = [row for row in rows if row.cells[column].number is not None]
    unknown = [row for row in rows if row.cells[column].number is None]
    return sorted(known, key=lambda row: row.cells[column].number, reverse=falls) + unknown


def _headings(figures: list[Figure], key: str, *, falls: bool) -> tuple[Heading, ...]:
    named = [(each.code, str(each.name), str(each.formula)) for each in figures]
    named.append(
        (COVERAGE, _("Village coverage"), _("Villages with an operating point, divided by all villages."))
    )
    named.append(
        (
            PEOPLE,
            _("Certified"),
            _("People at village and township stations with a certificate today, divided by all."),
        )
    )
    return tuple(
        Heading(
            name,
            definition,
            sort=code if code == key and falls else f"-{code}",
            order=("descending" if falls else "ascending") if code == key else "",
        )
        for code, name, definition in named
    )


def export_of(table: Table, place: Place, period: Period, *, made_at: datetime, made_by: str) -> Export:
    """The table with numbers as numbers and the count behind each rate; what is hidden is an empty cell."""
    columns, kept = [Column(_("Code of the region"), width=15), Column(_("Region"), width=22)], []
    for index, code in enumerate([*COLUMNS, COVERAGE, PEOPLE]):
        figure = FIGURES.get(code)
        heading = table.headings[index].name
        title = (
            _("%(name)s (minutes)") % {"name": heading} if figure and figure.unit == Unit.MINUTES else heading
        )
        columns.append(Column(title, KINDS[figure.unit] if figure else "percent", 18))
        has_count = figure is None or bool(figure.behind)
        if has_count:
            columns.append(Column(_("Count behind it"), "integer", 12))
        kept.append(has_count)
    columns.append(Column(_("Hidden"), width=12))
    return Export(
        title=_("Board %(place)s %(period)s") % {"place": place.name, "period": period.name},
        columns=columns,
        rows=[_exported(row, kept) for row in table.rows],
        made_at=made_at,
        made_by=made_by,
        filters=[
            (_("Region"), f"{place.name} {place.code}"),
            (_("Period"), period.name),
            *(
                [(_("Small counts"), _("Counts from 1 to 4, and what would give them away, are left empty."))]
                if table.hides_some
                else []
            ),
        ],
    )


def _exported(row: Row, kept: list[bool]) -> list:
    values: list = [row.code, row.name]
    for cell, has_count in zip(row.cells, kept, strict=True):
        is_share = isinstance(cell.number, Fraction)
        values.append(float(cell.number) if is_share else cell.number)
        if has_count:
            values.append(cell.count)
    return [*values, SHOWN_AS[Hidden.SMALL] if row.hidden else ""]
