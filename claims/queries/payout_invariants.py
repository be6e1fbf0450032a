"""What must hold for payouts and cash boxes at every moment. docs/rules/payouts.md, section 6.

Each function yields one sentence per violation, for operators, and wants a scope that reaches everything.
"""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from claims.models import (
    Account,
    CashBox,
    CashCount,
    CashFloat,
    Fund,
    Movement,
    Payout,
    PayoutBatch,
)
from claims.models.compensation import CompensationState
from claims.models.fund import AccountKind, MovementKind
from claims.rules.payouts import CAME_BACK, PayoutState


def violations() -> Iterator[str]:
    """Every violation of every check, in a fixed order; nothing on healthy data."""
    for check in (tries, amounts, owed, batches, boxes):
        yield from check()


def tries() -> Iterator[str]:
    """A payout that counts belongs to a compensation that counts, and its tries are numbered without gaps."""
    stray = Payout.objects.exclude(state=PayoutState.TAKEN_BACK).exclude(
        compensation__state=CompensationState.EXECUTED
    )
    for pk in stray.order_by("pk").values_list("pk", flat=True):
        yield f"payout {pk}: counts, but its compensation does not"
    broken = Payout.objects.values("compensation_id").annotate(number=Count("id")).order_by("compensation_id")
    last_tries = dict(Payout.objects.order_by("attempt").values_list("compensation_id", "attempt"))
    for row in broken:
        if last_tries[row["compensation_id"]] != row["number"]:
            yield f"compensation {row['compensation_id']}: the tries of its payout have gaps"


def amounts() -> Iterator[str]:
    """A try is worth its movement, and what came back the same."""
    wrong = Payout.objects.exclude(
        amount_fen=F("movement__amount_fen"),
        movement__claim_id=F("claim_id"),
        movement__kind__in=(MovementKind.ADVANCE, MovementKind.PAID_AGAIN),
    )
    for pk in wrong.order_by("pk").values_list("pk", flat=True):
        yield f"payout {pk}: its movement says something else"
    back = Payout.objects.filter(back__isnull=False).exclude(
        back__amount_fen=F("amount_fen"),
        back__debit_id=F("movement__credit_id"),
        back__kind=MovementKind.RETURNED,
    )
    for pk in back.order_by("pk").values_list("pk", flat=True):
        yield f"payout {pk}: came back with another booking than it went out with"
    for kind, name in (
        (MovementKind.ADVANCE, "payout"),
        (MovementKind.PAID_AGAIN, "payout"),
        (MovementKind.RETURNED, "payout_back"),
    ):
        lost = Movement.objects.filter(kind=kind, reversed_by__isnull=True, **{f"{name}__isnull": True})
        for pk in lost.order_by("pk").values_list("pk", flat=True):
            yield f"movement {pk}: {kind} without a payout"


def owed() -> Iterator[str]:
    """What a fund still owes to consumers is what came back and was not paid again."""
    later = Payout.objects.filter(
        compensation_id=OuterRef("compensation_id"), attempt__gt=OuterRef("attempt")
    )
    rows = Payout.objects.filter(state__in=sorted(CAME_BACK)).exclude(Exists(later)).order_by()
    due = dict(rows.values("fund_id").annotate(sum=Sum("amount_fen")).values_list("fund_id", "sum"))
    kept = dict(
        Account.objects.filter(kind=AccountKind.UNPAID).order_by().values_list("fund_id", "balance_fen")
    )
    for pk in Fund.objects.order_by("pk").values_list("pk", flat=True):
        if kept.get(pk, 0) != due.get(pk, 0):
            yield f"fund {pk}: owes consumers {kept.get(pk, 0)} fen, its payouts say {due.get(pk, 0)}"


def batches() -> Iterator[str]:
    """A bank file still orders what it ordered when it was made."""
    rows = PayoutBatch.objects.annotate(
        found=Count("payouts"), sum=Sum("payouts__amount_fen", default=0)
    ).exclude(found=F("count"), sum=F("total_fen"))
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        yield f"bank file {pk}: its transfers are not those it was made of"


def boxes() -> Iterator[str]:
    """Cash to and from boxes and differences of counts are booked once, by their amounts."""
    for pk in CashBox.objects.exclude(
        account__kind=AccountKind.CASH_BOX, account__station_id=F("station_id"), account__fund_id=F("fund_id")
    ).values_list("pk", flat=True):
        yield f"cash box {pk}: its account is another one's"
    moved = CashFloat.objects.filter(movement__isnull=False)
    for pk in moved.exclude(movement__amount_fen=F("amount_fen")).values_list("pk", flat=True):
        yield f"cash handed over {pk}: booked with another amount"
    booked = CashCount.objects.filter(movement__isnull=False)
    fitting = Q(movement__amount_fen=F("book_fen") - F("counted_fen")) | Q(
        movement__amount_fen=F("counted_fen") - F("book_fen")
    )
    for pk in booked.exclude(fitting).values_list("pk", flat=True):
        yield f"cash count {pk}: another difference was booked"
