"""What other systems can be told of, and from which events of the trail each is made. docs/webhooks.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.rules.clocks import Clock

ALL = "*"
"""Stands in a subscription for every kind."""


class Kind(models.TextChoices):
    CLAIM_FILED = "claim.filed", _("Claim filed")
    CLAIM_ACCEPTED = "claim.accepted", _("Claim accepted")
    CLAIM_STARTED = "claim.started", _("Work on a claim begun")
    CLAIM_ON_HOLD = "claim.on_hold", _("Claim put on hold")
    CLAIM_RESUMED = "claim.resumed", _("Claim taken up again")
    CLAIM_ESCALATED = "claim.escalated", _("Claim went up to the next level")
    CLAIM_PROMISE_MISSED = "claim.promise_missed", _("Claim not settled by the promised time")
    CLAIM_PROPOSED = "claim.proposed", _("Compensation worked out")
    CLAIM_CHOSEN = "claim.chosen", _("Consumer's choice recorded")
    CLAIM_APPROVED = "claim.approved", _("Compensation approved")
    CLAIM_REFUSED = "claim.refused", _("Compensation refused")
    CLAIM_RESOLVED = "claim.resolved", _("Claim settled")
    CLAIM_CLOSED = "claim.closed", _("Claim closed")
    CLAIM_REJECTED = "claim.rejected", _("Claim refused")
    CLAIM_WITHDRAWN = "claim.withdrawn", _("Claim withdrawn")
    CLAIM_REOPENED = "claim.reopened", _("Claim reopened")
    CLAIM_MERGED = "claim.merged", _("Claim merged into another one")
    APPEAL_FILED = "appeal.filed", _("Appeal filed")
    APPEAL_ANSWERED = "appeal.answered", _("Appeal answered")
    PHOTO_ATTACHED = "photo.attached", _("Photos added")
    PAYOUT_ORDERED = "payout.ordered", _("Refund is to be paid")
    PAYOUT_INSTRUCTED = "payout.instructed", _("Platform told to pay a refund back")
    PAYOUT_CONFIRMED = "payout.confirmed", _("Payout arrived")
    PAYOUT_FAILED = "payout.failed", _("Payout failed or came back")
    FOLLOW_UP_RECORDED = "follow_up.recorded", _("Follow-up ended")
    SCORE_GIVEN = "score.given", _("Score given")
    ORDER_CHANGED = "order.changed", _("Order changed")
    PING = "ping", _("Test")


_K = Kind
MADE_FROM: Mapping[str, Kind] = {
    "claim.filed": _K.CLAIM_FILED,
    "claim.accepted": _K.CLAIM_ACCEPTED,
    "claim.started": _K.CLAIM_STARTED,
    "claim.put_on_hold": _K.CLAIM_ON_HOLD,
    "claim.resumed": _K.CLAIM_RESUMED,
    "claim.handed_up": _K.CLAIM_ESCALATED,
    "claim.climbed": _K.CLAIM_ESCALATED,
    "claim.ran_out": _K.CLAIM_PROMISE_MISSED,
    "claim.resolved": _K.CLAIM_RESOLVED,
    "claim.closed": _K.CLAIM_CLOSED,
    "claim.rejected": _K.CLAIM_REJECTED,
    "claim.withdrawn": _K.CLAIM_WITHDRAWN,
    "claim.reopened": _K.CLAIM_REOPENED,
    "claim.merged": _K.CLAIM_MERGED,
    "compensation.worked_out": _K.CLAIM_PROPOSED,
    "compensation.amount_changed": _K.CLAIM_PROPOSED,
    "compensation.chosen": _K.CLAIM_CHOSEN,
    "compensation.approved": _K.CLAIM_APPROVED,
    "compensation.refused": _K.CLAIM_REFUSED,
    "compensation.executed": _K.PAYOUT_ORDERED,
    "appeal.filed": _K.APPEAL_FILED,
    "appeal.upheld": _K.APPEAL_ANSWERED,
    "appeal.dismissed": _K.APPEAL_ANSWERED,
    "photo.attached": _K.PHOTO_ATTACHED,
    "payout.paid_again": _K.PAYOUT_ORDERED,
    "payout.instructed": _K.PAYOUT_INSTRUCTED,
    "payout.confirmed": _K.PAYOUT_CONFIRMED,
    "payout.failed": _K.PAYOUT_FAILED,
    "payout.returned": _K.PAYOUT_FAILED,
    "follow_up.done": _K.FOLLOW_UP_RECORDED,
    "follow_up.exhausted": _K.FOLLOW_UP_RECORDED,
    "score.given": _K.SCORE_GIVEN,
    "order.changed": _K.ORDER_CHANGED,
    "order.line_changed": _K.ORDER_CHANGED,
}
"""Verbs of the trail; what is not named here stays inside the house."""

CHOSEN_BY_HAND = tuple(kind for kind in Kind if kind != Kind.PING)
"""What a subscription may name; a test goes to every subscription that asks for one."""


def kind_of(verb: str, after: Mapping[str, Any] | None) -> Kind | None:
    """What an event of the trail is told as; None for one that is not told.

    A clock that ran out is the missed promise if it is the one the consumer was promised, whether the claim
    went up with it or not; of the other clocks only the way up is told.
    """
    kind = MADE_FROM.get(verb)
    if kind in (Kind.CLAIM_ESCALATED, Kind.CLAIM_PROMISE_MISSED) and verb != "claim.handed_up":
        if (after or {}).get("clock") == Clock.HANDLING:
            return Kind.CLAIM_PROMISE_MISSED
        return Kind.CLAIM_ESCALATED if verb == "claim.climbed" else None
    return kind
