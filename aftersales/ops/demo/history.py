"""A year of claims that have ended, written in bulk: every row as the services would have left it.

`check_invariants` holds over what is written here just as over what the services write.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from aftersales.audit import trail
from aftersales.audit.models import AuditEvent
from aftersales.ops.demo.cases import Case, Cases
from aftersales.ops.demo.pace import moments
from claims.models import (
    Account,
    Advance,
    Claim,
    ClaimClock,
    Compensation,
    Consent,
    Coupon,
    Holding,
    Movement,
    Order,
    OrderLine,
    Payout,
    Reship,
    SpendingLimit,
)
from claims.models.fund import AccountKind, LimitKind, MovementKind
from claims.queries.fund import facts_of
from claims.rules import fund as fund_rules
from claims.rules.payouts import payout_number
from claims.services import ledger

BATCH = 500
RECOVERED_AFTER = timedelta(days=30)
RECOVERED_SHARE = 0.72
ARRIVES_AFTER = timedelta(days=2, hours=5)


class History:
    """Writes the past claims of one county."""

    def __init__(self, cases: Cases):
        self.cases, self.staff, self.words = cases, cases.staff, cases.words
        self.policy, self.spent = cases.policy, cases.spent

    def write(self, count: int, *, start: datetime, end: datetime) -> None:
        """Write `count` claims filed between two instants."""
        filed = moments(self.words, count, start, end)
        for first in range(0, len(filed), BATCH):
            with transaction.atomic():
                self._write_batch([self.cases.draw(at) for at in filed[first : first + BATCH]])
        with transaction.atomic():
            self._recover(end)

    def _write_batch(self, cases: list[Case]) -> None:
        Order.objects.bulk_create([case.order for case in cases])
        for case in cases:
            case.line.order = case.order
        OrderLine.objects.bulk_create([case.line for case in cases])
        for case in cases:
            case.claim.order_line = case.line
        Claim.objects.bulk_create([case.claim for case in cases])
        ClaimClock.objects.bulk_create([clock for case in cases for clock in case.clocks])
        for case in cases:
            case.holding.handler = case.claim.handler
        Holding.objects.bulk_create([case.holding for case in cases])
        for case in cases:
            case.consent.claim = case.claim
        Consent.objects.bulk_create([case.consent for case in cases])
        paid = [case for case in cases if case.compensation]
        for case in paid:
            case.compensation.claim = case.claim
            case.compensation.receipt_number = f"R{case.claim.number[2:]}"
        Compensation.objects.bulk_create([case.compensation for case in paid])
        for kind in (Coupon, Reship):
            rows = [case for case in paid if isinstance(case.remedy_row, kind)]
            for case in rows:
                case.remedy_row.compensation = case.compensation
            kind.objects.bulk_create([case.remedy_row for case in rows])
        movements = self._pay([case for case in paid if case.compensation.remedy == "refund"])
        self._write_events(cases, movements)

    def _pay(self, cases: list[Case]) -> list[Movement]:
        fund = self.staff.fund
        cash = ledger.account(fund, AccountKind.CASH)
        accounts = {
            party: ledger.account(fund, AccountKind.ADVANCES, party=party)
            for party in {case.claim.liable_party for case in cases}
        }
        movements = [
            Movement(
                fund=fund,
                county_code=fund.county_code,
                kind=MovementKind.ADVANCE,
                debit=accounts[case.claim.liable_party],
                credit=cash,
                amount_fen=case.compensation.amount_fen,
                business_key=fund_rules.payout_key(case.claim.pk, 1),
                claim=case.claim,
                by=case.compensation.executed_by,
                at=case.compensation.executed_at,
            )
            for case in cases
        ]
        self._book(movements)
        Advance.objects.bulk_create(
            Advance(
                claim=movement.claim,
                movement=movement,
                fund=fund,
                county_code=fund.county_code,
                party=movement.claim.liable_party,
                amount_fen=movement.amount_fen,
                advanced_at=movement.at,
            )
            for movement in movements
        )
        Payout.objects.bulk_create(
            self._arrived(case.compensation, movement)
            for case, movement in zip(cases, movements, strict=True)
        )
        self._keep_limits()
        return movements

    @staticmethod
    def _arrived(compensation: Compensation, movement: Movement) -> Payout:
        """The payout of a refund that reached the consumer long ago."""
        is_cash = compensation.payout_method == "cash"
        signed = {"signed_at": movement.at, "signed_by": movement.by}
        settled = {"settled_at": movement.at + ARRIVES_AFTER, "settled_by": movement.by}
        return Payout(
            compensation=compensation,
            claim=movement.claim,
            fund=movement.fund,
            station_id=compensation.station_id,
            county_code=compensation.county_code,
            channel=compensation.payout_method,
            number=payout_number(compensation.receipt_number, 1),
            amount_fen=movement.amount_fen,
            state="handed_over" if is_cash else "confirmed",
            movement=movement,
            made_by=movement.by,
            made_at=movement.at,
            **(signed if is_cash else settled),
        )

    def _book(self, movements: list[Movement]) -> None:
        """Write movements and move the balances by their sums."""
        for movement in movements:
            movement.digest = fund_rules.digest(facts_of(movement))
        Movement.objects.bulk_create(movements)
        change: Counter = Counter()
        for movement in movements:
            change[movement.debit_id] += movement.amount_fen
            change[movement.credit_id] -= movement.amount_fen
        for account, by in sorted(change.items()):
            Account.objects.filter(pk=account).update(balance_fen=F("balance_fen") + by)

    def _keep_limits(self) -> None:
        limits = {
            LimitKind.STATION_DAY: self.policy.station_day_limit_fen,
            LimitKind.FUND_MONTH: self.policy.fund_month_limit_fen,
        }
        SpendingLimit.objects.bulk_create(
            [
                SpendingLimit(
                    fund=self.staff.fund,
                    county_code=self.staff.county_code,
                    kind=kind,
                    key=key,
                    limit_fen=limits[kind],
                    spent_fen=spent,
                )
                for (kind, key), spent in self.spent.items()
            ],
            update_conflicts=True,
            unique_fields=["fund", "kind", "key"],
            update_fields=["spent_fen"],
        )

    def _recover(self, now: datetime) -> None:
        """Most of what is older than a month has come back from the merchants and logistics firms."""
        fund = self.staff.fund
        cash = ledger.account(fund, AccountKind.CASH)
        movements = []
        old = Advance.objects.filter(fund=fund, advanced_at__lt=now - RECOVERED_AFTER, recovered_fen=0)
        for advance in old.select_related("movement__debit", "claim").order_by("id"):
            if advance.party_id is None or self.words.random.random() > RECOVERED_SHARE:
                continue
            at = advance.advanced_at + timedelta(days=self.words.random.randrange(9, 30), hours=3)
            movements.append(
                Movement(
                    fund=fund,
                    county_code=fund.county_code,
                    kind=MovementKind.RECOVERY,
                    debit=cash,
                    credit=advance.movement.debit,
                    amount_fen=advance.amount_fen,
                    business_key=fund_rules.recovery_key(advance.pk, f"HK{at:%y%m%d}{advance.pk}"),
                    settles=advance,
                    claim=advance.claim,
                    by=self.staff.officer,
                    at=at,
                )
            )
        self._book(movements)
        Advance.objects.filter(pk__in=[movement.settles_id for movement in movements]).update(
            recovered_fen=F("amount_fen")
        )
        AuditEvent.objects.bulk_create(self._posted(movements), batch_size=BATCH)

    def _write_events(self, cases: list[Case], movements: list[Movement]) -> None:
        events = [
            trail.prepare(
                verb,
                by=by,
                obj=case.compensation if verb.startswith("compensation.") else case.claim,
                claim_id=case.claim.pk,
                before=before,
                after=after,
                reason=reason[0] if reason else "",
                at=at,
            )
            for case in cases
            for verb, by, at, before, after, *reason in case.events
        ]
        events.sort(key=lambda event: event.at)
        AuditEvent.objects.bulk_create([*events, *self._posted(movements)], batch_size=BATCH)

    @staticmethod
    def _posted(movements: list[Movement]) -> list[AuditEvent]:
        return [
            trail.prepare(
                "movement.posted",
                by=movement.by,
                obj=movement,
                after={
                    "kind": str(movement.kind),
                    "amount_fen": movement.amount_fen,
                    "debit": movement.debit_id,
                    "credit": movement.credit_id,
                    "digest": movement.digest,
                },
                at=movement.at,
            )
            for movement in movements
        ]
