"""What the programme plans, and in which phase each county is. Rule: docs/rules/programme.md."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.accounts.scoping import current_scope
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.lib.months import month_of, months_from
from stations.models import CountyPhase, ProgrammePlan
from stations.queries.network import reaches, stations_inside
from stations.queries.programme import newest_phase, plan_on
from stations.rules.programme import DEFAULT_GOALS, DEFAULT_MONTHS, Goals, Phase, goes_back
from stations.rules.regions import prefix

FIRST_DAY = date(2020, 1, 1)
FURTHEST_AHEAD = timedelta(days=366)
FIELDS = ("starts_on", "ends_on", "counties", "stations", "agents", "claims")


def set_plan(
    *,
    valid_from: date,
    starts_on: date,
    ends_on: date,
    goals: Goals,
    source: str,
    by: User,
    now: datetime,
) -> ProgrammePlan:
    """Plan anew from a day on. What was planned for days that are over stays.

    Raises Refused: "reach" for who does not reach the whole programme, "too_early", "too_far", "taken" when a
    plan counts from that day already, "dates_order", "not_first" when the programme would not begin on the
    first day of a month, "nothing_new".
    """
    if not current_scope().everywhere:
        raise Refused(_("Only who reaches the whole programme plans for it."), code="reach")
    today = timezone.localdate(now)
    if valid_from < today:
        raise Refused(
            _("A new plan counts from today on at the earliest."), code="too_early", field="valid_from"
        )
    if valid_from > today + FURTHEST_AHEAD:
        raise Refused(_("This day is more than a year away."), code="too_far", field="valid_from")
    if starts_on.day != 1:
        raise Refused(
            _("The programme begins on the first day of a month."), code="not_first", field="starts_on"
        )
    if ends_on <= starts_on:
        raise Refused(_("The programme ends after it has begun."), code="dates_order", field="ends_on")
    planned = dict(zip(FIELDS, (starts_on, ends_on, *_numbers(goals)), strict=True))
    before = plan_on(valid_from)
    known = {name: getattr(before, name) for name in FIELDS}
    if known == planned:
        raise Refused(_("This is the plan that counts already."), code="nothing_new")
    with transaction.atomic():
        row, is_new = ProgrammePlan.objects.get_or_create(
            valid_from=valid_from, defaults={**planned, "source": source, "set_by": by, "set_at": now}
        )
        if not is_new:
            raise Refused(
                _("A plan counts from this day already; take a later one."), code="taken", field="valid_from"
            )
        trail.record("programme.planned", by=by, obj=row, before=_plain(known), after=_plain(planned), at=now)
    return row


def set_phase(
    *, county_code: str, phase: Phase, starts_on: date, note: str = "", by: User, now: datetime
) -> CountyPhase:
    """Say from which day on a county is in which phase. What was said before stays as history.

    Raises Refused: "reach", "no_station" when nothing was ever opened there, "too_early" when it would begin
    before or with the phase set last, "too_far", "nothing_new", "why" when a county goes back to a phase
    without a note that says why.
    """
    if not reaches(county_code):
        raise Refused(_("This place lies outside your own reach."), code="reach")
    if not stations_inside(prefix(county_code)).exists():
        raise Refused(_("This county has no station yet."), code="no_station")
    if starts_on > timezone.localdate(now) + FURTHEST_AHEAD:
        raise Refused(_("This day is more than a year away."), code="too_far", field="starts_on")
    before = newest_phase(county_code)
    _check_follows(before, phase, starts_on, note)
    with transaction.atomic():
        row, is_new = CountyPhase.objects.get_or_create(
            county_code=county_code,
            starts_on=starts_on,
            defaults={"phase": phase, "note": note, "set_by": by, "set_at": now},
        )
        if not is_new:
            raise _begins_too_early()
        trail.record(
            "programme.phase_set",
            by=by,
            obj=row,
            before={"phase": before.phase, "starts_on": str(before.starts_on)} if before else None,
            after={"phase": str(phase), "starts_on": str(starts_on)},
            reason=note,
            at=now,
        )
    return row


def ensure_default_plan(sender, using="default", **kwargs) -> None:
    """After every migration: write the programme's first plan if it has none: the scale it was designed for,
    in three phases of two months that begin with the month in which the system is set up."""
    if not ProgrammePlan.objects.using(using).exists():
        now = timezone.now()
        starts_on = month_of(timezone.localdate(now))
        ends_on = months_from(starts_on, DEFAULT_MONTHS) - timedelta(days=1)
        planned = dict(zip(FIELDS, (starts_on, ends_on, *_numbers(DEFAULT_GOALS)), strict=True))
        plan = ProgrammePlan(valid_from=FIRST_DAY, source="", set_at=now, **planned)
        plan.save(using=using)


def _check_follows(before: CountyPhase | None, phase: Phase, starts_on: date, note: str) -> None:
    if before is None:
        return
    if starts_on <= before.starts_on:
        raise _begins_too_early()
    if before.phase == phase:
        raise Refused(_("The county is in this phase already."), code="nothing_new", field="phase")
    if goes_back(Phase(before.phase), phase) and not note:
        raise Refused(_("Say why the county goes back to an earlier phase."), code="why", field="note")


def _begins_too_early() -> Refused:
    return Refused(
        _("A phase begins after the one that was set before it."), code="too_early", field="starts_on"
    )


def _numbers(goals: Goals) -> tuple[int, int, int, int]:
    return goals.counties, goals.stations, goals.agents, goals.claims


def _plain(values: dict) -> dict:
    return {name: str(value) if isinstance(value, date) else value for name, value in values.items()}
