"""A sample of what the rule approved, and the second look at it. docs/rules/approval.md, section 4."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.accounts.models import User, system_user
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.notices.posting import Message, post
from claims.models import Compensation, ReviewSample
from claims.models.reviews import Verdict
from claims.queries import reviews as reading
from claims.rules.fund import payout_key
from claims.rules.sampling import is_drawn
from stations.queries.staff import Staff

REASON_SIGNS, REASON_LIMIT = 4, 300


def draw(compensation: Compensation, *, now: datetime) -> ReviewSample | None:
    """Put a compensation that the rule approves into the sample, if its key says so.

    Inside the transaction of the approval, so that nothing is paid that could have been drawn and was not.
    The share is that of the policy by which the amount was worked out.
    """
    key = payout_key(compensation.claim_id, compensation.round)
    if not is_drawn(key, compensation.policy.review_sample_permille):
        return None
    sample = ReviewSample.objects.create(
        compensation=compensation,
        claim_id=compensation.claim_id,
        station_id=compensation.station_id,
        county_code=compensation.county_code,
        filed_by_id=compensation.claim.filed_by_id,
        drawn_at=now,
    )
    trail.record("review.drawn", by=system_user(), obj=sample, claim_id=sample.claim_id, at=now)
    return sample


def judge(*, sample: ReviewSample, verdict: str, reason: str = "", by: User, now: datetime) -> ReviewSample:
    """Say what a second look found; an objection needs its reason and tells the county's managers.

    It takes no money back. The next claims of the person who filed are decided by a person for ninety days.
    Raises Refused("unknown_verdict"), Refused("reason_missing"), Refused("conflict") for who had a hand in
    it, Refused("looked_at_already").
    """
    if verdict not in (Verdict.FINE, Verdict.OBJECTION):
        raise Refused(_("Say what you found."), code="unknown_verdict", field="verdict")
    reason = reason.strip()
    if (verdict == Verdict.OBJECTION and len(reason) < REASON_SIGNS) or len(reason) > REASON_LIMIT:
        raise Refused(
            _("Say in %(least)s to %(limit)s characters what you object to.")
            % {"least": REASON_SIGNS, "limit": REASON_LIMIT},
            code="reason_missing",
            field="reason",
        )
    current = ReviewSample.objects.select_related("compensation", "claim__consumer").get(pk=sample.pk)
    if by.pk in reading.involved(current):
        raise Refused(_("You had a hand in this claim; somebody else looks at it."), code="conflict")
    with transaction.atomic():
        # Past the scope on purpose, as in claims.services.moves.
        written = ReviewSample._base_manager.filter(pk=current.pk, verdict=Verdict.WAITING).update(
            verdict=verdict, reason=reason, judged_by=by, judged_at=now
        )
        if not written:
            raise Refused(_("Somebody else has looked at this already."), code="looked_at_already")
        judged = ReviewSample.objects.select_related("claim").get(pk=current.pk)
        trail.record(f"review.{verdict}", by=by, obj=judged, claim_id=judged.claim_id, at=now)
        if verdict == Verdict.OBJECTION:
            post(_objected(judged, but=by.pk, now=now), now=now)
    return judged


def _objected(sample: ReviewSample, *, but: int, now: datetime) -> list[Message]:
    return [
        Message(
            event="review.objection",
            recipient_id=head,
            key=f"review.objection {sample.pk}",
            params={"number": sample.claim.number},
            url=reverse("claims:review_detail", args=[sample.pk]),
            county_code=sample.county_code,
        )
        for head in Staff(now=now).heads_in(sample.county_code)
        if head != but
    ]
