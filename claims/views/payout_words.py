"""How a payout looks in lists: its tone, and how long it has been waiting."""

from datetime import datetime

from django.utils import timezone

from claims.models import Claim, Payout
from claims.queries import payouts as reading
from claims.rules.payouts import PayoutState

TONES = {
    PayoutState.HANDED_OVER: "good",
    PayoutState.CONFIRMED: "good",
    PayoutState.FAILED: "bad",
    PayoutState.RETURNED: "bad",
    PayoutState.TAKEN_BACK: "neutral",
}
"""Everything else is on its way."""


def mark(payout: Payout, now: datetime) -> Payout:
    """Give a payout its tone, and the days it has been waiting where somebody waits for it."""
    payout.tone = TONES.get(PayoutState(payout.state), "wait")
    payout.days = reading.days_since(payout, now) if payout.came_back or payout.is_under_way else None
    return payout


def marked_payouts(claim: Claim) -> list[Payout]:
    """Every try to pay a claim, the last first, as parts/payouts.html shows them."""
    now = timezone.now()
    return [mark(payout, now) for payout in reading.of_claim(claim)]
