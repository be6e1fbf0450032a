"""The emergency funds while claims are drawn: what may still be paid out, and what was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from django.db.models import F

from aftersales.accounts.models import User
from aftersales.ops.volume.staging import insert, stage
from claims.models import Account, CompensationPolicy, Deposit, Fund, SpendingLimit
from claims.models.fund import AccountKind, FundKind, LimitKind, MovementKind
from claims.queries.fund import FACT_COLUMNS, facts
from claims.rules import fund as rules
from claims.services import fund as funds
from claims.services import ledger
from stations.models import Region

DEPOSIT_PER_CLAIM_FEN = 1_600
SMALLEST_DEPOSIT_FEN = 2_000_000


class _Limit(NamedTuple):
    fund_id: int
    county_code: str
    kind: str
    key: str
    limit_fen: int
    spent_fen: int


class Purse:
    """One county's fund; refunds are counted here first and written with their batch."""

    def __init__(
        self,
        county: Region,
        *,
        claims: int,
        policy: CompensationPolicy,
        liable: Iterable[int | None],
        people: tuple[User, User],
        now: datetime,
    ):
        self.limits = {
            LimitKind.STATION_DAY.value: policy.station_day_limit_fen,
            LimitKind.FUND_MONTH.value: policy.fund_month_limit_fen,
        }
        self.fund = Fund.objects.filter(
            county_code=county.code, kind=FundKind.EMERGENCY
        ).first() or funds.open_fund(
            county_code=county.code, name=f"{county.name}售后应急基金", by=people[1], now=now
        )
        self._fill(claims, people, now)
        self.cash = ledger.account(self.fund, AccountKind.CASH)
        self.cash.refresh_from_db()
        self.left_fen = self.cash.balance_fen
        self.spent = {
            (limit.kind, limit.key): limit.spent_fen for limit in SpendingLimit.objects.filter(fund=self.fund)
        }
        self.advances = {party: self._advances(party) for party in liable}
        self._moved: Counter = Counter()
        self._touched: set[tuple[str, str]] = set()

    def _fill(self, claims: int, people: tuple[User, User], now: datetime) -> None:
        officer, manager = people
        number = Deposit.objects.filter(fund=self.fund).count() + 1
        deposit = funds.propose_deposit(
            fund=self.fund,
            amount_fen=SMALLEST_DEPOSIT_FEN + claims * DEPOSIT_PER_CLAIM_FEN,
            reference=f"财拨-测算-{number}",
            by=officer,
            now=now,
        )
        funds.confirm_deposit(deposit=deposit, by=manager, now=now)

    def _advances(self, party_id: int | None) -> int:
        """The account of what a liable party owes."""
        account, _created = Account.objects.get_or_create(
            fund=self.fund,
            kind=AccountKind.ADVANCES,
            party_id=party_id,
            defaults={"county_code": self.fund.county_code},
        )
        return account.pk

    def pay(self, amount_fen: int, *, station_id: int, day: date, party_id: int | None) -> bool:
        """Count a refund, unless a limit of the day or the month, or the cash, forbids it."""
        keys = rules.day_key(station_id, day), rules.month_key(day)
        periods = tuple(zip(self.limits, keys, strict=True))
        if amount_fen > self.left_fen or any(
            self.spent.get(period, 0) + amount_fen > self.limits[period[0]] for period in periods
        ):
            return False
        for period in periods:
            self.spent[period] = self.spent.get(period, 0) + amount_fen
        self._touched.update(periods)
        self.left_fen -= amount_fen
        self._moved[self.advances[party_id]] += amount_fen
        self._moved[self.cash.pk] -= amount_fen
        return True

    def digest(self, *, claim_id: int, amount_fen: int, party_id: int | None, by: int, at: int) -> str:
        """The signature of the movement that pays this refund."""
        columns = dict.fromkeys(FACT_COLUMNS)
        columns |= {
            "fund_id": self.fund.pk,
            "county_code": self.fund.county_code,
            "kind": MovementKind.ADVANCE.value,
            "debit_id": self.advances[party_id],
            "credit_id": self.cash.pk,
            "amount_fen": amount_fen,
            "business_key": rules.payout_key(claim_id, 1),
            "claim_id": claim_id,
            "note": "",
            "by_id": by,
            "at": datetime.fromtimestamp(at, UTC),
        }
        return rules.digest(facts(columns))

    def take_changes(self) -> tuple[Counter, list[_Limit]]:
        """How much each account has moved, and the limits that were drawn on, since the last time."""
        touched = [
            _Limit(self.fund.pk, self.fund.county_code, kind, key, self.limits[kind], self.spent[kind, key])
            for kind, key in self._touched
        ]
        moved, self._moved = self._moved, Counter()
        self._touched = set()
        return moved, touched


class Changes(NamedTuple):
    """What a batch of refunds does to accounts and limits."""

    moved: Counter
    limits: list[_Limit]


def changes(purses: Iterable[Purse]) -> Changes:
    """What was drawn since the last time; it is handed out once."""
    found = Changes(Counter(), [])
    for purse in purses:
        moved, touched = purse.take_changes()
        found.moved.update(moved)
        found.limits.extend(touched)
    return found


def keep(cursor, changes: Changes) -> None:
    """Write balances and limits, inside the transaction of the refunds."""
    for account, moved_fen in sorted(changes.moved.items()):
        Account.objects.filter(pk=account).update(balance_fen=F("balance_fen") + moved_fen)
    stage(cursor, "volume_limit", _Limit, changes.limits)
    insert(
        cursor,
        SpendingLimit,
        "volume_limit WHERE true",
        on_conflict="(fund_id, kind, key) DO UPDATE SET spent_fen = excluded.spent_fen",
        **{name: name for name in _Limit._fields},
    )
