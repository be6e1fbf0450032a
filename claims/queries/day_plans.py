"""The visits of one person on one day, in the order in which they are made (docs/rules/routes.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone

from aftersales.accounts.models import User
from claims.models import DayPlan, Visit
from claims.models.visits import VisitStateChoices
from claims.rules.routes import Route, Stop, by_hand, compute, exchanged, measure, placed
from stations.models import Agent, Region, Station
from stations.rules.distance import Point

NOT_OF_THE_DAY = (VisitStateChoices.MOVED, VisitStateChoices.CANCELLED)


@dataclass(frozen=True)
class OrderedVisit:
    """One stop of a day: the visit, its number, where it is, and the way to it in metres of road.

    `can_go_up` and `can_go_down`: the stop may change places with the one before or behind it.
    """

    visit: Visit
    number: int
    point: Point | None
    way_m: int | None
    can_go_up: bool
    can_go_down: bool


@dataclass(frozen=True)
class Day:
    """A person's visits of a day in order. `plan` is the stored order, if one was ever made by hand.

    `computed_m` is how long the computed order would be, to hold a hand-made one against.
    """

    technician: User
    day: date
    station: Station | None
    start: Point | None
    route: Route
    visits: tuple[OrderedVisit, ...]
    plan: DayPlan | None
    computed_m: int

    @property
    def is_by_hand(self) -> bool:
        return self.plan is not None and self.plan.is_by_hand

    @property
    def version(self) -> int:
        """What a change of the order has to name: 0 as long as none was ever stored."""
        return self.plan.version if self.plan is not None else 0

    @property
    def unplaced(self) -> int:
        """Visits whose place has no point, so that the way to them is not counted."""
        return sum(each.point is None for each in self.visits)

    @property
    def left(self) -> int:
        """Visits that are still to be made."""
        return sum(each.visit.is_booked for each in self.visits)


def day_of(technician: User, day: date, *, by: User) -> Day:
    """The day as `by` may see it: the visits within the scope, one's own too, so that nothing is shown of a
    place one has left.

    One's own order is read past the scope, because it belongs to the station one is posted at. It is worked
    out anew with every look, unless somebody made it by hand.
    """
    own = by.pk == technician.pk
    visits = list(_visits(technician, day))
    station = _station(technician, visits)
    points = _points([visit.place for visit in visits])
    start = _point_of_station(station)
    stops = {visit.pk: Stop(visit.pk, visit.starts_at, points[visit.place_id]) for visit in visits}
    made = [stops[visit.pk] for visit in sorted(visits, key=_ended) if not visit.is_booked]
    open_stops = [stops[visit.pk] for visit in visits if visit.is_booked]
    route = computed = compute(start, open_stops, made=made)
    plan = (DayPlan._base_manager if own else DayPlan.objects).filter(technician=technician, day=day).first()
    if plan is not None and plan.is_by_hand:
        known = by_hand(open_stops, plan.visit_ids)
        more = [stop for stop in open_stops if stop not in known]
        route = measure(start, (*made, *placed(start, known, more)))
    return Day(
        technician=technician,
        day=day,
        station=station,
        start=start,
        route=route,
        visits=tuple(_ordered(route, {visit.pk: visit for visit in visits}, made=len(made))),
        plan=plan,
        computed_m=computed.distance_m,
    )


def after_exchange(day: Day, visit_id: int, step: int) -> tuple[Stop, ...] | None:
    """The stops of a day with one a place earlier (-1) or later (1); None when that is not possible.

    Only visits that are still to be made change places, and only inside their window.
    """
    made = len(day.visits) - day.left
    stops = {stop.key: stop for stop in day.route.stops}
    open_stops = day.route.stops[made:]
    if visit_id not in {stop.key for stop in open_stops}:
        return None
    keys = exchanged(open_stops, visit_id, step)
    return None if keys is None else (*day.route.stops[:made], *(stops[key] for key in keys))


def people_on(day: date) -> list[tuple[int, str, int]]:
    """Who makes visits on a day within the scope: key, name, and how many visits, by name."""
    rows = (
        _on(Visit.objects.all(), day)
        .filter(technician__isnull=False)
        .order_by("technician__full_name", "technician")
        .values_list("technician", "technician__full_name")
        .annotate(visits=Count("id"))
    )
    return list(rows)


def is_in_reach(technician: User) -> bool:
    """Whether a person is posted, or makes visits, within the scope of whoever asks."""
    return (
        Agent.objects.filter(user=technician, left_on__isnull=True).exists()
        or Visit.objects.filter(technician=technician).exists()
    )


def bounds(day: date) -> tuple[datetime, datetime]:
    """When a day of Shanghai begins, and when the next one does."""
    begin = timezone.make_aware(datetime.combine(day, time()))
    return begin, begin + timedelta(days=1)


def _on(visits: QuerySet[Visit], day: date) -> QuerySet[Visit]:
    begin, end = bounds(day)
    return visits.filter(starts_at__gte=begin, starts_at__lt=end).exclude(state__in=NOT_OF_THE_DAY)


def _visits(technician: User, day: date) -> QuerySet[Visit]:
    return (
        _on(Visit.objects.filter(technician=technician), day)
        .select_related("claim__consumer", "claim__order_line", "place__parent", "station__region__parent")
        .order_by("starts_at", "id")
    )


def _ended(visit: Visit) -> tuple:
    return visit.ended_at or visit.starts_at, visit.pk


def _station(technician: User, visits: list[Visit]) -> Station | None:
    """Where the day begins: the station somebody is posted at, else the one that sends them."""
    posted = Agent._base_manager.filter(user=technician, left_on__isnull=True)
    agent = posted.select_related("station__region__parent").order_by("pk").first()
    if agent is not None:
        return agent.station
    return visits[0].station if visits else None


def _point_of_station(station: Station | None) -> Point | None:
    if station is None:
        return None
    if station.lat is not None and station.lon is not None:
        return station.lat, station.lon
    return _own_or_parents(station.region)


def _points(places: Iterable[Region]) -> dict[str, Point | None]:
    """By code where villages lie: their own point, that of a station there, else that of the township."""
    places = {place.pk: place for place in places}
    missing = [code for code, place in places.items() if place.lat is None or place.lon is None]
    stations = Station._base_manager.filter(
        region__in=missing, point_is_own=True, lat__isnull=False, lon__isnull=False
    )
    rows = stations.order_by("-pk").values_list("region_id", "lat", "lon") if missing else ()
    standing = {code: (lat, lon) for code, lat, lon in rows}
    return {code: standing.get(code) or _own_or_parents(place) for code, place in places.items()}


def _own_or_parents(place: Region) -> Point | None:
    for each in (place, place.parent):
        if each is not None and each.lat is not None and each.lon is not None:
            return each.lat, each.lon
    return None


def _ordered(route: Route, visits: dict[int, Visit], *, made: int) -> Iterable[OrderedVisit]:
    open_stops = route.stops[made:]
    for number, (stop, way_m) in enumerate(zip(route.stops, route.legs_m, strict=True), start=1):
        is_open = number > made
        yield OrderedVisit(
            visit=visits[stop.key],
            number=number,
            point=stop.point,
            way_m=way_m,
            can_go_up=is_open and exchanged(open_stops, stop.key, -1) is not None,
            can_go_down=is_open and exchanged(open_stops, stop.key, 1) is not None,
        )
