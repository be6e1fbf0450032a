"""What must hold for debts and demands at every moment. docs/rules/recovery.md, section 7.

As in `invariants`: one sentence per violation, in a scope that reaches everything.
"""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import F, Q, Sum

from claims.models import Account, Advance, AdvanceDispute, BankReceipt, Demand, DemandLine, Movement
from claims.models.fund import AccountKind, MovementKind
from claims.models.recovery import DemandState, DisputeState, LineOutcome

STILL_OPEN = F("amount_fen") - F("recovered_fen") - F("written_off_fen")


def violations() -> Iterator[str]:
    """Every violation of every check, in a fixed order; nothing on healthy data."""
    for check in (debts, demands, receipts):
        yield from check()


def debts() -> Iterator[str]:
    """The account of a party holds what is open on the advances that it owes."""
    due = {
        (row["fund"], row["party"]): row["open"]
        for row in Advance.objects.filter(reversed_at__isnull=True)
        .order_by()
        .values("fund", "party")
        .annotate(open=Sum(STILL_OPEN))
    }
    accounts = Account.objects.filter(kind=AccountKind.ADVANCES).order_by("pk")
    for pk, fund, party, balance in accounts.values_list("pk", "fund_id", "party_id", "balance_fen"):
        owed = due.pop((fund, party), 0)
        if balance != owed:
            yield f"account {pk}: holds {balance} fen, the party's advances are open by {owed}"
    for (fund, party), owed in due.items():
        if owed:
            yield f"fund {fund}: party {party} owes {owed} fen on no account"


def demands() -> Iterator[str]:
    """A demand is settled when nothing on it is open any more, disputed while something on it is, and a line
    that is running names an advance of the demand's party on which something is open."""
    disputed = set(
        AdvanceDispute.objects.filter(state=DisputeState.OPEN).values_list("advance_id", flat=True)
    )
    running = defaultdict(list)
    lines = DemandLine.objects.filter(outcome="").select_related("advance", "demand").order_by("pk")
    for line in lines.iterator(chunk_size=2000):
        running[line.demand_id].append(line.advance_id)
        if not line.advance.open_fen:
            yield f"demand line {line.pk}: still asked for, but nothing is open"
        if line.advance.party_id != line.demand.party_id:
            yield f"demand line {line.pk}: asked of party {line.demand.party_id}, which does not owe it"
    for pk, state in Demand.objects.order_by("pk").values_list("pk", "state"):
        advances = running[pk]
        if not advances and state in (DemandState.SENT, DemandState.DISPUTED):
            yield f"demand {pk}: {state}, but no line is left"
        elif advances and state in (DemandState.PAID, DemandState.WITHDRAWN):
            yield f"demand {pk}: {state}, but lines are left"
        elif advances and (state == DemandState.DISPUTED) != bool(disputed.intersection(advances)):
            yield f"demand {pk}: {state}, its disputes say otherwise"
    settled = DemandLine.objects.filter(outcome=LineOutcome.SETTLED).filter(
        Q(advance__reversed_at__isnull=True),
        ~Q(advance__amount_fen=F("advance__recovered_fen") + F("advance__written_off_fen")),
    )
    in_another = set(DemandLine.objects.filter(outcome="").values_list("advance_id", flat=True))
    for pk, advance in settled.order_by("pk").values_list("pk", "advance_id"):
        if advance not in in_another:
            yield f"demand line {pk}: settled, but something is open"


def receipts() -> Iterator[str]:
    """A payment of a party is booked in full: a recovery of its part on each advance."""
    booked = {}
    rows = Movement.objects.filter(kind=MovementKind.RECOVERY, fund__receipts__isnull=False).distinct()
    for fund, note, advance, amount in rows.order_by().values_list(
        "fund_id", "note", "settles_id", "amount_fen"
    ):
        booked[fund, note, advance] = amount
    for receipt in BankReceipt.objects.order_by("pk"):
        due = dict(receipt.parts)
        found = {advance: booked.get((receipt.fund_id, receipt.reference, advance), 0) for advance in due}
        if found != due or sum(due.values()) != receipt.amount_fen:
            yield f"receipt {receipt.pk}: {receipt.amount_fen} fen received, {sum(found.values())} booked"
