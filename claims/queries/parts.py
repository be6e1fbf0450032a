"""Reading spare parts: what lies where, what runs low, what a visit takes, and old parts that came back.

Everything keeps to the scope but two things, which a visit needs: the shelves it can take parts from, and
where in the county the nearest free ones lie.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext as _

from aftersales.accounts.scoping import current_scope, scope_filter
from claims.models import Diagnosis, Part, PartStock, PartUse, StockMovement, Visit
from claims.queries import diagnoses
from claims.rules.parts import OLD_PARTS_LATE_DAYS, OldPart, PartState
from stations.models import Station
from stations.models.network import StationState, TierChoices
from stations.rules.distance import haversine_m

ALTERNATIVES = 3
STOCK_ORDER = ("rank", "part__code", "id")
MOVEMENT_ORDER = ("-at", "-id")
OLD_ORDER, SENT_ORDER = ("ended_at", "id"), ("-old_part_sent_on", "-id")
CATALOGUE_ORDER = ("appliance", "code")

FREE = F("on_hand") - F("reserved")
IS_LOW = Q(on_hand__lt=F("reserved") + F("low_at"))


@dataclass(frozen=True)
class Alternative:
    """Another station of the county where enough pieces of a part are free; metres, None: not known."""

    station_id: int
    name: str
    free: int
    distance_m: int | None

    def __str__(self) -> str:
        if self.distance_m is None:
            return _("%(station)s (free: %(free)s)") % {"station": self.name, "free": self.free}
        return _("%(station)s (%(km)s km, free: %(free)s)") % {
            "station": self.name,
            "km": f"{self.distance_m / 1000:.1f}",
            "free": self.free,
        }


@dataclass(frozen=True)
class Source:
    """A shelf from which a visit can take a part, and how many are free there."""

    station: Station
    free: int
    distance_m: int | None

    def __str__(self) -> str:
        return str(Alternative(self.station.pk, self.station.name, self.free, self.distance_m))


def nearest_with(part: Part, *, near: Station, quantity: int = 1) -> list[Alternative]:
    """The nearest other stations of the county with so many free pieces; those of unknown place last.

    Read past the scope: somebody at a door is told where to ask, and sees nothing else of that station.
    """
    rows = (
        PartStock._base_manager.filter(
            part=part,
            county_code=near.county_code,
            on_hand__gte=F("reserved") + quantity,
            station__state=StationState.OPERATING,
        )
        .exclude(station=near)
        .select_related("station")
    )
    found = [
        Alternative(row.station_id, row.station.name, row.free, distance_m(near, row.station)) for row in rows
    ]
    found.sort(key=lambda each: (each.distance_m is None, each.distance_m or 0, -each.free, each.station_id))
    return found[:ALTERNATIVES]


def sources_of(visit: Visit) -> QuerySet[Station]:
    """Operating stations whose shelf a visit can take parts from: those in reach in its county, and those
    on the way up from the claim's station to the county centre."""
    station = visit.claim.station
    ladder = {visit.station_id, station.pk, station.parent_id}
    if station.parent is not None:
        ladder.add(station.parent.parent_id)
    inside = scope_filter(current_scope(), Station.scope_paths)
    within = Q() if inside is None else inside | Q(pk__in=ladder - {None})
    operating = Station._base_manager.filter(county_code=visit.county_code, state=StationState.OPERATING)
    return operating.filter(within).order_by("region_id", "id")


def shelves_for(visit: Visit, part: Part) -> list[Source]:
    """Where a visit can take a part from, the nearest to the station that sends it first."""
    stations = list(sources_of(visit))
    rows = PartStock._base_manager.filter(part=part, station__in=stations)
    free = {row.station_id: row.free for row in rows}
    found = [
        Source(each, free[each.pk], distance_m(visit.station, each)) for each in stations if free.get(each.pk)
    ]
    found.sort(key=lambda each: (each.distance_m is None, each.distance_m or 0, each.station.pk))
    return found


def free_for(visit: Visit, parts: Iterable[Part]) -> dict[int, int]:
    """How many pieces of these parts a visit can take from all its shelves."""
    rows = PartStock._base_manager.filter(part__in=list(parts), station__in=sources_of(visit))
    return dict(rows.order_by().values("part_id").annotate(free=Sum(FREE)).values_list("part_id", "free"))


def named_by_diagnosis(visit: Visit) -> list[Part]:
    """The parts that the last diagnosis of the claim names."""
    found = Diagnosis.objects.filter(claim=visit.claim_id).order_by("-at", "-id").first()
    ending = diagnoses.walked(found).ending if found is not None else None
    return diagnoses.parts_of(ending) if ending is not None else []


def for_visit(visit: Visit) -> list[PartUse]:
    """What was put aside for or used at a visit, in order; the visit itself has been looked up in scope."""
    rows = PartUse._base_manager.filter(visit=visit).select_related("part", "stock__station", "reserved_by")
    return list(rows.order_by("id"))


