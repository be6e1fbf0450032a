"""What must hold for money at every moment, asked of the rows as they are. docs/rules/fund.md, section 9.

Each function yields one sentence per violation, for operators, and wants a scope that reaches everything.
"""

from collections import Counter
from collections.abc import Iterator

from django.db.models import F, Max, Q, Sum

from aftersales.audit.models import AuditEvent
from claims.models import Account, Advance, Compensation, Deposit, Fund, Movement, OrderLine, SpendingLimit
from claims.models.choices import StatusChoices
from claims.models.claims import OPEN_STATUSES
from claims.models.compensation import GOES_BACK, PAYS_MONEY, SENDS_GOODS, CompensationState, Remedy
from claims.models.fund import DepositState, MovementKind
from claims.queries import fund_invariants, incentive_invariants, recovery_invariants, statement_invariants
from claims.queries.fund import FACT_COLUMNS, facts
from claims.queries.limits import periods
from claims.rules.fund import GROWS_BY_CREDIT, deposit_key, digest, payout_key

GRANTED = (CompensationState.APPROVED, CompensationState.EXECUTED)


def violations() -> Iterator[str]:
    """Every violation of every check, in a fixed order; nothing on healthy data."""
    for check in (lines, accounts, funds, digests, payouts, advances, deposits, remedies, limits, claims):
        yield from check()
    yield from recovery_invariants.violations()
    yield from incentive_invariants.violations()
    yield from fund_invariants.violations()
    yield from statement_invariants.violations()


def lines() -> Iterator[str]:
    """An order line has granted exactly what its compensations count, and no more than was paid for it.

    A compensation keeps what counted as paid, with freight where its policy counts that. Repairs count 0.
    """
    granted = {
        row["claim__order_line_id"]: (row["fen"], row["milli"], row["paid"])
        for row in Compensation.objects.filter(state__in=GRANTED)
        .exclude(remedy=Remedy.REPAIR)
        .order_by()
        .values("claim__order_line_id")
        .annotate(fen=Sum("granted_fen"), milli=Sum("bad_milli"), paid=Max("paid_fen"))
    }
    kept = {
        pk: (fen, milli, paid, quantity)
        for pk, fen, milli, paid, quantity in OrderLine.objects.filter(
            Q(pk__in=granted) | Q(granted_fen__gt=0) | Q(bad_milli__gt=0)
        )
        .order_by("pk")
        .values_list("pk", "granted_fen", "bad_milli", "paid_fen", "quantity_milli")
    }
    for pk, (fen, milli, paid, quantity) in kept.items():
        *due, paid = granted.get(pk, (0, 0, paid))
        if [fen, milli] != due:
            yield f"order line {pk}: holds {fen} fen and {milli} bad, its compensations {due[0]} and {due[1]}"
        if fen > paid or milli > quantity:
            yield f"order line {pk}: {fen} of {paid} fen and {milli} of {quantity} granted"


def accounts() -> Iterator[str]:
    """The balance of an account is the sum of its movements and not below zero."""
    debits = _sums(Movement.objects.values("debit_id"), "debit_id")
    credits = _sums(Movement.objects.values("credit_id"), "credit_id")
    for pk, kind, balance in Account.objects.order_by("pk").values_list("pk", "kind", "balance_fen"):
        moved = debits.get(pk, 0) - credits.get(pk, 0)
        due = -moved if kind in GROWS_BY_CREDIT else moved
        if balance != due:
            yield f"account {pk}: balance {balance} fen, its movements say {due}"
        if balance < 0:
            yield f"account {pk}: balance {balance} fen is below zero"


def funds() -> Iterator[str]:
    """What a fund has, is owed and has given up or paid adds up to its budget and what it still owes."""
    sums: dict[int, Counter] = {}
    for fund, kind, balance in Account.objects.values_list("fund_id", "kind", "balance_fen"):
        sums.setdefault(fund, Counter())[kind] += balance
    for fund in Fund.objects.order_by("pk"):
        by_kind = sums.get(fund.pk, Counter())
        credits = sum(fen for kind, fen in by_kind.items() if kind in GROWS_BY_CREDIT)
        debits = sum(fen for kind, fen in by_kind.items() if kind not in GROWS_BY_CREDIT)
        if debits != credits:
            yield f"fund {fund.pk}: accounts hold {debits} fen of a budget of {credits}"


def digests() -> Iterator[str]:
    """A movement says what it said when it was booked, here and in the sealed history."""
    recorded = dict(
        AuditEvent.objects.filter(verb="movement.posted").order_by().values_list("object_id", "after__digest")
    )
    rows = Movement.objects.order_by("pk").values("pk", "digest", *FACT_COLUMNS)
    for row in rows.iterator(chunk_size=2000):
        pk, kept = row.pop("pk"), row.pop("digest")
        if kept != digest(facts(row)):
            yield f"movement {pk}: its digest does not fit what it says"
        if recorded.get(str(pk), kept) != kept:
            yield f"movement {pk}: history knows another digest"


def payouts() -> Iterator[str]:
    """A refund that was carried out is one payout of its amount that was not taken back, and the reverse.

    Unless the merchant has paid a return back itself.
    """
    paid = dict(
        Movement.objects.filter(kind=MovementKind.ADVANCE, reversed_by__isnull=True).values_list(
            "business_key", "amount_fen"
        )
    )
    refunds = Compensation.objects.filter(
        state=CompensationState.EXECUTED, remedy__in=PAYS_MONEY, merchant_refund__isnull=True
    ).annotate(due=F("amount_fen") + F("damages_fen"))
    for pk, claim, round_number, amount in refunds.order_by("pk").values_list(
        "pk", "claim_id", "round", "due"
    ):
        moved = paid.pop(payout_key(claim, round_number), None)
        if moved != amount:
            yield f"compensation {pk}: {amount} fen carried out, {moved or 0} fen paid"
    for key, amount in paid.items():
        yield f"movement {key}: {amount} fen paid without a compensation"


