"""What must hold for the fees of providers at every moment. docs/rules/providers.md, section "What holds".

Each function yields one sentence per violation and wants a scope that reaches everything.
"""

from collections.abc import Iterator

from django.db.models import Count, F, Sum

from claims.models import FeeComplaint, Movement, ProviderOrder, ProviderStatement
from claims.models.fund import MovementKind
from claims.queries.figures import month_bounds
from claims.rules.provider_orders import ComplaintState, StatementState
from claims.rules.statements import ENDED

FIRM = (StatementState.AGREED, StatementState.PAID)


def violations() -> Iterator[str]:
    """Every violation of every check, in a fixed order; nothing on healthy data."""
    for check in (sums, payments, orders, complaints):
        yield from check()


def sums() -> Iterator[str]:
    """A statement says how many orders it has and what their fees come to."""
    rows = ProviderStatement.objects.order_by("pk").annotate(
        orders_now=Count("orders"), fees_now=Sum("orders__fee_fen", default=0)
    )
    for pk, count, total, orders_now, fees_now in rows.values_list(
        "pk", "count", "total_fen", "orders_now", "fees_now"
    ):
        if (count, total) != (orders_now, fees_now):
            yield f"statement {pk}: {count} orders, {total} fen; its orders: {orders_now}, {fees_now} fen"


def payments() -> Iterator[str]:
    """A paid statement is one movement of its sum from its fund that was not taken back, and the reverse."""
    booked = {
        pk: (fund, amount)
        for pk, fund, amount in Movement.objects.filter(
            kind=MovementKind.PROVIDER_FEE, reversed_by__isnull=True
        ).values_list("pk", "fund_id", "amount_fen")
    }
    rows = ProviderStatement.objects.order_by("pk")
    for pk, state, fund, total, movement in rows.values_list(
        "pk", "state", "fund_id", "total_fen", "movement_id"
    ):
        if state == StatementState.PAID:
            paid_from, amount = booked.pop(movement, (fund, 0))
            if (paid_from, amount) != (fund, total):
                yield f"statement {pk}: {total} fen paid, {amount} fen booked"
        elif movement is not None:
            yield f"statement {pk}: {state}, but it names movement {movement}"
    for pk, (_fund, amount) in sorted(booked.items()):
        yield f"movement {pk}: {amount} fen of fees booked without a paid statement"


def orders() -> Iterator[str]:
    """An order on a statement has ended, by the end of the statement's month, for its provider and county."""
    rows = ProviderOrder.objects.filter(statement__isnull=False)
    foreign = rows.exclude(
        provider=F("statement__provider"), county_code=F("statement__county_code"), state__in=ENDED
    )
    for pk in foreign.order_by("pk").values_list("pk", flat=True):
        yield f"order {pk}: on a statement of another provider or county, or not ended"
    for pk, ended, month in rows.order_by("pk").values_list("pk", "ended_at", "statement__month"):
        if ended is None or ended >= month_bounds(month)[1]:
            yield f"order {pk}: on a statement of {month:%Y-%m}, but it ended later"


def complaints() -> Iterator[str]:
    """Nothing waits for an answer on a statement that both sides have agreed to; what was upheld is paid."""
    waiting = FeeComplaint.objects.filter(state=ComplaintState.OPEN, order__statement__state__in=FIRM)
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        yield f"complaint {pk}: open, but its statement is agreed to"
    latest: dict[int, tuple[int, int, int]] = {}
    answered = FeeComplaint.objects.exclude(state=ComplaintState.OPEN).order_by("answered_at", "pk")
    for pk, order, said, fee in answered.values_list("pk", "order_id", "fee_fen", "order__fee_fen"):
        latest[order] = (pk, said, fee)
    for pk, said, fee in sorted(latest.values()):
        if said != fee:
            yield f"complaint {pk}: answered with {said} fen, its order has {fee}"
