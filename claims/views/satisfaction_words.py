"""Figures of satisfaction in words: sources, sides of a rating, and the table for a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from aftersales.web.exports import Column, Export
from claims.models.follow_ups import ScoreSource
from claims.queries.satisfaction import Picture
from claims.rules.satisfaction import Mean, Ratings

SEES_AGENTS = "stations.run_stations"
"""Who runs the people of a county sees what consumers said of each; everybody sees it of themselves."""


@dataclass(frozen=True)
class Source:
    """Who asked, how many ratings came from there, and how many of them are 4 or 5."""

    name: str
    given: int
    satisfied: int
    rate: Fraction | None


@dataclass(frozen=True)
class Side:
    """One side of a rating, its mean in thousandths, and how many rated it."""

    name: str
    count: int
    milli: int | None

    @property
    def mean(self) -> str:
        """The mean with two decimals, half to even; empty where nobody rated."""
        return "" if self.milli is None else str(Decimal(self.milli).scaleb(-3).quantize(Decimal("0.01")))


def sources(found: dict[str, Ratings]) -> list[Source]:
    """Both sources, also one from which nothing has come."""
    rows = []
    for source in ScoreSource:
        said = found.get(source.value, Ratings())
        rows.append(Source(str(source.label), said.given, said.satisfied, said.rate))
    return rows


def sides(ratings: Ratings) -> list[Side]:
    """The whole and its three sides."""
    named: list[tuple[str, Mean]] = [
        (_("The whole"), ratings.stars),
        (_("Attitude"), ratings.attitude),
        (_("Speed"), ratings.speed),
        (_("Was the problem solved"), ratings.efficiency),
    ]
    return [Side(name, mean.count, mean.milli) for name, mean in named]


def _number(rate: Fraction | None) -> float | None:
    """A share as a spreadsheet takes it."""
    return None if rate is None else float(rate)


def export_of(parts, shown: Picture, *, place: str, month: str, made_by: str, made_at: datetime) -> Export:
    """Everything the page shows: one row a line, with the title of its table in front."""
    rows = [
        (
            title,
            row.name,
            row.said.whole,
            row.said.answered,
            row.said.satisfied,
            _number(row.said.rate),
            row.said.low,
            row.said.refused,
            row.said.unreachable,
            row.said.open,
            None,
        )
        for title, table in parts
        for row in table
    ]
    nothing = (None,) * 4
    rows += [
        (
            _("By source, ratings"),
            each.name,
            None,
            each.given,
            each.satisfied,
            _number(each.rate),
            *nothing,
            None,
        )
        for each in sources(shown.by_source())
    ]
    rows += [
        (_("Sides of a rating"), each.name, None, each.count, None, None, *nothing, each.milli)
        for each in sides(shown.all_ratings())
    ]
    return Export(
        title=_("Satisfaction"),
        columns=[
            Column(_("Table"), width=20),
            Column(_("Where or what"), width=28),
            Column(_("Follow-ups"), "integer", 12),
            Column(_("Answered"), "integer", 12),
            Column(_("Satisfied"), "integer", 12),
            Column(_("Satisfaction"), "percent", 14),
            Column(_("Low (1 or 2)"), "integer", 14),
            Column(_("Reached, no score"), "integer", 16),
            Column(_("Nobody reached"), "integer", 14),
            Column(_("Still to call"), "integer", 14),
            Column(_("Mean of 5"), "quantity", 12),
        ],
        rows=rows,
        made_at=made_at,
        made_by=made_by,
        filters=[(_("Place"), place), (_("Month"), month or _("the last 12 months"))],
    )
