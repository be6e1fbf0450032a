"""Which months of which counties have to be counted again: by what the trail says, or all there are."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Max, Q
from django.db.models.functions import TruncMonth

from aftersales.audit.models import AuditEvent
from aftersales.lib.periods import SHANGHAI, Period, PeriodKind
from claims.models import Claim, FigureCell, FigureProgress, Order
from claims.models.orders import OrderSource
from stations.rules.regions import Level

CountyMonth = tuple[str, Period]
ORDERS_CAME = "order.imported"
ORDER_CHANGED = "order.changed"
STATION_RECODED = "station.region_changed"


def progress() -> FigureProgress | None:
    return FigureProgress.objects.first()


def settled_event(after: int, *, before: datetime) -> int:
    """The last event from which on nothing older can still arrive; `after` when there is none newer."""
    newer = AuditEvent._base_manager.filter(pk__gt=after)
    return newer.aggregate(last=Max("pk", filter=Q(recorded_at__lte=before)))["last"] or after


def since(event: int) -> set[CountyMonth]:
    """County-months that an event after this one can have changed: of a claim the month it was filed in and
    that of its order, of new or changed orders theirs, of a station under a new code all of its county."""
    events = AuditEvent._base_manager.filter(pk__gt=event)
    touched = events.filter(claim_id__isnull=False).values("claim_id")
    stale = _months(Claim._base_manager.filter(pk__in=touched), "filed_at")
    stale |= _months(_fed(Order._base_manager.filter(lines__claims__in=touched)), "ordered_at")
    told = events.filter(verb__in=(ORDERS_CAME, ORDER_CHANGED, STATION_RECODED))
    for verb, county, before, after in told.values_list("verb", "county_code", "before", "after"):
        if verb == STATION_RECODED:
            stale |= months_of(county)
        elif verb == ORDERS_CAME:
            stale |= {(county, Period.named(name)) for name in (after or {}).get("months", ())}
        else:
            stale |= {(county, month) for month in _ordered_in(before, after)}
    return stale


def _ordered_in(*values: dict | None) -> set[Period]:
    days = [value["ordered_at"] for value in values if value and value.get("ordered_at")]
    return {month_of(datetime.fromisoformat(day)) for day in days}


def months_of(county_code: str | None = None) -> set[CountyMonth]:
    """Every month of a county, or of all counties, of which there are claims, orders or cells."""
    where = {"county_code": county_code} if county_code else {}
    stale = _months(Claim._base_manager.filter(**where), "filed_at")
    stale |= _months(_fed(Order._base_manager.filter(**where)), "ordered_at")
    level = Level.COUNTY if county_code else Level.NATION
    cells = FigureCell._base_manager.filter(level__in=(Level.COUNTY, level), **where).order_by()
    stale |= {
        (county, Period.of(day, PeriodKind.MONTH))
        for county, day in cells.values_list("county_code", "first_day").distinct()
    }
    return stale


def month_of(moment: datetime) -> Period:
    """The month of an instant, by the calendar of Shanghai."""
    return Period.of(moment.astimezone(SHANGHAI).date(), PeriodKind.MONTH)


def _fed(orders):
    return orders.exclude(source=OrderSource.TYPED)


def _months(rows, moment: str) -> set[CountyMonth]:
    found = rows.order_by().values_list("county_code", TruncMonth(moment, tzinfo=SHANGHAI)).distinct()
    return {(county, Period(date(first.year, first.month, 1), PeriodKind.MONTH)) for county, first in found}
