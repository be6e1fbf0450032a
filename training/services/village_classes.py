"""Village classes (售后小课堂): planned, changed, held or cancelled. docs/rules/village-classes.md."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.notices.posting import Message, post
from aftersales.web import formats
from stations.models import Station
from stations.models.network import StationState
from training.models import Article, VillageClass
from training.rules.classes import CORRECTED_WITHIN, ClassState
from training.rules.hours import HourKind
from training.services import hours
from training.services.class_plans import check_names, checked_count, checked_plan
from training.services.class_texts import given

REPORT_SIGNS, REASON_SIGNS = 500, 200


def plan(
    station: Station,
    *,
    title: str,
    starts_at: datetime,
    place: str,
    teacher: User,
    article: Article | None = None,
    minutes: int,
    by: User,
    now: datetime,
) -> VillageClass:
    """Plan a class at a station, for the month in which it begins; whoever holds it is told.

    A class that was held without a plan is entered up to seven days afterwards. Raises Refused:
    "unknown_station", "not_operating", and what is wrong with the rest: "text_missing", "too_long",
    "phone_in_text", "too_far_back", "too_far_ahead", "minutes_out_of_range", "unknown_teacher",
    "unknown_article", "class_then_already".
    """
    station = _station(station)
    if station.state != StationState.OPERATING:
        raise Refused(_("A class is held at a station that operates."), code="not_operating")
    planned = VillageClass(
        station=station,
        county_code=station.county_code,
        planned_by=by,
        planned_at=now,
        **checked_plan(
            station,
            title=title,
            starts_at=starts_at,
            place=place,
            teacher=teacher,
            article=article,
            minutes=minutes,
            now=now,
        ),
    )
    try:
        with transaction.atomic():
            planned.save(force_insert=True)
            trail.record("village_class.planned", by=by, obj=planned, after=_facts(planned), at=now)
            _tell_teacher(planned, by=by, now=now)
    except IntegrityError:
        raise _then_already() from None
    return planned


def change(
    village_class: VillageClass,
    *,
    version: int,
    title: str,
    starts_at: datetime,
    place: str,
    teacher: User,
    article: Article | None = None,
    minutes: int,
    by: User,
    now: datetime,
) -> VillageClass:
    """Change a class that is still planned; a new time or teacher is told to whoever holds it.

    Raises what `plan` raises, Refused("unknown_class"), Refused("changed_meanwhile") where `version` is not
    the latest any more, and Refused("class_ended").
    """
    row = _class(village_class)
    _still_planned(row)
    before = _facts(row)
    checked = checked_plan(
        row.station,
        title=title,
        starts_at=starts_at,
        place=place,
        teacher=teacher,
        article=article,
        minutes=minutes,
        now=now,
        known=row,
    )
    is_told_anew = (checked["starts_at"], checked["teacher"].pk) != (row.starts_at, row.teacher_id)
    try:
        with transaction.atomic():
            _move(row, version=version, reminded_at=None if is_told_anew else row.reminded_at, **checked)
            trail.record("village_class.changed", by=by, obj=row, before=before, after=_facts(row), at=now)
            if is_told_anew:
                _tell_teacher(row, by=by, now=now)
    except IntegrityError:
        raise _then_already() from None
    return row


def hold(
    village_class: VillageClass,
    *,
    attended: int | None,
    report: str,
    version: int | None = None,
    by: User,
    now: datetime,
) -> VillageClass:
    """Record that a class was held: with how many people, and what was done in a sentence or two.

    Whoever held it has its minutes counted as hours of learning. `attended` None counts the names on the
    list. Raises Refused: "unknown_class", "class_ended", "changed_meanwhile", "not_begun", "nobody_came",
    "fewer_than_names", "too_many_people", "text_missing", "too_long", "phone_in_text".
    """
    row = _class(village_class)
    _still_planned(row)
    if row.starts_at > now:
        raise Refused(
            _("This class begins at %(moment)s. Record it when it is over.")
            % {"moment": formats.moment(row.starts_at)},
            code="not_begun",
        )
    report = given(report, "report", limit=REPORT_SIGNS, keeps_lines=True)
    attended = checked_count(row, attended)
    with transaction.atomic():
        _move(row, version=version, state=ClassState.HELD, attended=attended, report=report, ended_at=now)
        check_names(row, attended)
        trail.record("village_class.held", by=by, obj=row, after={"attended": attended}, at=now)
        _count_hours(row, by=by, now=now)
    return row


def correct(
    village_class: VillageClass, *, attended: int | None, report: str, version: int, by: User, now: datetime
) -> VillageClass:
    """Put the count or the report of a held class right, within thirty days; the counts stay in the history.

    Raises Refused: "unknown_class", "not_held", "too_late_to_correct", "changed_meanwhile", and what `hold`
    raises about the two.
    """
    row = _class(village_class)
    if row.state != ClassState.HELD:
        raise Refused(_("This class has not been recorded as held."), code="not_held")
    if now - row.ended_at > CORRECTED_WITHIN:
        raise Refused(
            _("A record can be put right within %(days)s days. This one stays as it is.")
            % {"days": CORRECTED_WITHIN.days},
            code="too_late_to_correct",
        )
    report = given(report, "report", limit=REPORT_SIGNS, keeps_lines=True)
    attended = checked_count(row, attended)
    before, is_reworded = {"attended": row.attended}, report != row.report
    with transaction.atomic():
        _move(row, version=version, state=ClassState.HELD, attended=attended, report=report)
        check_names(row, attended)
        trail.record(
            "village_class.corrected",
            by=by,
            obj=row,
            before=before,
            after={"attended": attended, "report_changed": is_reworded},
            at=now,
        )
    return row


def cancel(village_class: VillageClass, *, reason: str, by: User, now: datetime) -> VillageClass:
    """Call a planned class off, with a reason; whoever was to hold it is told.

    Raises Refused: "unknown_class", "class_ended", "text_missing", "too_long", "changed_meanwhile".
    """
    row = _class(village_class)
    _still_planned(row)
    reason = given(reason, "reason", limit=REASON_SIGNS)
    with transaction.atomic():
        _move(row, version=None, state=ClassState.CANCELLED, cancelled_reason=reason, ended_at=now)
        trail.record("village_class.cancelled", by=by, obj=row, reason=reason, at=now)
        if row.teacher_id != by.pk:
            post([_message("village_class.cancelled", row, f"{row.version}")], now=now)
    return row


def _move(row: VillageClass, *, version: int | None, **values) -> None:
    """Write the values where the class still is what was looked at, or refuse."""
    changed = VillageClass.objects.filter(
        pk=row.pk, state=row.state, version=row.version if version is None else version
    ).update(version=F("version") + 1, **values)
    if not changed:
        raise Refused(
            _("Somebody else has changed this class meanwhile. Look at it again."), code="changed_meanwhile"
        )
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1


def _count_hours(row: VillageClass, *, by: User, now: datetime) -> None:
    # Past the scope: whoever records it may work in the village, whoever held it in the township.
    with system_scope("count the hours of who held a class", quiet=True):
        try:
            hours.record(
                row.teacher,
                day=timezone.localdate(row.starts_at),
                minutes=row.minutes,
                kind=HourKind.CLASS,
                note=row.title,
                business_key=f"class:{row.pk}",
                by=by,
                now=now,
            )
        except Refused as refused:
            # County staff without a posting hold classes too, no hours are asked of them; and a day that is
            # full takes no more.
            if refused.code not in ("not_posted", "day_full"):
                raise


def _station(row: Station) -> Station:
    found = Station.objects.filter(pk=row.pk).first()
    if found is None:
        raise Refused(_("There is no such station."), code="unknown_station", field="station")
    return found


def _class(row: VillageClass) -> VillageClass:
    found = VillageClass.objects.select_related("station", "teacher", "article").filter(pk=row.pk).first()
    if found is None:
        raise Refused(_("There is no such class."), code="unknown_class")
    return found


def _still_planned(row: VillageClass) -> None:
    if row.state != ClassState.PLANNED:
        raise Refused(_("This class has been recorded or cancelled already."), code="class_ended")


def _then_already() -> Refused:
    return Refused(
        _("There is a class at this station at this time already."),
        code="class_then_already",
        field="starts_at",
    )


def _facts(row: VillageClass) -> dict:
    return {
        "title": row.title,
        "starts_at": row.starts_at.isoformat(),
        "teacher": row.teacher_id,
        "article": row.article_id,
        "minutes": row.minutes,
    }


def _tell_teacher(row: VillageClass, *, by: User, now: datetime) -> None:
    if row.teacher_id != by.pk and row.starts_at > now:
        post([_message("village_class.given", row, f"{row.version}")], now=now)


def _message(event: str, row: VillageClass, turn: str) -> Message:
    return Message(
        event,
        row.teacher_id,
        f"{event} {row.pk} {turn}",
        {"title": row.title, "station": row.station.name, "starts_at": row.starts_at.isoformat()},
        reverse("training:class_detail", args=[row.pk]),
        row.county_code,
    )
