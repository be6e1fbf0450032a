"""What hangs on the wall of a county centre: six pages in turn, without claims, people or money."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.dashboards.boards import Stat, figure_stats, filed_chart, periods_of
from aftersales.dashboards.county import load_map, season_chart, station_rows, trend
from aftersales.dashboards.county_now import open_stations
from aftersales.lib.periods import Period, PeriodKind
from claims.models import Claim
from claims.models.choices import LevelChoices
from claims.queries import figures_clocks
from claims.queries.figures import cells, open_loads
from stations.queries.network import villages_reached

TURNS = 20
"""Seconds for which one page stays."""

STATIONS_SHOWN = 8
TILES = (
    "filed",
    "response_median",
    "settlement_in_time",
    "resolution_mean",
    "resolution_rate",
    "satisfaction",
)


def _now(county_code: str, now: datetime) -> dict[str, Any]:
    """Open claims by the level that holds them; three statements."""
    loads = open_loads(Claim.objects.filter(county_code=county_code), now=now)
    rungs = figures_clocks.rungs(county_code, now)
    today = datetime.combine(timezone.localdate(now), time.min, timezone.get_current_timezone())
    climbs = figures_clocks.climbs_since(county_code, today - timedelta(days=today.weekday()), today)
    overdue, climbed = sum(load.overdue for load in loads.values()), sum(each.today for each in climbs)
    return {
        "title": _("Right now"),
        "stats": [
            Stat(_("Open now"), str(sum(load.open for load in loads.values()))),
            _alarm(_("Overdue"), overdue),
            _alarm(_("Climbed today"), climbed),
        ],
        "rungs": [(LevelChoices(rung.level).label, rung) for rung in rungs],
    }


def _alarm(label: str, count: int) -> Stat:
    return Stat(label, str(count), tone="bad" if count else "good", icon_name="alert" if count else "check")


def _month(county_code: str, now: datetime) -> dict[str, Any]:
    month = Period.of(timezone.localdate(now), PeriodKind.MONTH)
    figures = cells.of_region(county_code, month)
    return {
        "title": _("%(month)s so far") % {"month": month.name},
        "stats": figure_stats(figures, TILES),
    }


def _year(county_code: str, now: datetime) -> dict[str, Any]:
    months = periods_of(timezone.localdate(now))
    earlier = tuple(each.a_year_before for each in months)
    figures = trend([county_code], (*earlier, *months))
    this_year, last_year = ({each: figures[each] for each in part} for part in (months, earlier))
    return {"title": _("Twelve months"), "drawing": filed_chart(this_year, last_year).svg}


def _season(county_code: str, now: datetime) -> dict[str, Any]:
    months = trend([county_code], periods_of(timezone.localdate(now)))
    chart = season_chart(months)
    return {"title": chart.title, "drawing": chart.svg if chart.rows else ""}


def _stations(county_code: str, now: datetime) -> dict[str, Any]:
    loads = open_loads(Claim.objects.filter(county_code=county_code), now=now)
    month = Period.of(timezone.localdate(now), PeriodKind.MONTH)
    rows = station_rows(county_code, month, open_stations(county_code), loads)
    return {"title": _("Stations by work"), "rows": rows[:STATIONS_SHOWN]}


def _map(county_code: str, now: datetime) -> dict[str, Any]:
    stations = open_stations(county_code)
    loads = open_loads(Claim.objects.filter(county_code=county_code), now=now)
    reached = villages_reached(county_code, stations)
    # A small sheet shown large: names can be read from afar.
    drawing = load_map(stations, loads, reached, links=False, width=620, highest=300)
    return {"title": _("Open claims and coverage"), "drawing": drawing}


PAGES = (_now, _month, _year, _season, _stations, _map)


def wall_page(county_code: str, number: int, *, now: datetime) -> dict[str, Any]:
    """One page of the display, 1 to 6, and which comes next; at most four statements."""
    return {
        **PAGES[number - 1](county_code, now),
        "number": number,
        "pages": len(PAGES),
        "next": number % len(PAGES) + 1,
        "turns": TURNS,
        "counted_at": cells.counted_at(),
        "now": now,
    }
