"""The log of publicity (E-11, E-12): how else people were told. docs/rules/village-classes.md."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from stations.models import Station
from training.models import Publicity
from training.rules.classes import MOST_REACHED, PUBLICITY_BACKDATED, PublicityKind
from training.services.class_texts import given

WHAT_SIGNS, REASON_SIGNS = 200, 200


def record(
    station: Station,
    *,
    day: date,
    kind: str,
    what: str,
    reached: int | None,
    by: User,
    now: datetime,
) -> Publicity:
    """Write a line of the log: on which day, how, what was told, and to about how many people if known.

    Raises Refused: "unknown_station", "unknown_kind", "in_the_future", "too_far_back" for more than three
    months ago, "text_missing", "too_long", "phone_in_text", "reached_out_of_range".
    """
    found = Station.objects.filter(pk=station.pk).first()
    if found is None:
        raise Refused(_("There is no such station."), code="unknown_station", field="station")
    if kind not in set(PublicityKind):
        raise Refused(_("Say how people were told."), code="unknown_kind", field="kind")
    _check_day(day, timezone.localdate(now))
    if reached is not None and not 1 <= reached <= MOST_REACHED:
        raise Refused(
            _("Between 1 and %(most)s people; leave it empty if nobody counted.") % {"most": MOST_REACHED},
            code="reached_out_of_range",
            field="reached",
        )
    line = Publicity(
        station=found,
        county_code=found.county_code,
        day=day,
        kind=kind,
        what=given(what, "what", limit=WHAT_SIGNS),
        reached=reached,
        by=by,
        at=now,
    )
    with transaction.atomic():
        line.save(force_insert=True)
        after = {"kind": kind, "day": day.isoformat(), "reached": reached}
        trail.record("publicity.recorded", by=by, obj=line, after=after, at=now)
    return line


def withdraw(publicity: Publicity, *, reason: str, by: User, now: datetime) -> Publicity:
    """Take a line back that was wrong: it stays to be seen and no longer counts.

    Raises Refused: "unknown_publicity", "withdrawn", "text_missing", "too_long".
    """
    line = Publicity.objects.select_related("station").filter(pk=publicity.pk).first()
    if line is None:
        raise Refused(_("There is no such line in the log."), code="unknown_publicity")
    reason = given(reason, "reason", limit=REASON_SIGNS)
    with transaction.atomic():
        changed = Publicity.objects.filter(pk=line.pk, withdrawn_at__isnull=True).update(withdrawn_at=now)
        if not changed:
            raise Refused(_("This line has been withdrawn already."), code="withdrawn")
        trail.record("publicity.withdrawn", by=by, obj=line, reason=reason, at=now)
    line.withdrawn_at = now
    return line


def _check_day(day: date, today: date) -> None:
    if day > today:
        raise Refused(_("This day has not come yet."), code="in_the_future", field="day")
    if day < today - PUBLICITY_BACKDATED:
        raise Refused(
            _("A line is entered at most three months afterwards."), code="too_far_back", field="day"
        )
