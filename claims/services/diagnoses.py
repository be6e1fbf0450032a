"""What the questions on the phone led to. docs/rules/diagnosis.md."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Claim, Diagnosis, Issue
from claims.queries import checklists
from claims.rules.diagnosis import is_diagnosed, walk

NOTE_SIGNS = 300


def record(
    *,
    claim: Claim,
    appliance: str,
    checklist: str,
    answers: Sequence[Sequence[str]],
    advice: str = "",
    issue: Issue | None = None,
    note: str = "",
    by: User,
    now: datetime,
) -> Diagnosis:
    """Keep one diagnosis by phone; an earlier one of the claim stays beside it.

    The advice follows from the answers, whatever was sent with them: `advice`, where given, is what the
    person was shown, and refused when the answers lead elsewhere. `issue` is the known fault that the person
    found in the library; it counts only where the checklist itself names none.

    Raises Refused with claim_ended, goods_unfit, checklist_unknown, answers_unfit, answers_missing,
    advice_differs, issue_unfit, too_long.
    """
    if not claim.is_open:
        raise Refused(_("This claim has ended."), code="claim_ended")
    if not is_diagnosed(claim.goods_type):
        raise Refused(_("There are no questions about goods of this type."), code="goods_unfit")
    version = checklists.versions().get(checklist)
    if version is None or version.appliance != appliance:
        raise Refused(_("There is no such checklist. Begin again."), code="checklist_unknown")
    walked = walk(version, answers)
    if not walked.is_whole:
        raise Refused(_("An answer does not fit the questions. Begin again."), code="answers_unfit")
    if walked.ending is None:
        raise Refused(_("The questions are not finished."), code="answers_missing")
    if advice and advice != walked.ending.advice:
        raise Refused(
            _("These answers lead to another result. Look at it and keep it then."), code="advice_differs"
        )
    note = " ".join(note.split())
    if len(note) > NOTE_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": NOTE_SIGNS}, code="too_long", field="note"
        )
    with transaction.atomic():
        diagnosis = Diagnosis.objects.create(
            claim=claim,
            round=claim.round,
            county_code=claim.county_code,
            appliance=version.appliance,
            checklist=version.version,
            answers=walked.answers,
            advice=walked.ending.advice,
            issue=_issue(walked.ending.issue, issue),
            note=note,
            by=by,
            at=now,
        )
        trail.record(
            "diagnosis.recorded",
            by=by,
            obj=diagnosis,
            station_id=claim.station_id,
            after={
                "appliance": diagnosis.appliance,
                "checklist": diagnosis.checklist,
                "advice": diagnosis.advice,
                "issue": diagnosis.issue.code if diagnosis.issue else "",
            },
            at=now,
        )
    return diagnosis


def _issue(code: str, chosen: Issue | None) -> Issue | None:
    """The known fault that the checklist names, else the one that the person chose."""
    if not code:
        if chosen is not None and chosen.retired_at is not None:
            raise Refused(_("This known fault is no longer in use."), code="issue_unfit", field="issue")
        return chosen
    if chosen is not None and chosen.code != code:
        raise Refused(_("The answers point to another known fault."), code="issue_unfit", field="issue")
    return Issue.objects.filter(code=code).first()