def advances() -> Iterator[str]:
    """An advance is its payout, closed when that was taken back, and recovered by its recoveries."""
    recovered = _sums(
        Movement.objects.filter(kind=MovementKind.RECOVERY, reversed_by__isnull=True).values("settles_id"),
        "settles_id",
    )
    rows = Advance.objects.order_by("pk").values_list(
        "pk", "amount_fen", "recovered_fen", "reversed_at", "movement__amount_fen", "movement__reversed_by"
    )
    for pk, amount, back, reversed_at, paid, counter_entry in rows:
        if amount != paid:
            yield f"advance {pk}: {amount} fen, its payout {paid}"
        if back != recovered.get(pk, 0):
            yield f"advance {pk}: {back} fen recovered, its recoveries {recovered.get(pk, 0)}"
        if (reversed_at is None) != (counter_entry is None):
            yield f"advance {pk}: closed without a counter-entry, or the reverse"
    for pk in Movement.objects.filter(kind=MovementKind.ADVANCE, advance__isnull=True).values_list(
        "pk", flat=True
    ):
        yield f"movement {pk}: paid out without an advance"


def deposits() -> Iterator[str]:
    """A deposit is booked once it is confirmed, by its amount, and not before."""
    booked = dict(
        Movement.objects.filter(kind=MovementKind.DEPOSIT).values_list("business_key", "amount_fen")
    )
    for pk, amount, state in Deposit.objects.order_by("pk").values_list("pk", "amount_fen", "state"):
        due = amount if state == DepositState.CONFIRMED else None
        if booked.get(deposit_key(pk)) != due:
            yield f"deposit {pk}: {state}, but {booked.get(deposit_key(pk)) or 0} fen booked"


def remedies() -> Iterator[str]:
    """A coupon or goods sent again belong to a compensation that was carried out, and the reverse.

    Goods came back for every return and exchange. What was taken back belongs to none that counts.
    """
    carried_out = Compensation.objects.filter(state=CompensationState.EXECUTED).order_by("pk")
    for pk in (
        carried_out.filter(remedy=Remedy.COUPON)
        .exclude(coupon__value_fen=F("granted_fen"))
        .values_list("pk", flat=True)
    ):
        yield f"compensation {pk}: no coupon of the value that was granted"
    for pk in (
        carried_out.filter(remedy__in=SENDS_GOODS)
        .exclude(reship__taken_back_at__isnull=True, reship__isnull=False)
        .values_list("pk", flat=True)
    ):
        yield f"compensation {pk}: nothing was sent again"
    for pk in carried_out.filter(remedy__in=GOES_BACK, goods_back__isnull=True).values_list("pk", flat=True):
        yield f"compensation {pk}: no goods came back for it"
    others = Compensation.objects.exclude(state=CompensationState.EXECUTED).filter(
        Q(coupon__isnull=False, coupon__taken_back_at__isnull=True)
        | Q(reship__isnull=False, reship__taken_back_at__isnull=True)
    )
    for pk in others.values_list("pk", flat=True):
        yield f"compensation {pk}: a remedy exists, but it was not carried out"


def limits() -> Iterator[str]:
    """A spending limit has counted the payouts of its period, less those taken back within it."""
    spent: Counter = Counter()
    rows = Movement.objects.filter(kind=MovementKind.ADVANCE).order_by()
    columns = ("fund_id", "claim__station_id", "by_id", "claim_id", "amount_fen", "at", "reversed_by__at")
    for fund, station, person, claim, *moved in rows.values_list(*columns).iterator(chunk_size=2000):
        amount, at, reversed_at = moved
        whose = {"station_id": station, "person_id": person, "claim_id": claim}
        back = set(periods(**whose, at=reversed_at)) if reversed_at else set()
        for period in periods(**whose, at=at):
            if period not in back:
                spent[fund, *period] += amount
    for pk, *period, counted, limit in SpendingLimit.objects.order_by("pk").values_list(
        "pk", "fund_id", "kind", "key", "spent_fen", "limit_fen"
    ):
        if counted != spent[tuple(period)]:
            yield f"limit {pk}: counted {counted} fen, paid out {spent[tuple(period)]}"
        if counted > limit:
            yield f"limit {pk}: {counted} fen of {limit}"


def claims() -> Iterator[str]:
    """A claim that has ended has nothing left to choose, decide or carry out, and the reverse."""
    waiting = (CompensationState.PROPOSED, CompensationState.CHOSEN, CompensationState.APPROVED)
    left = Compensation.objects.filter(state__in=waiting).exclude(claim__status__in=OPEN_STATUSES)
    for pk, number in left.order_by("pk").values_list("pk", "claim__number"):
        yield f"compensation {pk}: still open, but claim {number} has ended"
    done = Compensation.objects.filter(
        state=CompensationState.EXECUTED, round=F("claim__round"), claim__status__in=OPEN_STATUSES
    )
    for pk, number in done.order_by("pk").values_list("pk", "claim__number"):
        yield f"compensation {pk}: carried out, but claim {number} is still open"
    undecided = Compensation.objects.filter(state=CompensationState.REFUSED, round=F("claim__round")).exclude(
        claim__status=StatusChoices.REJECTED
    )
    for pk, number in undecided.order_by("pk").values_list("pk", "claim__number"):
        yield f"compensation {pk}: refused, but claim {number} is not"


def _sums(rows, key: str) -> dict[int, int]:
    return {row[key]: row["sum"] for row in rows.order_by().annotate(sum=Sum("amount_fen"))}
