"""What must hold for incentives at every moment. docs/rules/incentives.md, section 4.

Each function yields one sentence per violation and wants a scope that reaches everything.
"""

from collections.abc import Iterator

from django.db.models import F

from claims.models import Incentive, IncentiveBatch, Movement
from claims.models.fund import MovementKind
from claims.models.incentives import BatchState, IncentiveState
from claims.rules.incentives import incentive_key


def violations() -> Iterator[str]:
    """Every violation of every check, in a fixed order; nothing on healthy data."""
    for check in (payments, batches):
        yield from check()


def payments() -> Iterator[str]:
    """A paid incentive is one movement of its amount that was not taken back, and the reverse."""
    booked = dict(
        Movement.objects.filter(kind=MovementKind.INCENTIVE, reversed_by__isnull=True).values_list(
            "business_key", "amount_fen"
        )
    )
    rows = Incentive.objects.filter(state=IncentiveState.PAID).order_by("pk")
    for pk, claim, amount, line, own_line in rows.values_list(
        "pk", "claim_id", "amount_fen", "order_line_id", "claim__order_line_id"
    ):
        moved = booked.pop(incentive_key(claim), None)
        if moved != amount:
            yield f"incentive {pk}: {amount} fen paid, {moved or 0} fen booked"
        if line != own_line:
            yield f"incentive {pk}: its order line is another one than the claim's"
    for key, amount in booked.items():
        yield f"movement {key}: {amount} fen booked without a paid incentive"


def batches() -> Iterator[str]:
    """Nothing is left to be paid of a payment that was confirmed, and nothing belongs to a cancelled one."""
    left = Incentive.objects.filter(state=IncentiveState.DUE, batch__state=BatchState.CONFIRMED)
    for pk, batch in left.order_by("pk").values_list("pk", "batch_id"):
        yield f"incentive {pk}: not paid, but payment {batch} is confirmed"
    cancelled = IncentiveBatch.objects.filter(state=BatchState.CANCELLED, incentives__isnull=False)
    for pk in cancelled.order_by("pk").values_list("pk", flat=True).distinct():
        yield f"payment {pk}: cancelled, but still has incentives"
    foreign = Incentive.objects.filter(batch__isnull=False).exclude(
        county_code=F("batch__county_code"), month=F("batch__month")
    )
    for pk in foreign.order_by("pk").values_list("pk", flat=True):
        yield f"incentive {pk}: in a payment of another county or month"
