"""The order of a day's visits: put in order by hand, or given back to the computer (docs/rules/routes.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import DayPlan
from claims.queries import day_plans as reading
from claims.queries.day_plans import Day
from claims.rules.routes import Stop, compute, measure

EARLIER, LATER = "earlier", "later"
STEPS = {EARLIER: -1, LATER: 1}


def move(
    *, technician: User, day: date, visit_id: int, step: str, version: int, by: User, now: datetime
) -> DayPlan:
    """Put one visit a place earlier or later inside its window; from then on the order is by hand.

    Raises Refused("unknown_step"), Refused("stale") when somebody changed the day meanwhile, and
    Refused("other_window") where the visit's window ends, or the visit is not one still to be made.
    """
    if step not in STEPS:
        raise Refused(_("Say whether earlier or later."), code="unknown_step")
    with transaction.atomic():
        current = _current(technician, day, version, by)
        stops = reading.after_exchange(current, visit_id, STEPS[step])
        if stops is None:
            raise Refused(
                _("A visit changes places inside its window only; otherwise move it to another time."),
                code="other_window",
            )
        return _store(current, stops, is_by_hand=True, by=by, now=now)


def compute_again(*, technician: User, day: date, version: int, by: User, now: datetime) -> DayPlan:
    """Give up the order made by hand; the day is worked out anew from then on.

    Raises Refused("stale") when somebody changed the day meanwhile, Refused("nothing_by_hand").
    """
    with transaction.atomic():
        current = _current(technician, day, version, by)
        if not current.is_by_hand:
            raise Refused(_("This order was not made by hand."), code="nothing_by_hand")
        made = len(current.visits) - current.left
        stops = current.route.stops
        route = compute(current.start, stops[made:], made=stops[:made])
        return _store(current, route.stops, is_by_hand=False, by=by, now=now)


def _current(technician: User, day: date, version: int, by: User) -> Day:
    current = reading.day_of(technician, day, by=by)
    if current.version != version or not current.visits:
        raise _stale()
    return current


def _store(current: Day, stops: Iterable[Stop], *, is_by_hand: bool, by: User, now: datetime) -> DayPlan:
    route = measure(current.start, stops)
    facts = {
        "visit_ids": list(route.keys),
        "is_by_hand": is_by_hand,
        "distance_m": route.distance_m,
        "made_at": now,
    }
    key = {"technician": current.technician, "day": current.day}
    if current.version:
        # Past the scope on purpose: one's own day belongs to the station one is posted at.
        rows = DayPlan._base_manager.filter(**key, version=current.version)
        if not rows.update(version=F("version") + 1, **facts):
            raise _stale()
    else:
        station = current.station
        try:
            with transaction.atomic():
                DayPlan._base_manager.create(**key, station=station, county_code=station.county_code, **facts)
        except IntegrityError:
            raise _stale() from None
    plan = DayPlan._base_manager.get(**key)
    trail.record(
        "day_plan.ordered" if is_by_hand else "day_plan.computed",
        by=by,
        obj=plan,
        after={"day": current.day.isoformat(), "visits": plan.visit_ids, "distance_m": plan.distance_m},
        at=now,
    )
    return plan


def _stale() -> Refused:
    return Refused(_("This day has changed meanwhile. Look at it again."), code="stale")
