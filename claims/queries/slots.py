"""Free windows for visits: of one person, one provider, or of everybody who could go (docs/rules/visits.md).

Read in a constant number of statements. Whom one may send is a matter of the scope: people are those posted
within it, contracts those of the county. What is already booked is counted past it, because the same person
may go to claims of other stations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.models import User
from claims.models import Availability, AvailabilityException, Contract, Visit
from claims.models.visits import BOOKED_STATES
from claims.rules.visits import WINDOW, VisitKind
from claims.rules.windows import (
    ASKS_FOR_REASON,
    DayChange,
    OpenWindow,
    Remark,
    WeekWindow,
    can_be_taken,
    days_from,
    remarks_on,
    seats_left,
    windows_of_contract,
    windows_of_person,
)
from stations.models import Agent, Party, Region, Station
from stations.models.agents import Skill
from stations.models.network import TierChoices
from stations.models.parties import PartyGrade
from stations.queries.calendar import DayBook, calendar_between
from stations.rules.calendar import Kind
from stations.rules.distance import haversine_m

HOLIDAYS = frozenset({Kind.HOLIDAY, Kind.SWAPPED, Kind.HOLIDAY_WEEKEND})
NEEDS_SKILL = frozenset({VisitKind.REPAIR, VisitKind.INSTALLATION})
WORDS: dict[Remark, Promise] = {
    Remark.FAR: _("beyond the service radius: give a reason"),
    Remark.UNKNOWN: _("the distance is not known: give a reason"),
    Remark.AFTER_HOURS: _("after hours"),
    Remark.EXTRA: _("only on this day"),
    Remark.UNSKILLED: _("appliance repair is not among the skills"),
}


@dataclass(frozen=True)
class Window:
    """One window that still has a seat, and who would go: a technician or a provider, never both.

    `station` is where they set out from, `distance_m` the metres from there to the place in a straight line
    (None: not known). `reasons` are what should be known before it is chosen.
    """

    starts_at: datetime
    ends_at: datetime
    technician: User | None
    provider: Party | None
    station: Station
    seats: int
    seats_left: int
    distance_m: int | None = None
    reasons: tuple[Remark, ...] = field(default=())

    @property
    def who(self) -> str:
        return str(self.technician or self.provider)

    @property
    def asks_for_reason(self) -> bool:
        """Whether the visit may be planned only with a reason in words."""
        return not ASKS_FOR_REASON.isdisjoint(self.reasons)

    @property
    def words(self) -> list[Promise]:
        """The reasons as a person reads them."""
        return [WORDS[reason] for reason in self.reasons]


@dataclass(frozen=True)
class _Goer:
    """Somebody who could go, with their windows."""

    technician: User | None
    provider: Party | None
    station: Station
    windows: list[OpenWindow]
    lacks_skill: bool


def free_windows(
    *,
    county_code: str,
    kind: str,
    technician: User | None = None,
    provider: Party | None = None,
    place: Region | None = None,
    from_day: date,
    days: int,
    now: datetime,
) -> list[Window]:
    """Windows that still have a seat, by time, then by who fits best: skilled, within reach, near.

    Of one technician or one provider when given, else of everybody posted in the county within the scope and
    of every provider with a contract for this kind. A provider of grade C or a suspended one has none, nor
    has somebody at a point whose training certificate is not valid on that day.
    Without a place no distance is asked for. At most claims.rules.windows.MOST_DAYS days.
    """
    span = days_from(from_day, days)
    book = calendar_between(span[0], span[-1])
    goers: list[_Goer] = []
    if provider is None:
        goers += _people(county_code, kind, technician, span, book)
    if technician is None:
        goers += _providers(county_code, kind, provider, span)
    taken = _taken(goers, county_code, span)
    point = point_of_place(place) if place is not None else None
    found = [
        window for goer in goers for window in _free(goer, taken, book, place=place, point=point, now=now)
    ]
    return sorted(found, key=_rank)


def seats_at(
    *, starts_at: datetime, county_code: str, technician: User | None = None, provider: Party | None = None
) -> int:
    """How many visits somebody makes in the window that starts then, booked or not; 0: none at all.

    For the service that books: read past the scope.
    """
    at = timezone.localtime(starts_at)
    span = [at.date()]
    book = calendar_between(span[0], span[0])
    if technician is not None:
        found = _week_windows([technician.pk], span, book)[technician.pk]
    elif provider is not None:
        found = [
            w for each in _contracts(county_code, None, provider, span) for w in _of_contract(each, span)
        ]
    else:
        return 0
    return next((window.seats for window in found if window.starts == at.time()), 0)


def point_of_place(place: Region) -> tuple[float, float] | None:
    """Where a village lies: its own point, else that of a station which stands there."""
    if place.lat is not None and place.lon is not None:
        return place.lat, place.lon
    own = Station._base_manager.filter(region=place, point_is_own=True, lat__isnull=False, lon__isnull=False)
    return own.order_by("pk").values_list("lat", "lon").first()


def distance_m(*, station: Station, place: Region) -> int | None:
    """Metres in a straight line from a station to a place; 0 in the station's own village, None where a point
    is missing or is only that of the township around it."""
    return _distance(station, place, point_of_place(place))


def _distance(station: Station, place: Region, point: tuple[float, float] | None) -> int | None:
    is_village = station.tier == TierChoices.VILLAGE
    if is_village and station.region_id == place.pk:
        return 0
    is_rough = is_village and not station.point_is_own
    if point is None or is_rough or station.lat is None or station.lon is None:
        return None
    return round(haversine_m((station.lat, station.lon), point))


def _people(
    county_code: str, kind: str, technician: User | None, span: list[date], book: DayBook
) -> Iterable[_Goer]:
    posted = Agent.objects.filter(county_code=county_code, left_on__isnull=True, user__is_active=True)
    if technician is not None:
        posted = posted.filter(user=technician)
    agents = list(posted.select_related("user", "station").order_by("pk"))
    windows = _week_windows([agent.user_id for agent in agents], span, book)
    for agent in agents:
        lacks_skill = kind in NEEDS_SKILL and Skill.APPLIANCE not in agent.skills
        theirs = [each for each in windows[agent.user_id] if not agent.lacks_certificate_on(each.day)]
        yield _Goer(agent.user, None, agent.station, theirs, lacks_skill)


def _week_windows(users: list[int], span: list[date], book: DayBook) -> dict[int, list[OpenWindow]]:
    """The windows of each of these people on these days, in two statements."""
    week: dict[int, list[WeekWindow]] = defaultdict(list)
    changes: dict[int, list[DayChange]] = defaultdict(list)
    rows = Availability._base_manager.filter(user_id__in=users)
    for user, weekday, starts, seats in rows.values_list("user_id", "weekday", "starts", "seats"):
        week[user].append(WeekWindow(weekday, starts, seats))
    rows = AvailabilityException._base_manager.filter(user_id__in=users, day__range=(span[0], span[-1]))
    for user, day, starts, seats in rows.values_list("user_id", "day", "starts", "seats"):
        changes[user].append(DayChange(day, starts, seats))
    holidays = {day for day in span if book.kind(day) in HOLIDAYS}
    return {user: windows_of_person(week[user], changes[user], span, holidays=holidays) for user in users}


def _providers(county_code: str, kind: str, provider: Party | None, span: list[date]) -> Iterable[_Goer]:
    known: set[tuple[int, date, time]] = set()
    for contract in _contracts(county_code, kind, provider, span):
        windows = [
            each
            for each in _of_contract(contract, span)
            if (contract.provider_id, each.day, each.starts) not in known
        ]
        known.update((contract.provider_id, each.day, each.starts) for each in windows)
        yield _Goer(None, contract.provider, contract.station, windows, lacks_skill=False)


def _contracts(
    county_code: str, kind: str | None, provider: Party | None, span: list[date]
) -> list[Contract]:
    """Contracts that provide for some of these days, the one that began last first: it counts."""
    rows = Contract._base_manager.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=span[0]),
        county_code=county_code,
        valid_from__lte=span[-1],
        valid_until__gte=span[0],
        provider__is_suspended=False,
    ).exclude(provider__grade=PartyGrade.C)
    if kind is not None:
        rows = rows.filter(fee_lines__visit_kind=kind)
    if provider is not None:
        rows = rows.filter(provider=provider)
    return list(rows.select_related("provider", "station").distinct().order_by("-valid_from", "-pk"))


def _of_contract(contract: Contract, span: list[date]) -> list[OpenWindow]:
    return windows_of_contract(
        contract.weekdays,
        contract.seats,
        span,
        valid_from=contract.valid_from,
        valid_until=contract.valid_until,
        ended_on=contract.ended_on,
    )


def _taken(goers: list[_Goer], county_code: str, span: list[date]) -> dict[tuple, list[int]]:
    """The seats that are booked, by who goes and when the window starts."""
    people = [goer.technician.pk for goer in goers if goer.technician is not None]
    firms = [goer.provider.pk for goer in goers if goer.provider is not None]
    rows = Visit._base_manager.filter(
        Q(technician_id__in=people) | Q(provider_id__in=firms, county_code=county_code),
        state__in=BOOKED_STATES,
        starts_at__gte=_moment(span[0], time(0)),
        starts_at__lte=_moment(span[-1], time(23, 59)),
    )
    found: dict[tuple, list[int]] = defaultdict(list)
    for person, firm, starts_at, seat in rows.values_list(
        "technician_id", "provider_id", "starts_at", "seat"
    ):
        found[person, firm, starts_at].append(seat)
    return found


def _free(
    goer: _Goer,
    taken: dict[tuple, list[int]],
    book: DayBook,
    *,
    place: Region | None,
    point: tuple[float, float] | None,
    now: datetime,
) -> Iterable[Window]:
    away = _distance(goer.station, place, point) if place is not None else None
    person = goer.technician.pk if goer.technician is not None else None
    firm = goer.provider.pk if goer.provider is not None else None
    for window in goer.windows:
        starts_at = _moment(window.day, window.starts)
        left = seats_left(window.seats, taken.get((person, firm, starts_at), ()))
        if not left or not can_be_taken(starts_at + WINDOW, now):
            continue
        yield Window(
            starts_at=starts_at,
            ends_at=starts_at + WINDOW,
            technician=goer.technician,
            provider=goer.provider,
            station=goer.station,
            seats=window.seats,
            seats_left=left,
            distance_m=away,
            reasons=remarks_on(
                window,
                is_workday=book.is_working_day(window.day),
                distance_m=away,
                radius_m=goer.station.radius_m,
                asks_distance=place is not None,
                lacks_skill=goer.lacks_skill,
            ),
        )


def _moment(day: date, at: time) -> datetime:
    """That time of the day in Shanghai."""
    return timezone.make_aware(datetime.combine(day, at))


def _rank(window: Window) -> tuple:
    far = window.distance_m if window.distance_m is not None else float("inf")
    return (
        window.starts_at,
        Remark.UNSKILLED in window.reasons,
        window.asks_for_reason,
        far,
        window.provider is not None,
        window.who,
    )
