"""Practical exams on a sheet, scored by somebody else; and the sheets. docs/rules/exams.md, section 7."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import InvalidValue, Refused
from aftersales.notices.posting import Message, post
from training.models import PracticalExam, PracticalSheet
from training.queries.learners import learner_of
from training.rules.exams import PERMILLE
from training.rules.practicals import (
    MOST_ITEMS,
    MOST_POINTS,
    WHAT_SIGNS,
    Scored,
    item_rows,
    read_items,
    scored,
)

LONGEST_AGO = timedelta(days=30)
"""So much later a practical exam may still be entered."""

REMARK_SIGNS, TITLE_SIGNS, CODE_SIGNS = 500, 80, 20


def record(
    sheet: PracticalSheet,
    *,
    user: User,
    points: Mapping[str, int],
    held_on: date,
    remark: str = "",
    by: User,
    now: datetime,
) -> PracticalExam:
    """Enter a practical exam as it was scored on a sheet; the candidate is told. It never changes.

    Every item has its points, whole and from 0 to its most. Raises Refused: "not_posted", "examines_self",
    "sheet_retired", "day_ahead", "day_long_ago", "points_unfit", "too_long".
    """
    if user.pk == by.pk:
        raise Refused(_("Nobody examines themselves. Ask a colleague."), code="examines_self")
    agent = learner_of(user)
    _check_day(held_on, timezone.localdate(now))
    remark = remark.strip()
    if len(remark) > REMARK_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": REMARK_SIGNS}, code="too_long", field="remark"
        )
    with transaction.atomic():
        current = PracticalSheet.objects.get(pk=sheet.pk)
        result = _scored(current, points)
        practical = PracticalExam.objects.create(
            sheet=current,
            user=user,
            examiner=by,
            station=agent.station,
            county_code=agent.county_code,
            held_on=held_on,
            points=dict(points),
            score_permille=result.permille,
            has_passed=result.has_passed,
            remark=remark,
            at=now,
        )
        trail.record(
            "practical.recorded",
            by=by,
            obj=practical,
            after={
                "user": user.pk,
                "sheet": current.code,
                "score_permille": result.permille,
                "passed": result.has_passed,
            },
            at=now,
        )
        post([_scored_message(practical)], now=now)
    return practical


def add_sheet(
    *, code: str, title: str, items: Iterable[Mapping[str, Any]], pass_permille: int, by: User, now: datetime
) -> PracticalSheet:
    """Write a sheet for practical exams; it can be used at once, in every county.

    Raises Refused: "code_missing", "title_missing", "too_long", "pass_mark_unfit", "items_unfit",
    "code_taken".
    """
    code, title = code.strip().upper(), title.strip()
    if not code:
        raise Refused(_("Give the sheet a short code."), code="code_missing", field="code")
    if not title:
        raise Refused(_("Say what the sheet examines."), code="title_missing", field="title")
    for field, text, limit in (("code", code, CODE_SIGNS), ("title", title, TITLE_SIGNS)):
        if len(text) > limit:
            raise Refused(
                _("Use at most %(limit)s characters.") % {"limit": limit}, code="too_long", field=field
            )
    if not 1 <= pass_permille <= PERMILLE:
        raise Refused(
            _("The pass mark is between 1 and 1000 thousandths."),
            code="pass_mark_unfit",
            field="pass_permille",
        )
    try:
        read = read_items(items)
    except InvalidValue as error:
        raise Refused(_items_words(error.code), code="items_unfit", field="items") from error
    sheet = PracticalSheet(code=code, title=title, items=item_rows(read), pass_permille=pass_permille)
    try:
        with transaction.atomic():
            sheet.save(force_insert=True)
            trail.record(
                "practical_sheet.added", by=by, obj=sheet, after={"code": code, "items": len(read)}, at=now
            )
    except IntegrityError as error:
        raise Refused(_("Another sheet has this code."), code="code_taken", field="code") from error
    return sheet


def retire_sheet(sheet: PracticalSheet, *, by: User, now: datetime) -> PracticalSheet:
    """Take a sheet out of use; what was scored on it stays. Raises Refused("sheet_retired")."""
    with transaction.atomic():
        if not PracticalSheet.objects.filter(pk=sheet.pk, retired_at__isnull=True).update(retired_at=now):
            raise Refused(_("This sheet is no longer used."), code="sheet_retired")
        trail.record("practical_sheet.retired", by=by, obj=sheet, after={"code": sheet.code}, at=now)
    sheet.retired_at = now
    return sheet


def _scored(sheet: PracticalSheet, points: Mapping[str, int]) -> Scored:
    """What the points come to. Raises Refused: "sheet_retired", "points_unfit"."""
    if sheet.retired_at is not None:
        raise Refused(_("This sheet is no longer used. Choose another one."), code="sheet_retired")
    try:
        return scored(read_items(sheet.items), points, sheet.pass_permille)
    except InvalidValue as error:
        raise Refused(
            _("Give every item whole points, from 0 to its most."),
            code="points_unfit",
            details={"why": error.code},
        ) from error


def _scored_message(practical: PracticalExam) -> Message:
    return Message(
        "practical.scored",
        practical.user_id,
        f"practical {practical.pk}",
        {"sheet": practical.sheet.title},
        url=reverse("training:practical_detail", args=[practical.pk]),
        county_code=practical.county_code,
    )


def _check_day(held_on: date, today: date) -> None:
    if held_on > today:
        raise Refused(_("The day has not come yet."), code="day_ahead", field="held_on")
    if held_on < today - LONGEST_AGO:
        raise Refused(
            _("A practical exam is entered within %(days)s days.") % {"days": LONGEST_AGO.days},
            code="day_long_ago",
            field="held_on",
        )


def _items_words(code: str) -> str:
    return {
        "empty": _("Write down what the examiner looks at, one item a line."),
        "too_many": _("A sheet has at most %(limit)s items.") % {"limit": MOST_ITEMS},
        "what_invalid": _("An item takes 1 to %(limit)s characters.") % {"limit": WHAT_SIGNS},
        "points_invalid": _("An item has 1 to %(limit)s points.") % {"limit": MOST_POINTS},
    }.get(code, _("These items cannot be used."))
