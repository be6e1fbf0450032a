"""How urgent and how far a claim is, as tones that go with words and shapes."""

from datetime import datetime, timedelta

from claims.models import Claim
from claims.models.compensation import CompensationState
from claims.rules.status import Status

SOON = timedelta(hours=4)

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


def due_tone(due: datetime, now: datetime) -> str:
    """bad once the time is over, warn in the last four hours, good before."""
    if due < now:
        return "bad"
    return "warn" if due - now <= SOON else "good"


def mark(claims: list[Claim], now: datetime) -> list[Claim]:
    """Give every claim the tones its row is drawn with."""
    for claim in claims:
        claim.tone = STATUS_TONES[Status(claim.status)]
        claim.due_tone = due_tone(claim.next_due_at, now) if claim.is_open else ""
    return claims