def put_aside_for(visit: Visit) -> list[PartUse]:
    """What is still put aside for a visit, in order."""
    rows = PartUse._base_manager.filter(visit=visit, state=PartState.RESERVED).select_related("part")
    return list(rows.order_by("id"))


def use_in_reach(key: int) -> PartUse | None:
    """A part of a visit by its key, if the visit lies inside the scope."""
    visits = Visit.objects.filter(pk=OuterRef("visit"))
    rows = PartUse._base_manager.filter(Exists(visits), pk=key)
    return rows.select_related("part", "stock__station", "visit__claim").first()


def catalogue(*, text: str = "", appliance: str = "", with_retired: bool = False) -> QuerySet[Part]:
    """Parts by appliance and number; of one appliance, and with some words in number, name or models."""
    parts = Part.objects.all() if with_retired else Part.objects.filter(retired_at__isnull=True)
    if appliance:
        parts = parts.filter(appliance=appliance)
    for word in text.split():
        parts = parts.filter(Q(code__icontains=word) | Q(name__icontains=word) | Q(fits__icontains=word))
    return parts


def free_by_part(parts: list[Part]) -> dict[int, int]:
    """How many pieces of these parts are free at all stations in reach."""
    rows = PartStock.objects.filter(part__in=parts).order_by().values("part_id").annotate(free=Sum(FREE))
    return {row["part_id"]: row["free"] for row in rows}


def stocks(*, station: Station | None = None, text: str = "", only_low: bool = False) -> QuerySet[PartStock]:
    """Shelves with parts, what runs low first; of one station, of parts that match what somebody typed."""
    rows = PartStock.objects.select_related("part", "station").annotate(
        rank=Case(When(IS_LOW, then=Value(0)), default=Value(1), output_field=IntegerField())
    )
    if station is not None:
        rows = rows.filter(station=station)
    if only_low:
        rows = rows.filter(IS_LOW)
    if text:
        rows = rows.filter(part__in=catalogue(text=text, with_retired=True))
    return rows


def stations_with_shelves() -> QuerySet[Station]:
    """Stations in reach that keep or kept a part."""
    shelves = PartStock.objects.filter(station=OuterRef("pk"))
    return Station.objects.filter(Exists(shelves)).order_by("region_id", "id")


def keepers() -> QuerySet[Station]:
    """Stations in reach to which suppliers bring parts: county centres and standby points that operate."""
    operating = Station.objects.filter(state=StationState.OPERATING)
    return operating.exclude(tier=TierChoices.VILLAGE).order_by("county_code", "region_id", "id")


def receivers(stock: PartStock) -> QuerySet[Station]:
    """Where a shelf can send parts: operating stations of its county in reach, and the one above it."""
    inside = scope_filter(current_scope(), Station.scope_paths)
    within = Q() if inside is None else inside | Q(pk=stock.station.parent_id)
    operating = Station._base_manager.filter(county_code=stock.county_code, state=StationState.OPERATING)
    return operating.filter(within).exclude(pk=stock.station_id).order_by("region_id", "id")


def of_part(part: Part) -> QuerySet[PartStock]:
    """The shelves in reach with a part, by station."""
    rows = PartStock.objects.filter(part=part).select_related("station", "part")
    return rows.order_by("station__region_id", "station_id")


def movements(stock: PartStock) -> QuerySet[StockMovement]:
    """What moved the number on a shelf, the last first."""
    rows = StockMovement.objects.filter(stock=stock)
    return rows.select_related("by", "use__visit__claim").order_by(*MOVEMENT_ORDER)


def put_aside_at(stock: PartStock) -> QuerySet[PartUse]:
    """What is put aside on a shelf, for the earliest visit first."""
    rows = PartUse.objects.filter(stock=stock, state=PartState.RESERVED)
    return rows.select_related("visit__claim", "reserved_by").order_by("visit__starts_at", "id")


def old_parts(*, sent: bool = False) -> QuerySet[PartUse]:
    """Old parts that were taken back and lie at a station in reach, the longest first; or those sent on."""
    state = OldPart.SENT_ON if sent else OldPart.TAKEN_BACK
    rows = PartUse.objects.filter(old_part=state)
    return rows.select_related("part", "stock__station", "visit__claim__order_line__order__merchant")


def lies_long(use: PartUse, now: datetime) -> bool:
    """Whether an old part has waited longer than it should to be sent on."""
    return use.old_part == OldPart.TAKEN_BACK and now - use.ended_at > timedelta(days=OLD_PARTS_LATE_DAYS)


def distance_m(one: Station, other: Station) -> int | None:
    """Metres between two stations as the crow flies; 0 for the same one, None where a point is not known."""
    if one.pk == other.pk:
        return 0
    points = [(each.lat, each.lon) for each in (one, other)]
    if any(value is None for point in points for value in point):
        return None
    return round(haversine_m(*points))
