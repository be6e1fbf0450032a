"""The board of one station: what is open now, and its month."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.dashboards.boards import figure_rows, figure_stats, first_of
from aftersales.lib.periods import Period, PeriodKind
from aftersales.web import charts
from claims.models import Claim
from claims.queries import claims as claim_queries
from claims.queries.figures import Workload, cells, filed_by_day, open_loads
from stations.models import Station

DAYS_SHOWN = 14


def station_now(station: Station, *, now: datetime) -> dict[str, Any]:
    """What changes by the minute: open claims, those past their due time, the queue; two statements."""
    own = Claim.objects.filter(station=station)
    load = open_loads(own, now=now).get(station.pk, Workload(station.pk, 0, 0, 0))
    return {
        "station": station,
        "load": load,
        "queue": first_of(claim_queries.open_queue(station=station), now),
        "now": now,
    }


def station_board(station: Station, *, now: datetime) -> dict[str, Any]:
    """Today's queue, the clock and the month of one station, beside the month and the year before."""
    today = timezone.localdate(now)
    month = Period.of(today, PeriodKind.MONTH)
    figures, last_month, last_year = (
        cells.of_station(station.pk, each) for each in (month, month.previous, month.a_year_before)
    )
    days = [today - timedelta(days=back) for back in range(DAYS_SHOWN - 1, -1, -1)]
    by_day = filed_by_day(Claim.objects.filter(station=station), days)
    points = [charts.Point(f"{day:%m-%d}", count) for day, count in by_day.items()]
    return {
        **station_now(station, now=now),
        "stats": figure_stats(figures),
        "figures": figure_rows(figures, last_month, last_year, is_running=True),
        "month": month,
        "counted_at": cells.counted_at(),
        "chart": charts.line_chart(
            _("Claims filed in the last 14 days"), [charts.Line(_("filed"), points)], width=charts.NARROW
        ),
    }
