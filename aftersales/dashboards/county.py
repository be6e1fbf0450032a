"""The board of one county: what is open now, its month against targets, its year, its stations on the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aftersales.accounts.scoping import current_scope
from aftersales.dashboards.boards import (
    Stat,
    cost_stat,
    figure_rows,
    figure_stats,
    filed_chart,
    periods_of,
    target_chart,
    training_stats,
)
from aftersales.dashboards.county_now import Shown, county_now, open_stations
from aftersales.lib.periods import Period
from aftersales.web import charts
from aftersales.web.figure_words import shown as figure_shown
from aftersales.web.formats import percent
from aftersales.web.heat_charts import heat_chart
from aftersales.web.maps import MapPoint, PointStyle, draw_map
from claims.models.choices import GoodsTypeChoices
from claims.queries import costs
from claims.queries.figures import FIGURES, Figures, Workload, cells
from stations.models import Station
from stations.models.network import TierChoices
from stations.queries import programme
from stations.queries.maps import station_point, village_point, village_styles
from stations.queries.network import VillagesReached, reaches, villages_reached
from stations.rules.regions import prefix

TARGETS_DRAWN = ("response_median", "resolution_mean", "satisfaction")
LATE, BUSY = "late", "busy"


def places_of(county_code: str) -> list[str]:
    """What of a county the figures are about: all of it, or the parts that the caller's scope reaches."""
    if reaches(county_code):
        return [county_code]
    inside = [each for each in current_scope().regions if each.startswith(prefix(county_code))]
    return [each.ljust(len(county_code), "0") for each in sorted(inside)]


def trend(
    places: Sequence[str], periods: Sequence[Period], *, with_times: bool = False
) -> dict[Period, Figures]:
    """The figures of several places together by period, one statement a place: nearly always one."""
    whole = {period: Figures(has_times=with_times) for period in periods}
    for place in places:
        for period, figures in cells.trend(place, periods, with_times=with_times).items():
            whole[period].merge(figures)
    return whole


def year_figures(places: Sequence[str], now: datetime) -> dict[str, Any]:
    """The month, its table and the charts of a year; four statements."""
    months = periods_of(timezone.localdate(now))
    month = months[-1]
    # The same month of the year before is compared with its medians; the others by what was filed in them.
    timed = trend(places, (month.a_year_before, *months), with_times=True)
    earlier = [each.a_year_before for each in months[:-1]]
    last_year = {**trend(places, earlier), month.a_year_before: timed[month.a_year_before]}
    this_year = {each: timed[each] for each in months}
    return {
        "month": month,
        "figures_of_month": timed[month],
        "figures": figure_rows(
            timed[month], timed[month.previous], timed[month.a_year_before], is_running=True
        ),
        "filed_chart": filed_chart(this_year, last_year),
        "target_charts": [target_chart(code, this_year) for code in TARGETS_DRAWN],
        "season": season_chart(this_year),
        "counted_at": cells.counted_at(),
    }


def season_chart(months: Mapping[Period, Figures]) -> charts.Chart:
    """Claims filed by kind of goods and month, the kind with the most first."""
    filed = {
        goods: [
            figures.by_goods[goods].filed if goods in figures.by_goods else 0 for figures in months.values()
        ]
        for goods in GoodsTypeChoices.values
    }
    names = [f"{period.first:%y-%m}" for period in months]
    lines = [
        charts.Line(
            str(GoodsTypeChoices(goods).label),
            [charts.Point(*each) for each in zip(names, counts, strict=True)],
        )
        for goods, counts in sorted(filed.items(), key=lambda each: -sum(each[1]))
        if any(counts)
    ]
    return heat_chart(_("Season: claims filed by goods and month"), lines, total=_("total"))


def county_board(county_code: str, *, now: datetime, shown: Shown) -> dict[str, Any]:
    """Queue by time left, breaches, fund, load, people, providers, alerts; month, year, season, map."""
    stations = open_stations(county_code)
    live = county_now(county_code, now=now, shown=shown)
    places = places_of(county_code)
    year = year_figures(places, now)
    today = timezone.localdate(now)
    stats = figure_stats(year["figures_of_month"])
    if shown.costs:
        (cost,) = costs.months(county_code, [today.replace(day=1)])
        stats.append(cost_stat(cost, county_code))
    if shown.training:
        stats += training_stats(county_code, today)
    # Whoever sees one township is told about its villages; several of them are a rare grant.
    place = places[0] if places else county_code
    reached = villages_reached(place, stations)
    return {
        **live,
        **year,
        "stats": [*stats, coverage_stat(reached, county_code)],
        "rows": station_rows(place, year["month"], stations, live["loads"]),
        "map": load_map(stations, live["loads"], reached),
        "phase": programme.phase_of(county_code, today),
        "is_part": places != [county_code],
    }


def coverage_stat(reached: VillagesReached, county_code: str) -> Stat:
    """How many villages have a service point of their own."""
    said = {"n": reached.with_station, "all": reached.villages}
    return Stat(
        _("Villages with a point"),
        _("no data") if reached.share is None else percent(reached.share),
        _("%(n)s of %(all)s villages") % said,
        url=reverse("stations:county_map", args=[county_code]),
    )


def station_rows(
    place: str, month: Period, stations: Sequence[Station], loads: Mapping[int, Workload]
) -> list[dict[str, Any]]:
    """Stations by work, the ones with overdue claims first; one statement for their month."""
    counted = cells.by_station(place, month)
    rows = []
    for station in stations:
        figures = counted.get(station.pk, Figures())
        rows.append(
            {
                "station": station,
                "load": loads.get(station.pk, Workload(station.pk, 0, 0, 0)),
                "filed": figures.filed,
                "response": figure_shown(FIGURES["response_median"].of(figures)),
                "satisfaction": figure_shown(FIGURES["satisfaction"].of(figures)),
            }
        )
    return sorted(rows, key=lambda row: (-row["load"].overdue, -row["load"].open, -row["filed"]))


def map_styles() -> dict[str, PointStyle]:
    """How places are drawn, the most urgent first."""
    return {
        LATE: PointStyle(_("Station with overdue claims"), 10, "#a3241b", label_size=13),
        BUSY: PointStyle(_("Station with open claims"), 9, "#1c5478", label_size=12),
        TierChoices.COUNTY: PointStyle(_("Centre"), 8, "#16271f", label_size=13),
        TierChoices.TOWNSHIP: PointStyle(_("Standby point"), 6.5, "#1b5e43", label_size=12),
        **village_styles(),
    }


def load_map(
    stations: Sequence[Station],
    loads: Mapping[int, Workload],
    reached: VillagesReached,
    *,
    links: bool = True,
    width: int = 720,
    highest: int = 620,
) -> SafeString:
    """Stations with the number of their open claims, among the villages they reach or do not reach."""
    points = [
        _station_point(station, loads.get(station.pk), links=links)
        for station in stations
        if station.lat is not None
    ]
    villages = map(village_point, reached.located)
    title = _("Open claims and coverage")
    return draw_map(title, [*points, *villages], map_styles(), width=width, highest=highest)


def _station_point(station: Station, load: Workload | None, *, links: bool) -> MapPoint:
    is_busy = load is not None and load.open > 0
    said = _("open: %(open)s, overdue: %(overdue)s")
    return station_point(
        station,
        note=said % {"open": load.open, "overdue": load.overdue} if load else station.get_state_display(),
        url=reverse("stations:station_detail", args=[station.pk]) if links else "",
        kind=(LATE if load.overdue else BUSY) if is_busy else "",
        mark=str(load.open) if is_busy else "",
    )
