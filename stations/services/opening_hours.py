"""Opening hours of stations that name none of their own: a county's, or the programme's.

Rule: docs/rules/working-time.md, "Opening hours".
"""

from collections.abc import Mapping
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.accounts.scoping import current_scope
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from stations.models import OpeningHours
from stations.queries.calendar import DEFAULT_HOURS, hours_in_force
from stations.queries.network import reaches
from stations.rules.opening import opening_slots

FIRST_DAY = date(2020, 1, 1)
HOURS = ("opens_at", "noon_closes_at", "noon_opens_at", "closes_at")


def set_opening_hours(
    *,
    county_code: str,
    valid_from: date,
    opens_at: time,
    noon_closes_at: time | None,
    noon_opens_at: time | None,
    closes_at: time,
    by: User,
    now: datetime,
) -> OpeningHours:
    """Say when the stations of a county are open that name no hours of their own; with an empty county, of
    every county. Clocks that run already keep the hours they were started with.

    Hours that do not count yet may be said again. Raises Refused: "reach", "too_early", "half_hours",
    "hours_order", "nothing_new".
    """
    if not (reaches(county_code) if county_code else current_scope().everywhere):
        raise Refused(_("This place lies outside your own reach."), code="reach")
    if valid_from <= timezone.localdate(now):
        raise Refused(
            _("New hours count from tomorrow on at the earliest."), code="too_early", field="valid_from"
        )
    hours = dict(zip(HOURS, (opens_at, noon_closes_at, noon_opens_at, closes_at), strict=True))
    _check_hours(hours)
    in_force = hours_in_force(county_code, on=valid_from)
    before = {} if in_force is None else {name: getattr(in_force, name) for name in HOURS}
    if before == hours and in_force.county_code == county_code:
        raise Refused(_("These are the hours that count already."), code="nothing_new")
    with transaction.atomic():
        row, _is_new = OpeningHours.objects.update_or_create(
            county_code=county_code, valid_from=valid_from, defaults=hours
        )
        trail.record(
            "opening_hours.set",
            by=by,
            obj=row,
            before={name: _clock(value) for name, value in before.items()},
            after={"valid_from": str(valid_from), **{name: _clock(value) for name, value in hours.items()}},
            at=now,
        )
    return row


def ensure_programme_hours(sender, using="default", **kwargs) -> None:
    """After every migration: write the programme's first opening hours if it has none."""
    if not OpeningHours.objects.using(using).filter(county_code="").exists():
        hours = dict(zip(HOURS, DEFAULT_HOURS, strict=True))
        OpeningHours(county_code="", valid_from=FIRST_DAY, **hours).save(using=using)


def _clock(value: time | None) -> str | None:
    return value and f"{value:%H:%M}"


def _check_hours(hours: Mapping[str, time | None]) -> None:
    try:
        slots = opening_slots(*(hours[name] for name in HOURS))
    except Refused as refused:
        sentences = {
            "half_hours": _("Give both ends of the opening hours, and both ends of the noon break or none."),
            "hours_order": _("The opening hours must follow one another."),
        }
        raise Refused(sentences[refused.code], code=refused.code, field="opens_at") from None
    if not slots:
        raise Refused(_("Give both ends of the opening hours."), code="half_hours", field="opens_at")
