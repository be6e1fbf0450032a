"""Samples sent to an inspection body, and what it found. docs/rules/losses.md, section 3."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Claim, Inspection, Photo
from claims.models.evidence import PhotoKind
from claims.models.inspections import InspectionResult
from claims.rules.classification import PROCEDURES, Evidence
from claims.services import reasons
from stations.models import Party
from stations.rules.parties import PartyKind

REASON_LIMIT = 300
FINDINGS = (InspectionResult.FAULT_FOUND, InspectionResult.NO_FAULT, InspectionResult.UNCLEAR)


def is_needed(claim: Claim) -> bool:
    """Whether the claim's procedure asks for the result of an inspection before it is decided."""
    return Evidence.INSPECTION_REPORT in PROCEDURES[claim.procedure].evidence


def is_missing(claim: Claim) -> bool:
    """Whether a result is needed and neither a result nor a reason to go on without one is there."""
    if not is_needed(claim):
        return False
    return not Inspection._base_manager.filter(claim=claim).exclude(result="").exists()


def check(claim: Claim) -> None:
    """Raise Refused("inspection_missing") when a decision has to wait for a result."""
    if is_missing(claim):
        raise Refused(
            _(
                "The result of the inspection is not there yet. Enter it, "
                "or say on the page of the inspections why it is decided without one."
            ),
            code="inspection_missing",
        )


def send(
    *, claim: Claim, body: Party, sample: str, question: str, sent_on: date, by: User, now: datetime
) -> Inspection:
    """Refer a sample of an open claim's goods to an inspection body.

    Raises Refused with claim_ended, body_unfit, text_missing, too_long, day_invalid.
    """
    _check_open(claim)
    if body.kind != PartyKind.INSPECTION or body.is_suspended:
        raise Refused(_("Choose an inspection body."), code="body_unfit", field="body")
    sample, question = _text(sample, 120, "sample"), _text(question, 200, "question")
    _check_day(sent_on, timezone.localdate(claim.order_line.order.ordered_at), now, "sent_on")
    with transaction.atomic():
        inspection = Inspection.objects.create(
            claim=claim,
            station_id=claim.station_id,
            county_code=claim.county_code,
            body=body,
            sample=sample,
            question=question,
            sent_on=sent_on,
            sent_by=by,
        )
        trail.record(
            "inspection.sent",
            by=by,
            obj=inspection,
            after={"body": body.pk, "sent_on": sent_on.isoformat()},
            at=now,
        )
    return inspection


def enter_result(
    *,
    inspection: Inspection,
    result: str,
    value: str,
    text: str,
    result_on: date,
    form_token: str = "",
    by: User,
    now: datetime,
) -> Inspection:
    """Write down what the body found, once; photos staged under `form_token` are the report.

    Raises Refused with unknown_choice, text_missing, too_long, day_invalid, result_known.
    """
    if result not in FINDINGS:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="result")
    value = _optional(value, 60, "value")
    text = _text(text, 300, "text")
    _check_day(result_on, inspection.sent_on, now, "result_on")
    with transaction.atomic():
        written = Inspection._base_manager.filter(pk=inspection.pk, result="").update(
            result=result, value=value, text=text, result_on=result_on, result_by=by
        )
        if not written:
            raise Refused(_("The result of this sample is entered already."), code="result_known")
        report = _report(inspection, form_token, by)
        inspection = Inspection.objects.select_related("claim", "body").get(pk=inspection.pk)
        trail.record(
            "inspection.result_entered",
            by=by,
            obj=inspection,
            after={
                "result": str(result),
                "result_on": result_on.isoformat(),
                "report": report.pk if report else None,
            },
            at=now,
        )
    return inspection


def waive(*, claim: Claim, reason: str, by: User, now: datetime) -> Inspection:
    """Say why a claim is decided without the result of an inspection; kept beside the results.

    Raises Refused with claim_ended, reason_missing.
    """
    _check_open(claim)
    reason = reasons.given(reason, limit=REASON_LIMIT)
    today = timezone.localdate(now)
    with transaction.atomic():
        waiver = Inspection.objects.create(
            claim=claim,
            station_id=claim.station_id,
            county_code=claim.county_code,
            sent_on=today,
            sent_by=by,
            result=InspectionResult.WAIVED,
            text=reason,
            result_on=today,
            result_by=by,
        )
        trail.record("inspection.waived", by=by, obj=waiver, at=now)
    return waiver


def _report(inspection: Inspection, form_token: str, by: User) -> Photo | None:
    if not form_token:
        return None
    staged = Photo._base_manager.filter(
        form_token=form_token,
        uploaded_by=by,
        station_id=inspection.station_id,
        claim__isnull=True,
    )
    first = staged.order_by("id").first()
    if first is None:
        return None
    staged.update(claim=inspection.claim_id, kind=PhotoKind.REPORT)
    Inspection._base_manager.filter(pk=inspection.pk).update(report=first)
    return first


def _check_open(claim: Claim) -> None:
    if not claim.is_open:
        raise Refused(_("This claim has ended."), code="claim_ended")


def _check_day(day: date, first: date, now: datetime, field: str) -> None:
    if not first <= day <= timezone.localdate(now):
        raise Refused(
            _("Enter a day from %(first)s until today.") % {"first": first.isoformat()},
            code="day_invalid",
            field=field,
        )


def _optional(text: str, limit: int, field: str) -> str:
    text = " ".join(text.split())
    if len(text) > limit:
        raise Refused(_("Use at most %(limit)s characters.") % {"limit": limit}, code="too_long", field=field)
    return text


def _text(text: str, limit: int, field: str) -> str:
    text = _optional(text, limit, field)
    if not text:
        raise Refused(
            _("Enter from 1 to %(limit)s characters.") % {"limit": limit}, code="text_missing", field=field
        )
    return text
