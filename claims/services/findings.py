"""Findings of a check, what a county reports to have done, and what is made of that.

docs/rules/supervision.md, section 4
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.notices.posting import Message, post
from claims.models import Check, CheckItem, Finding, Rectification
from claims.queries import supervision as reading
from claims.rules.supervision import (
    DUE_SOON_DAYS,
    LONGEST_DAYS,
    REMINDED_STATES,
    FindingState,
    needs_reminder,
)
from claims.services.checks import hold_open, said
from stations.models import Party, Station
from stations.queries.staff import Staff

WORDS_LIMIT, REPORT_LIMIT, REMARK_LIMIT = 500, 1000, 500


def find(
    *,
    check: Check,
    severity: str,
    words: str,
    due_on: date,
    by: User,
    now: datetime,
    item: CheckItem | None = None,
    question: str = "",
    station: Station | None = None,
    party: Party | None = None,
) -> Finding:
    """Write down something that was not as it should be and tell the county's managers.

    About a claim it is about that claim's station too. It repeats a finding of the cycle before, if that was
    about the same question - at the same station rather than elsewhere.

    Raises Refused("words_missing"), Refused("personal_data"), Refused("due_on") for a day that is not within
    the next ninety, Refused("unknown_question"), Refused("other_check"), Refused("other_county") for a
    station elsewhere, Refused("check_closed").
    """
    words = said(words, field="words", limit=WORDS_LIMIT)
    _check_day(due_on, now)
    if question and reading.checklist_of(check).question(question) is None:
        raise Refused(_("The checklist has no such question."), code="unknown_question", field="question")
    if item is not None:
        if item.check_round_id != check.pk:
            raise Refused(_("This claim belongs to another check."), code="other_check")
        station = item.claim.station
    if station is not None and station.county_code != check.county_code:
        raise Refused(_("This station lies in another county."), code="other_county", field="station")
    repeats = reading.earlier_finding(check, question, station.pk if station else None)
    with transaction.atomic():
        hold_open(check)
        finding = Finding.objects.create(
            check_round=check,
            county_code=check.county_code,
            item=item,
            station=station,
            party=party,
            question=question,
            severity=severity,
            words=words,
            due_on=due_on,
            repeats=repeats,
            found_by=by,
            found_at=now,
        )
        trail.record(
            "finding.made",
            by=by,
            obj=finding,
            after={
                "check": check.pk,
                "question": question,
                "severity": severity,
                "due_on": due_on.isoformat(),
                "repeats": finding.repeats_id,
            },
            at=now,
        )
        _tell_managers("finding.made", finding, but=by, now=now)
    return finding


def report_rectification(*, finding: Finding, words: str, by: User, now: datetime) -> Rectification:
    """Say what was done about a finding; who found it is told.

    Raises Refused("words_missing"), Refused("personal_data"), Refused("answered_already") while a report
    waits or after it was accepted.
    """
    words = said(words, field="words", limit=REPORT_LIMIT)
    with transaction.atomic():
        moved = Finding._base_manager.filter(pk=finding.pk, state__in=REMINDED_STATES).update(
            state=FindingState.ANSWERED
        )
        if not moved:
            raise Refused(_("A rectification is reported already."), code="answered_already")
        current = Finding.objects.get(pk=finding.pk)
        report = Rectification.objects.create(
            finding=current,
            county_code=current.county_code,
            words=words,
            reported_by=by,
            reported_at=now,
        )
        trail.record("finding.answered", by=by, obj=current, at=now)
        if current.found_by_id != by.pk:
            post([_message("finding.answered", current, current.found_by_id, f"{report.pk}")], now=now)
    return report


def accept(*, finding: Finding, by: User, now: datetime, remark: str = "") -> Finding:
    """Accept what was reported: the finding is rectified and stays so.

    Raises Refused("same_person") for who reported it, Refused("nothing_reported"), Refused("personal_data").
    """
    remark = said(remark, field="remark", limit=REMARK_LIMIT, least=0)
    with transaction.atomic():
        current = _judge(finding, FindingState.ACCEPTED, remark, by=by, now=now, accepted_at=now)
        trail.record("finding.accepted", by=by, obj=current, at=now)
        _tell_managers("finding.accepted", current, but=by, now=now)
    return current


def send_back(*, finding: Finding, remark: str, due_on: date, by: User, now: datetime) -> Finding:
    """Send a report back, with the reason and a new day.

    Raises Refused("words_missing"), Refused("personal_data"), Refused("due_on"), Refused("same_person"),
    Refused("nothing_reported").
    """
    remark = said(remark, field="remark", limit=REMARK_LIMIT)
    _check_day(due_on, now)
    with transaction.atomic():
        current = _judge(
            finding, FindingState.RETURNED, remark, by=by, now=now, due_on=due_on, reminded_on=None
        )
        trail.record(
            "finding.returned",
            by=by,
            obj=current,
            after={"due_on": due_on.isoformat()},
            reason=remark,
            at=now,
        )
        _tell_managers("finding.returned", current, but=by, now=now)
    return current


def remind(*, now: datetime) -> int:
    """Tell managers of what is due soon, and them and who found it of what is overdue; returns how many
    findings. Looks at every county: the caller has a scope that reaches them."""
    today = timezone.localdate(now)
    rows = Finding.objects.filter(
        state__in=REMINDED_STATES, due_on__lte=today + timedelta(days=DUE_SOON_DAYS)
    ).order_by("pk")
    staff, told = Staff(now=now), 0
    for finding in rows:
        if not needs_reminder(finding.state, finding.due_on, finding.reminded_on, today):
            continue
        with transaction.atomic():
            claimed = Finding._base_manager.filter(
                pk=finding.pk, state=finding.state, reminded_on=finding.reminded_on
            ).update(reminded_on=today)
            if not claimed:
                continue
            is_late = finding.due_on < today
            people = {*staff.heads_in(finding.county_code), *([finding.found_by_id] if is_late else [])}
            event = "finding.overdue" if is_late else "finding.due_soon"
            post([_message(event, finding, each, f"{today}") for each in sorted(people)], now=now)
            told += 1
    return told


def _judge(finding: Finding, state: str, remark: str, *, by: User, now: datetime, **changes) -> Finding:
    report = Rectification.objects.filter(finding=finding.pk, is_accepted__isnull=True).first()
    if report is None:
        raise Refused(_("Nothing is reported that waits for an answer."), code="nothing_reported")
    if report.reported_by_id == by.pk:
        raise Refused(_("You reported this yourself; somebody else looks at it."), code="same_person")
    moved = Finding._base_manager.filter(pk=finding.pk, state=FindingState.ANSWERED).update(
        state=state, **changes
    )
    judged = Rectification._base_manager.filter(pk=report.pk, is_accepted__isnull=True).update(
        is_accepted=state == FindingState.ACCEPTED, remark=remark, judged_by=by, judged_at=now
    )
    if not (moved and judged):
        raise Refused(_("Nothing is reported that waits for an answer."), code="nothing_reported")
    return Finding.objects.get(pk=finding.pk)


def _check_day(due_on: date, now: datetime) -> None:
    today = timezone.localdate(now)
    if not today < due_on <= today + timedelta(days=LONGEST_DAYS):
        raise Refused(
            _("Choose a day within the next %(days)s days.") % {"days": LONGEST_DAYS},
            code="due_on",
            field="due_on",
        )


def _tell_managers(event: str, finding: Finding, *, but: User, now: datetime) -> None:
    heads = Staff(now=now).heads_in(finding.county_code)
    turn = f"{finding.rectifications.count()}"
    post([_message(event, finding, head, turn) for head in heads if head != but.pk], now=now)


def _message(event: str, finding: Finding, recipient_id: int, turn: str) -> Message:
    return Message(
        event=event,
        recipient_id=recipient_id,
        key=f"{event} {finding.pk} {turn}",
        params={"due_on": finding.due_on.isoformat()},
        url=reverse("supervision:finding_detail", args=[finding.pk]),
        county_code=finding.county_code,
    )
