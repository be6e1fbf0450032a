"""How urgent and how far a claim is, as tones that go with words and shapes."""

from datetime import datetime

from aftersales.web.urgency import Urgency, urgency
from claims.models import Claim
from claims.models.compensation import CompensationState
from claims.rules.status import OPEN, Status
from claims.rules.visits import VisitState

STATUS_TONES = {
    Status.SUBMITTED: "warn",
    Status.ACCEPTED: "info",
    Status.IN_PROGRESS: "info",
    Status.WAITING: "wait",
    Status.RESOLVED: "good",
    Status.CLOSED: "neutral",
    Status.REJECTED: "bad",
    Status.WITHDRAWN: "neutral",
    Status.MERGED: "neutral",
}
STATE_TONES = {
    CompensationState.PROPOSED: "warn",
    CompensationState.CHOSEN: "info",
    CompensationState.APPROVED: "warn",
    CompensationState.EXECUTED: "good",
    CompensationState.REFUSED: "bad",
    CompensationState.VOIDED: "neutral",
}
VISIT_TONES = {
    VisitState.PLANNED: "info",
    VisitState.UNDER_WAY: "warn",
    VisitState.DONE: "good",
    VisitState.FAILED: "bad",
    VisitState.MOVED: "neutral",
    VisitState.CANCELLED: "neutral",
}


def mark(claims: list[Claim], now: datetime) -> list[Claim]:
    """Give every claim the tone of its state and, while it is open, its urgency."""
    for claim in claims:
        claim.tone = STATUS_TONES[Status(claim.status)]
        claim.urgency = urgency_of(claim.status, claim.next_due_at, now)
    return claims


def urgency_of(status: str, next_due_at: datetime, now: datetime) -> Urgency | None:
    """The urgency of a claim in a state; None when nobody has to act any more."""
    if status not in OPEN:
        return None
    return urgency(next_due_at, now, is_paused=status == Status.WAITING)
