"""Seats in windows: who makes a visit, and that the last seat is taken once. docs/rules/visits.md, "Seats".

A visit takes a seat by being written with its number; the numbers are unique in the database. Whoever comes
second meets the constraint and tries the next number, until there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.notices.posting import post, post_outside
from aftersales.web import formats
from claims.models import Claim, ProviderOrder, Visit
from claims.models.visits import BOOKED_STATES
from claims.queries import slots
from claims.rules.provider_orders import WAITING
from claims.rules.visits import MOST_SEATS, WINDOW, WINDOW_STARTS, VisitState, needs_reason
from claims.rules.windows import MOST_DAYS, can_be_taken
from claims.services import visit_notices
from stations.access.scope import who_may
from stations.models import Agent, Party, Region, Station
from stations.queries import who_lacks_certificate
from stations.rules.parties import PartyKind

MAKES = "claims.carry_out_visit"
ALTERNATIVES = 5
REASON_SIGNS, REASON_LIMIT = 4, 200
LATEST_AHEAD = timedelta(days=120)
"""So far ahead a visit can be planned; later than that nobody knows who is there."""

Written = TypeVar("Written")


@dataclass(frozen=True)
class Goer:
    """Who goes: a technician, a provider, or nobody yet; where from, how far, and why so far."""

    technician: User | None
    provider: Party | None
    station: Station
    distance_m: int | None
    override_reason: str

    @property
    def columns(self) -> dict:
        """As a visit keeps it."""
        return {
            "technician": self.technician,
            "provider": self.provider,
            "station": self.station,
            "distance_m": self.distance_m,
            "override_reason": self.override_reason,
        }


def goer(
    *,
    claim: Claim,
    place: Region,
    technician: User | None,
    provider: Party | None,
    station: Station,
    override_reason: str = "",
    is_ordered: bool = False,
    now: datetime,
) -> Goer:
    """Whoever is sent, checked against the claim and the radius of the station they set out from.

    While nobody is found yet, no reason is asked for: the way depends on who goes. Nor for a provider that
    goes by order: its contract says what the kilometres cost.
    Raises Refused: "one_goes", "technician_unfit", "provider_unfit", "unknown_station", "too_far",
    "too_long".
    """
    if technician is not None and provider is not None:
        raise Refused(_("Either a technician or a provider goes, not both."), code="one_goes")
    if technician is not None and not who_may(MAKES, claim, among=[technician.pk], now=now):
        raise Refused(
            _("This person does not make visits for this station."),
            code="technician_unfit",
            field="technician",
        )
    if provider is not None and (provider.kind != PartyKind.PROVIDER or provider.is_suspended):
        raise Refused(
            _("This provider is not sent to anybody at present."), code="provider_unfit", field="provider"
        )
    if station.county_code != claim.county_code:
        raise Refused(
            _("Visits set out from a station of the claim's county."), code="unknown_station", field="station"
        )
    away = slots.distance_m(station=station, place=place)
    reason = " ".join(override_reason.split())
    if len(reason) > REASON_LIMIT:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": REASON_LIMIT},
            code="too_long",
            field="override_reason",
        )
    asks_reason = (technician is not None or provider is not None) and not is_ordered
    if asks_reason and needs_reason(away, station.radius_m) and len(reason) < REASON_SIGNS:
        raise _too_far(away, station.radius_m)
    return Goer(technician, provider, station, away, reason if needs_reason(away, station.radius_m) else "")


def check_certificate(technician: User | None, on: date) -> None:
    """Raise Refused("technician_uncertified") for somebody at a village or township point who holds no
    training certificate valid on that day. docs/rules/certificates.md, section 5."""
    if technician is not None and who_lacks_certificate([technician.pk], on):
        raise Refused(
            _("%(name)s holds no training certificate valid on %(day)s: home visits need one. Send others.")
            % {"name": technician, "day": formats.day(on)},
            code="technician_uncertified",
            field="technician",
        )


def check_window(starts_at: datetime, *, now: datetime) -> None:
    """Raise Refused("window_unknown") for a time at which no window begins, ("window_over") for one that is
    nearly over, ("window_too_far") for one further ahead than anybody plans."""
    local = timezone.localtime(starts_at)
    if local.time() not in WINDOW_STARTS:
        raise Refused(_("Choose one of the windows of the day."), code="window_unknown", field="window")
    if not can_be_taken(starts_at + WINDOW, now):
        raise Refused(_("This window is over. Choose a later one."), code="window_over", field="window")
    if starts_at > now + LATEST_AHEAD:
        raise Refused(
            _("Plan at most %(days)s days ahead.") % {"days": LATEST_AHEAD.days},
            code="window_too_far",
            field="window",
        )


def take(visit: Visit, who: Goer, write: Callable[[int], Written], *, now: datetime) -> Written:
    """Write a visit with the first free seat of its window, by calling `write` with the seat's number.

    `write` runs in a savepoint; where it meets the constraint, somebody was faster and the next seat is
    tried. While nobody goes there are no seats to run out of.

    Raises Refused("slot_taken") with details["alternatives"], the starts of the next free windows,
    Refused("kind_planned") when the claim has a visit of this kind already, and what `check_certificate`
    refuses for the day of the visit.
    """
    check_certificate(who.technician, timezone.localdate(visit.starts_at))
    for seat in _free_seats(visit, who):
        try:
            with transaction.atomic():
                return write(seat)
        except IntegrityError:
            _check_kind(visit)
    raise _taken(visit, who, now)


def give_to(
    *,
    visit: Visit,
    technician: User | None = None,
    provider: Party | None = None,
    station: Station | None = None,
    override_reason: str = "",
    by: User,
    now: datetime,
    expected_version: int | None = None,
) -> Visit:
    """Change who makes a planned visit, in the same window; with neither, nobody goes yet.

    Frees the seat of whoever went before. A provider sets out from `station` (the contract's) and is paid by
    the kilometre, so that the radius asks for no reason; for a technician it does.

    Raises Refused: "order_open" while a provider's order runs, "visit_not_planned", "stale", and what `goer`
    and `take` refuse.
    """
    _refuse_on_order(visit)
    station = station or _sets_out_from(visit, technician)
    who = goer(
        claim=visit.claim,
        place=visit.place,
        technician=technician,
        provider=provider,
        station=station,
        override_reason=override_reason or visit.override_reason,
        is_ordered=provider is not None,
        now=now,
    )
    expected = visit.version if expected_version is None else expected_version

    def write(seat: int) -> int:
        return Visit._base_manager.filter(pk=visit.pk, state=VisitState.PLANNED, version=expected).update(
            **who.columns, seat=seat, version=expected + 1
        )

    with transaction.atomic():
        if not take(visit, who, write, now=now):
            raise _not_planned(visit)
        given = fresh(visit)
        trail.record("visit.given", by=by, obj=given, before=facts(visit), after=facts(given), at=now)
        post(visit_notices.given(given, before=visit.technician_id, by=by), now=now)
        if not _somebody(visit):
            post_outside(visit_notices.announced(given), now=now)
    return given


def fresh(visit: Visit) -> Visit:
    """The visit as it stands now, with what the services around it read. Raises Refused("unknown_visit")."""
    rows = Visit.objects.select_related(
        "claim__station",
        "claim__consumer",
        "claim__order_line__order",
        "station",
        "place",
        "technician",
        "provider",
    )
    found = rows.filter(pk=visit.pk).first()
    if found is None:
        raise Refused(_("There is no such visit."), code="unknown_visit")
    return found


def facts(visit: Visit) -> dict:
    """A visit as history keeps it: codes, keys and times."""
    return {
        "kind": str(visit.kind),
        "state": str(visit.state),
        "starts_at": visit.starts_at.isoformat(),
        "technician": visit.technician_id,
        "provider": visit.provider_id,
        "station": visit.station_id,
        "distance_m": visit.distance_m,
    }


def stale() -> Refused:
    return Refused(_("Somebody else has just changed this visit. Reload to see what happened."), code="stale")


def _somebody(visit: Visit) -> bool:
    return visit.technician_id is not None or visit.provider_id is not None


def _refuse_on_order(visit: Visit) -> None:
    if ProviderOrder._base_manager.filter(visit_id=visit.pk, state__in=WAITING).exists():
        raise Refused(_("This visit is on order already. Take that order back first."), code="order_open")


def _sets_out_from(visit: Visit, technician: User | None) -> Station:
    """Where a technician is posted; the station of the visit where that is not in the county."""
    if technician is None:
        return visit.station
    agent = (
        Agent._base_manager.filter(user=technician, left_on__isnull=True, county_code=visit.county_code)
        .select_related("station")
        .first()
    )
    return agent.station if agent is not None else visit.station


def _free_seats(visit: Visit, who: Goer) -> list[int]:
    """The numbers that nobody has, the lowest first."""
    if who.technician is None and who.provider is None:
        return [0]
    seats = slots.seats_at(
        starts_at=visit.starts_at,
        county_code=visit.county_code,
        technician=who.technician,
        provider=who.provider,
    )
    booked = Visit._base_manager.filter(
        technician=who.technician, provider=who.provider, starts_at=visit.starts_at, state__in=BOOKED_STATES
    )
    if who.provider is not None:
        booked = booked.filter(county_code=visit.county_code)
    taken = set(booked.exclude(pk=visit.pk).values_list("seat", flat=True))
    # A seat beyond those of today was taken when there were more; it fills one all the same. No more numbers
    # are tried than seats are left: who comes second at once must not find one that is only out of order.
    left = max(0, seats - len(taken))
    return [seat for seat in range(min(seats, MOST_SEATS)) if seat not in taken][:left]


def _check_kind(visit: Visit) -> None:
    same = Visit._base_manager.filter(claim_id=visit.claim_id, kind=visit.kind, state__in=BOOKED_STATES)
    if same.exclude(pk=visit.pk).exists():
        raise Refused(
            _("A visit of this kind is planned for this claim already. Move that one instead."),
            code="kind_planned",
        )


def _taken(visit: Visit, who: Goer, now: datetime) -> Refused:
    found = slots.free_windows(
        county_code=visit.county_code,
        kind=visit.kind,
        technician=who.technician,
        provider=who.provider,
        place=visit.place,
        from_day=timezone.localdate(now),
        days=MOST_DAYS,
        now=now,
    )
    starts = sorted({window.starts_at for window in found})[:ALTERNATIVES]
    if starts:
        message = _("This time is no longer free. Free are: %(times)s.") % {
            "times": " · ".join(
                f"{formats.moment(each)}–{formats.clock_time(each + WINDOW)}" for each in starts
            )
        }
    else:
        message = _("This time is no longer free, and no other one within %(days)s days.") % {
            "days": MOST_DAYS
        }
    return Refused(
        message,
        code="slot_taken",
        field="window",
        details={"alternatives": [each.isoformat() for each in starts]},
    )


def _too_far(away: int | None, radius_m: int) -> Refused:
    if away is None:
        message = _("Nobody knows how far it is. Give the reason for going there.")
    else:
        message = _("It is %(away)s m away, further than %(radius)s m. Give the reason for going there.") % {
            "away": away,
            "radius": radius_m,
        }
    return Refused(
        message, code="too_far", field="override_reason", details={"distance_m": away, "radius_m": radius_m}
    )


def _not_planned(visit: Visit) -> Refused:
    if fresh(visit).state != VisitState.PLANNED:
        return Refused(_("This visit has set out or ended."), code="visit_not_planned")
    return stale()
