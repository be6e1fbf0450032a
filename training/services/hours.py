"""The ledger of hours: what somebody has learned, counted once. docs/rules/training-hours.md."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from training.models import HourEntry
from training.queries.hours import correction_prefix, net_minutes, recorded_on
from training.queries.learners import learner_of
from training.rules.hours import BACK_DAYS, BY_HAND, MAX_DAY_MINUTES, MAX_ENTRY_MINUTES, HourKind

NOTE_SIGNS = 200


def record(
    user: User,
    *,
    day: date,
    minutes: int,
    kind: str,
    note: str = "",
    business_key: str,
    by: User,
    now: datetime,
) -> HourEntry:
    """Count minutes of learning of one person on a day, at the station where the person is posted.

    Once per business key: called again for the same person, the first entry comes back. Kinds that are
    recorded by hand are written by somebody else than the learner, and fill no day beyond twelve hours;
    neither do classes, which a teacher may record alone.

    Raises Refused with not_posted, key_taken, kind_unfit, minutes_unfit, day_ahead, day_long_ago, own_hours,
    day_full, too_long.
    """
    earlier = HourEntry._base_manager.filter(business_key=business_key).first()
    if earlier is not None:
        return _same(earlier, user)
    agent = learner_of(user)
    note = _note(note)
    _check(user, day, minutes, kind, by, now)
    try:
        with transaction.atomic():
            if kind in BY_HAND or kind == HourKind.CLASS:
                # Two who record for one person stand in line here, so that both cannot fill the same day.
                User.objects.select_for_update(no_key=True).get(pk=user.pk)
                minutes = _fitting(user, day, minutes, kind)
            entry = HourEntry.objects.create(
                user=user,
                station=agent.station,
                county_code=agent.county_code,
                day=day,
                minutes=minutes,
                kind=kind,
                note=note,
                business_key=business_key,
                by=by,
                at=now,
            )
            trail.record("hours.recorded", by=by, obj=entry, after=_facts(entry), at=now)
            return entry
    except IntegrityError:
        twin = HourEntry._base_manager.filter(business_key=business_key).first()
        if twin is None:
            raise
        return _same(twin, user)


def record_many(
    people: Sequence[User],
    *,
    day: date,
    minutes: int,
    kind: str,
    note: str = "",
    key: str,
    by: User,
    now: datetime,
) -> list[HourEntry]:
    """Count the same learning for several people, all or nobody; under one key once.

    Raises Refused with nobody_chosen and whatever `record` refuses, with the person it concerns in words.
    """
    if not people:
        raise Refused(_("Choose at least one person."), code="nobody_chosen", field="people")
    with transaction.atomic():
        return [
            _record_one(person, day=day, minutes=minutes, kind=kind, note=note, key=key, by=by, now=now)
            for person in sorted(people, key=lambda person: person.pk)
        ]


def correct(entry: HourEntry, *, minutes: int, note: str, by: User, now: datetime) -> HourEntry:
    """Put an entry right by a counter-entry on the same day: `minutes` is what should have been counted.

    The entry stays. Only less can be put right; what is missing is recorded as an entry of its own. Nobody
    corrects their own hours.

    Raises Refused with not_correctable, own_hours, note_missing, too_long, minutes_unfit, changed_meanwhile.
    """
    if entry.kind == HourKind.CORRECTION:
        raise Refused(_("A correction is not corrected. Correct the entry itself."), code="not_correctable")
    if entry.user_id == by.pk:
        raise _own_hours()
    note = _note(note)
    if not note:
        raise Refused(_("Say why the entry is put right."), code="note_missing", field="note")
    counted = net_minutes(entry)
    if not 0 <= minutes < counted:
        raise Refused(
            _("Enter fewer minutes than the %(counted)s counted now; record what is missing as an entry.")
            % {"counted": counted},
            code="minutes_unfit",
            field="minutes",
        )
    try:
        with transaction.atomic():
            counter = HourEntry.objects.create(
                user_id=entry.user_id,
                station_id=entry.station_id,
                county_code=entry.county_code,
                day=entry.day,
                minutes=minutes - counted,
                kind=HourKind.CORRECTION,
                note=note,
                # What was counted is part of the key: of two who correct at once, one comes too late.
                business_key=f"{correction_prefix(entry.pk)}{counted}",
                by=by,
                at=now,
            )
            trail.record(
                "hours.corrected",
                by=by,
                obj=counter,
                before={"entry": entry.pk, "minutes": counted},
                after={"minutes": minutes},
                reason=note,
                at=now,
            )
            return counter
    except IntegrityError as error:
        raise Refused(
            _("Somebody else has corrected this entry meanwhile. Look at it again."), code="changed_meanwhile"
        ) from error


def _record_one(person: User, *, key: str, **values) -> HourEntry:
    try:
        return record(person, business_key=f"hand:{key}:{person.pk}", **values)
    except Refused as refused:
        if refused.code not in ("day_full", "not_posted"):
            raise
        raise Refused(
            _("%(person)s: %(reason)s") % {"person": person, "reason": refused.message},
            code=refused.code,
            field="people",
        ) from refused


def _check(user: User, day: date, minutes: int, kind: str, by: User, now: datetime) -> None:
    if kind not in set(HourKind) - {HourKind.CORRECTION}:
        raise Refused(_("Choose what kind of learning it was."), code="kind_unfit", field="kind")
    if not 1 <= minutes <= MAX_ENTRY_MINUTES:
        raise Refused(
            _("Enter between 1 and %(limit)s minutes.") % {"limit": MAX_ENTRY_MINUTES},
            code="minutes_unfit",
            field="minutes",
        )
    today = timezone.localdate(now)
    if day > today:
        raise Refused(_("The day has not come yet."), code="day_ahead", field="day")
    if kind in BY_HAND:
        if day < today - timedelta(days=BACK_DAYS):
            raise Refused(_("The day lies more than a year back."), code="day_long_ago", field="day")
        if user.pk == by.pk:
            raise _own_hours()


def _fitting(user: User, day: date, minutes: int, kind: str) -> int:
    """The minutes that are counted on a day: of classes as many as fit into it, of what is written by hand
    all or a refusal."""
    counted = recorded_on([user.pk], day).get(user.pk, 0)
    room = MAX_DAY_MINUTES - counted
    if room >= minutes:
        return minutes
    if kind == HourKind.CLASS and room > 0:
        return room
    raise Refused(
        _("%(counted)s minutes are counted on this day already; at most %(limit)s fit into it.")
        % {"counted": counted, "limit": MAX_DAY_MINUTES},
        code="day_full",
        field="minutes",
    )


def _same(entry: HourEntry, user: User) -> HourEntry:
    if entry.user_id != user.pk:
        raise Refused(_("These hours are counted for somebody else."), code="key_taken")
    return entry


def _own_hours() -> Refused:
    return Refused(_("Nobody records or corrects their own hours."), code="own_hours")


def _note(text: str) -> str:
    note = " ".join(text.split())
    if len(note) > NOTE_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": NOTE_SIGNS}, code="too_long", field="note"
        )
    return note


def _facts(entry: HourEntry) -> dict:
    return {
        "user": entry.user_id,
        "day": entry.day.isoformat(),
        "minutes": entry.minutes,
        "kind": str(entry.kind),
    }
