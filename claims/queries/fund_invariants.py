"""What must hold for write-offs and closed months of funds. docs/rules/fund.md, section 9.

Each function yields one sentence per violation, for operators, and wants a scope that reaches everything.
"""

from collections.abc import Iterator
from datetime import UTC

from django.db.models import Sum

from claims.models import Advance, Fund, FundMonth, Movement, WriteOffLine
from claims.models.fund import MovementKind
from claims.models.write_offs import WriteOffState
from claims.queries import fund_months
from claims.rules.fund import write_off_key


def violations() -> Iterator[str]:
    """Every violation, in a fixed order; nothing on healthy data."""
    for check in (given_up, write_offs, months, shut):
        yield from check()


def given_up() -> Iterator[str]:
    """An advance holds as written off what its write-offs say that were not taken back."""
    booked = dict(
        Movement.objects.filter(kind=MovementKind.WRITE_OFF, reversed_by__isnull=True)
        .order_by()
        .values_list("settles_id")
        .annotate(sum=Sum("amount_fen"))
    )
    for pk, fen in Advance.objects.order_by("pk").values_list("pk", "written_off_fen"):
        if fen != booked.get(pk, 0):
            yield f"advance {pk}: {fen} fen written off, its write-offs {booked.get(pk, 0)}"


def write_offs() -> Iterator[str]:
    """A line of a write-off is booked once it is confirmed, by its amount, and not before."""
    booked = dict(
        Movement.objects.filter(kind=MovementKind.WRITE_OFF).values_list("business_key", "amount_fen")
    )
    rows = WriteOffLine.objects.order_by("pk").values_list("pk", "amount_fen", "write_off__state")
    for pk, amount, state in rows:
        moved = booked.pop(write_off_key(pk), None)
        if moved != (amount if state == WriteOffState.CONFIRMED else None):
            yield f"write-off line {pk}: {state}, but {moved or 0} fen booked"
    for key, amount in booked.items():
        yield f"movement {key}: {amount} fen written off without a write-off"


def months() -> Iterator[str]:
    """A closed month comes to what was closed, and follows the one before it without a gap."""
    following: dict[int, tuple] = {}
    for month in FundMonth.objects.select_related("fund").order_by("fund_id", "first_day"):
        if fund_months.differs(month):
            yield f"month {month} of fund {month.fund_id}: no longer comes to what was closed"
        due = following.get(month.fund_id, (month.first_day, ""))
        if due != (month.first_day, month.previous_digest):
            yield f"month {month} of fund {month.fund_id}: does not follow the month before"
        following[month.fund_id] = (fund_months.next_month(month.first_day), month.digest)


def shut() -> Iterator[str]:
    """A fund takes no bookings before the end of its last closed month, and takes them after it."""
    ends = {
        month.fund_id: fund_months.bounds(month.first_day)[1].astimezone(UTC)
        for month in FundMonth.objects.order_by("first_day")
    }
    for pk, closed_before in Fund.objects.order_by("pk").values_list("pk", "closed_before"):
        if closed_before != ends.get(pk):
            yield f"fund {pk}: closed before {closed_before}, its last month ends {ends.get(pk)}"
