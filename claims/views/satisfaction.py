"""How satisfied consumers are: a page for a station and for a county, and the same as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.web import charts, exports
from aftersales.web.admin_filters import key_of
from aftersales.web.formats import percent
from claims.models.choices import GoodsTypeChoices
from claims.queries import dispatch as people
from claims.queries import satisfaction as reading
from claims.queries.satisfaction import Cell, Picture
from claims.rules.satisfaction import TARGET, Satisfaction
from claims.views import satisfaction_words as words
from claims.views.places import CasePage
from stations.access.guards import may_throughout
from stations.access.places import own_station
from stations.models import Region, Station

MONTHS = 12
FEW = 5
"""Below so many answers a rate is shown, with the remark that it says little."""


@dataclass(frozen=True)
class Row:
    """One line of a table: what it is about, and its cases."""

    name: str
    said: Satisfaction

    @property
    def is_few(self) -> bool:
        return 0 < self.said.answered < FEW


@dataclass(frozen=True)
class Place:
    """What the page is about: a station, or as much of a county as the person reaches."""

    name: str
    county_code: str
    station: Station | None = None


class SatisfactionPage(CasePage):
    """Figures of twelve months or of one (`?month=`), of one station with `?station=`, of one county with
    `?county=`; `?format=xlsx` gives the same as a table."""

    permission = "claims.view_claim_page"
    template_name = "claims/satisfaction.html"

    def get(self, request):
        now = timezone.now()
        codes = sorted(Station.objects.order_by().values_list("county_code", flat=True).distinct())
        place = self._place(codes)
        where = {"county_code": place.county_code, "station_id": place.station.pk if place.station else None}
        year = reading.picture(until=timezone.localdate(now), months=MONTHS, **where)
        month = self._month(year.months)
        shown = year.in_month(month) if month else year
        stations = list(Station.objects.filter(county_code=place.county_code).order_by("region_id"))
        tables = self._tables(shown, place, stations)
        if form := request.GET.get("format", ""):
            return self._export(form, place, year, shown, tables, month)
        return self.page(
            about=place,
            month=month,
            months=year.months[::-1],
            whole=shown.whole(),
            answers=reading.answers(start=shown.months[0], end=shown.months[-1], now=now, **where),
            tables=tables,
            by_month=months_of(year)[::-1],
            sources=words.sources(shown.by_source()),
            sides=words.sides(shown.all_ratings()),
            chart=chart(year),
            few=FEW,
            counties=list(Region.objects.filter(code__in=codes).order_by("code")) if len(codes) > 1 else [],
            stations=stations if len(stations) > 1 else [],
            place=place.station,
        )

    def _place(self, codes: list[str]) -> Place:
        """The place asked for, as far as the person reaches it, else their own. Raises Http404 for others."""
        station, code = own_station(self.request.user), self.request.GET.get("county", "")
        if asked := self.request.GET.get("station", ""):
            station = get_object_or_404(Station, pk=key_of(asked))
        if station is not None:
            return Place(str(station), station.county_code, station)
        code = code or next(iter(codes), "")
        if code not in codes:
            raise Http404
        return Place(str(Region.objects.get(code=code)), code)

    def _month(self, months: list[date]) -> date | None:
        asked = self.request.GET.get("month", "")
        if not asked:
            return None
        found = next((month for month in months if f"{month:%Y-%m}" == asked), None)
        if found is None:
            raise Http404
        return found

    def _tables(self, shown: Picture, place: Place, stations: list[Station]) -> list[tuple[str, list[Row]]]:
        """The tables of the page by title, without empty ones."""
        goods, named = dict(GoodsTypeChoices.choices), {each.pk: str(each) for each in stations}
        tables = [(_("By kind of goods"), rows_of(shown, lambda cell: cell.goods_type, goods))]
        if place.station is None:
            tables.append((_("By station"), rows_of(shown, lambda cell: cell.station, named)))
        tables.append((_("By agent"), self._agents(shown, place)))
        return [(title, rows) for title, rows in tables if rows]

    def _agents(self, shown: Picture, place: Place) -> list[Row]:
        """What consumers said by who handled their claims: for the county's head, and of oneself."""
        user = self.request.user
        sees_all = may_throughout(user, words.SEES_AGENTS, place.county_code)
        found = {
            agent: said
            for agent, said in shown.by(lambda cell: cell.agent).items()
            if agent and (sees_all or agent == user.pk)
        }
        names = {key: name for key, (name, _station) in people.names_of(found).items()}
        return in_order([Row(names[agent], said) for agent, said in found.items()])

    def _export(self, form: str, place: Place, year: Picture, shown: Picture, tables, month: date | None):
        if form != "xlsx":
            raise Http404
        parts = [
            (_("Whole"), [Row(place.name, shown.whole())]),
            (_("By month"), months_of(year)),
            *tables,
        ]
        written = exports.write(
            words.export_of(
                parts,
                shown,
                place=place.name,
                month=f"{month:%Y-%m}" if month else "",
                made_by=str(self.request.user),
                made_at=timezone.now(),
            ),
            form,
        )
        trail.record(
            "report.exported",
            by=self.request.user,
            county_code=place.county_code,
            station_id=place.station.pk if place.station else None,
            after={"report": "satisfaction", **written.facts},
        )
        return written.response()


def rows_of(shown: Picture, axis: Callable[[Cell], object], names: dict) -> list[Row]:
    """One row for everything that `axis` finds, by name."""
    found = shown.by(axis)
    return in_order([Row(str(names.get(key, key)), said) for key, said in found.items()])


def in_order(rows: list[Row]) -> list[Row]:
    """Those with the most answers first."""
    return sorted(rows, key=lambda row: (-row.said.answered, -row.said.whole, row.name))


def months_of(year: Picture) -> list[Row]:
    """A row for every month, the oldest first."""
    return [Row(f"{first:%Y-%m}", said) for first, said in year.by_month().items()]


def chart(year: Picture) -> charts.Chart:
    """Satisfaction by month in percent, with the target; a gap where nobody has answered."""
    points = [
        charts.Point(
            f"{month:%m}",
            None if said.rate is None else float(said.rate * 100),
            _("no data")
            if said.rate is None
            else _("%(rate)s of %(count)s") % {"rate": percent(said.rate), "count": said.answered},
        )
        for month, said in year.by_month().items()
    ]
    target = charts.Point(_("target"), float(TARGET * 100), percent(TARGET))
    return charts.line_chart(
        _("Satisfaction by month in percent, with the number of answers"),
        [charts.Line(_("satisfied"), points)],
        width=charts.WIDE,
        target=target,
    )
