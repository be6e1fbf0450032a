"""When somebody makes visits: the windows of their week, days away, windows of one day. docs/rules/visits.md.

Visits that are planned already stay planned: whoever plans is told which of them no longer fit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import InvalidValue, Refused
from claims.models import Availability, AvailabilityException
from claims.queries.availability import mark_of, week_of
from claims.rules.visits import MOST_SEATS, WINDOW_STARTS
from claims.rules.windows import AHEAD, DAY, MOST_AWAY, WeekWindow, checked_week
from stations.models import Agent

REASON_SIGNS = 100


def set_week(
    *, person: User, windows: Iterable[WeekWindow], by: User, now: datetime, expected: str | None = None
) -> list[WeekWindow]:
    """Put a week in the place of the one before; an empty one is allowed: then only single days count.

    `expected` is the `mark_of` the week that was shown. Raises Refused: "unknown_person", "week_invalid",
    "stale".
    """
    agent = _posted(person)
    try:
        week = checked_week(windows)
    except InvalidValue:
        raise Refused(
            _("Choose for every window how many visits are made in it, at most %(most)s.")
            % {"most": MOST_SEATS},
            code="week_invalid",
        ) from None
    with transaction.atomic():
        _one_at_a_time(agent)
        before = week_of(person.pk)
        if expected is not None and expected != mark_of(before):
            raise _stale()
        Availability._base_manager.filter(user=person).delete()
        Availability.objects.bulk_create(
            Availability(
                user=person,
                station=agent.station,
                county_code=agent.county_code,
                weekday=each.weekday,
                starts=each.starts,
                seats=each.seats,
            )
            for each in week
        )
        trail.record(
            "availability.week_set",
            by=by,
            obj=agent,
            before={"week": mark_of(before)},
            after={"week": mark_of(week)},
            at=now,
        )
    return week


def be_away(
    *, person: User, first: date, last: date, reason: str = "", by: User, now: datetime
) -> list[date]:
    """Note that somebody is away from a day to a day, both included; returns the days that are new.

    Windows named for such a day go. Raises Refused: "unknown_person", "day_past", "day_too_far",
    "days_in_order", "days_too_many", "too_long".
    """
    agent = _posted(person)
    _check_day(first, now, "first")
    if last < first:
        raise Refused(_("The last day lies before the first."), code="days_in_order", field="last")
    _check_day(last, now, "last")
    if last - first >= MOST_AWAY:
        raise Refused(
            _("Note at most %(days)s days at once.") % {"days": MOST_AWAY.days},
            code="days_too_many",
            field="last",
        )
    reason = _line(reason)
    days = [first + DAY * number for number in range((last - first).days + 1)]
    with transaction.atomic():
        _one_at_a_time(agent)
        rows = AvailabilityException._base_manager.filter(user=person, day__range=(first, last))
        rows.filter(starts__isnull=False).delete()
        known = set(rows.filter(starts__isnull=True).values_list("day", flat=True))
        new = [day for day in days if day not in known]
        AvailabilityException.objects.bulk_create(_exception(agent, day, reason=reason) for day in new)
        trail.record(
            "availability.away",
            by=by,
            obj=agent,
            after={"first": first.isoformat(), "last": last.isoformat()},
            at=now,
        )
    return new


def add_window(
    *, person: User, day: date, starts: time, seats: int, reason: str = "", by: User, now: datetime
) -> AvailabilityException:
    """Open a window on one day, or give that day's window its own number of visits.

    Raises Refused: "unknown_person", "day_past", "day_too_far", "window_unknown", "seats_invalid", "away",
    "too_long".
    """
    agent = _posted(person)
    _check_day(day, now, "day")
    if starts not in WINDOW_STARTS:
        raise Refused(_("Choose one of the windows of the day."), code="window_unknown", field="starts")
    if type(seats) is not int or not 1 <= seats <= MOST_SEATS:
        raise Refused(
            _("Between 1 and %(most)s visits fit into a window.") % {"most": MOST_SEATS},
            code="seats_invalid",
            field="seats",
        )
    reason = _line(reason)
    with transaction.atomic():
        _one_at_a_time(agent)
        rows = AvailabilityException._base_manager.filter(user=person, day=day)
        if rows.filter(starts__isnull=True).exists():
            raise Refused(
                _("The person is away on that day. Take that back first."), code="away", field="day"
            )
        row = rows.filter(starts=starts).first() or _exception(agent, day, starts=starts)
        row.seats, row.reason = seats, reason
        row.save()
        trail.record(
            "availability.extra",
            by=by,
            obj=agent,
            after={"day": day.isoformat(), "starts": f"{starts:%H:%M}", "seats": seats},
            at=now,
        )
    return row


def clear(*, exception: AvailabilityException, by: User, now: datetime) -> None:
    """Take back that a day differs from the week. Raises Refused("unknown_person"), Refused("gone")."""
    agent = _posted(exception.user)
    with transaction.atomic():
        gone, _rows = AvailabilityException._base_manager.filter(pk=exception.pk).delete()
        if not gone:
            raise Refused(_("This has been taken back already."), code="gone")
        trail.record(
            "availability.cleared",
            by=by,
            obj=agent,
            before={
                "day": exception.day.isoformat(),
                "starts": f"{exception.starts:%H:%M}" if exception.starts else "",
            },
            at=now,
        )


def _posted(person: User) -> Agent:
    agent = Agent.objects.select_related("station").filter(user=person, left_on__isnull=True).first()
    if agent is None:
        raise Refused(_("There is no such person at a station."), code="unknown_person")
    return agent


def _one_at_a_time(agent: Agent) -> None:
    """Let whoever else writes the windows of this person wait: two weeks at once would become one of both."""
    Agent._base_manager.select_for_update(no_key=True).get(pk=agent.pk)


def _exception(agent: Agent, day: date, *, starts: time | None = None, seats: int = 0, reason: str = ""):
    return AvailabilityException(
        user_id=agent.user_id,
        station=agent.station,
        county_code=agent.county_code,
        day=day,
        starts=starts,
        seats=seats,
        reason=reason,
    )


def _check_day(day: date, now: datetime, field: str) -> None:
    today = timezone.localdate(now)
    if day < today:
        raise Refused(_("This day is over."), code="day_past", field=field)
    if day > today + AHEAD:
        raise Refused(_("Choose a day within the next year."), code="day_too_far", field=field)


def _line(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > REASON_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": REASON_SIGNS}, code="too_long", field="reason"
        )
    return text


def _stale() -> Refused:
    return Refused(_("Somebody else has just changed this week. Look at it again."), code="stale")
