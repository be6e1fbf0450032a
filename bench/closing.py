"""The close of a month with many movements: figures, digests and the check of every one of them."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from aftersales.accounts.models import User, system_user
from aftersales.audit.trail import system_scope
from bench.measures import Measure
from claims.models import Account, Fund, Movement
from claims.models.fund import AccountKind, FundKind, MovementKind
from claims.queries import fund_months as reading
from claims.queries.fund import facts_of
from claims.rules.fund import digest
from claims.rules.fund_months import next_month
from claims.services import fund as funds
from claims.services import fund_months, ledger
from stations.models import Party

MOVEMENTS = 50_000
PARTIES = 40
BATCH = 5_000
AMOUNT_FEN = 1_234
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTH = date(2026, 3, 1)


def measure(county_code: str) -> list[Measure]:
    """Seconds to close the month once, and to work the closed month out again."""
    by = system_user()
    with system_scope("measure the close of a month"):
        fund = _filled(county_code, by=by)
        now = datetime.combine(next_month(MONTH), datetime.min.time(), SHANGHAI) + timedelta(hours=1)
        started = time.perf_counter()
        closed = fund_months.close_month(fund=fund, first_day=MONTH, by=by, now=now)
        first = time.perf_counter() - started
        started = time.perf_counter()
        again = fund_months.close_month(fund=fund, first_day=MONTH, by=by, now=timezone.now())
        second = time.perf_counter() - started
    same = "identical" if (again.pk, again.digest) == (closed.pk, closed.digest) else "DIFFERENT"
    return [
        Measure("month close of a fund", "s", 10, 5, ours=[first], note=f"{closed.count} movements"),
        Measure("the same month closed again", "s", 10, 5, ours=[second], note=same),
    ]


def _filled(county_code: str, *, by: User) -> Fund:
    """A mediation fund that was opened in the month, with one deposit and payouts for many parties."""
    opened_at = datetime.combine(MONTH, datetime.min.time(), SHANGHAI)
    fund = funds.open_fund(
        county_code=county_code, kind=FundKind.MEDIATION, name="调解基金", by=by, now=opened_at
    )
    cash, budget = (ledger.account(fund, kind) for kind in (AccountKind.CASH, AccountKind.BUDGET))
    parties = list(Party.objects.order_by("pk")[:PARTIES])
    owed = [ledger.account(fund, AccountKind.ADVANCES, party=party) for party in parties]
    rows = [_movement(fund, MovementKind.DEPOSIT, cash, budget, AMOUNT_FEN * MOVEMENTS, 0, by)]
    rows += [
        _movement(fund, MovementKind.ADVANCE, owed[number % len(owed)], cash, AMOUNT_FEN, number, by)
        for number in range(1, MOVEMENTS)
    ]
    with transaction.atomic():
        Movement.objects.bulk_create(rows, batch_size=BATCH)
        _balance(cash, AMOUNT_FEN)
        _balance(budget, AMOUNT_FEN * MOVEMENTS)
        for place, account in enumerate(owed):
            _balance(account, AMOUNT_FEN * len(range(place or len(owed), MOVEMENTS, len(owed))))
    assert reading.next_to_close(fund) == MONTH
    return fund


def _movement(fund: Fund, kind: str, debit: Account, credit: Account, fen: int, number: int, by) -> Movement:
    movement = Movement(
        fund=fund,
        county_code=fund.county_code,
        kind=kind,
        debit=debit,
        credit=credit,
        amount_fen=fen,
        business_key=f"bench:closing:{number}",
        by=by,
        at=fund.created_at + timedelta(seconds=50 * number),
    )
    movement.digest = digest(facts_of(movement))
    return movement


def _balance(account: Account, balance_fen: int) -> None:
    Account.objects.filter(pk=account.pk).update(balance_fen=balance_fen)
