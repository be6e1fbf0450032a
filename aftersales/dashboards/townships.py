"""What a township has on its hands now: its queue by time left, its stations, their work and figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aftersales.accounts.scoping import code_range
from aftersales.dashboards.boards import first_of
from aftersales.dashboards.regions import CONNECTION
from aftersales.lib.figures import Value
from aftersales.lib.periods import Period
from aftersales.web.figure_words import shown
from claims.models import Claim
from claims.queries import claims as claim_queries
from claims.queries.figures import FIGURES, Figures, Workload, cells, open_loads
from stations.models import Station
from stations.models.network import StationState
from stations.queries import stations_inside
from stations.rules.regions import prefix

COLUMNS = ("filed", "response_in_time", "resolution_mean", "resolution_rate", "satisfaction")


@dataclass(frozen=True)
class StationLine:
    """One station: what it has on its hands now, and the figures of the period."""

    station: Station
    load: Workload
    values: tuple[Value, ...]

    @property
    def cells(self) -> list[tuple[str, str]]:
        """Each value in words with the count behind it."""
        return [
            (shown(value), f"{value.behind:,}" if value.figure.behind and value.has_data else "")
            for value in self.values
        ]


def township_board(code: str, period: Period, *, now: datetime) -> dict:
    """Queue, load and stations of a township, as far as the caller's scope reaches; four statements."""
    first, last = code_range(prefix(code))
    own = Claim.objects.filter(station__region_id__gte=first, station__region_id__lte=last)
    loads = open_loads(own, now=now)
    counted = cells.by_station(code, period, using=CONNECTION)
    stations = (
        stations_inside(prefix(code)).exclude(state=StationState.CLOSED).order_by("tier", "region_id", "id")
    )
    lines = [
        StationLine(
            station,
            loads.get(station.pk, Workload(station.pk, 0, 0, 0)),
            tuple(FIGURES[each].of(counted.get(station.pk) or Figures()) for each in COLUMNS),
        )
        for station in stations
    ]
    lines.sort(key=lambda line: (-line.load.overdue, -line.load.open))
    queue = claim_queries.open_queue().filter(station__region_id__gte=first, station__region_id__lte=last)
    return {
        "queue": first_of(queue, now),
        "stations": lines,
        "station_headings": [FIGURES[each].name for each in COLUMNS],
        "open_count": sum(line.load.open for line in lines),
        "overdue_count": sum(line.load.overdue for line in lines),
    }
