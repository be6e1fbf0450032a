"""The books of the demonstration: a special fund, debts that are given up, months that are closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from aftersales.accounts.models import system_user
from aftersales.ops.demo.people import Staff
from claims.models import Advance, Fund
from claims.models.fund import FundKind
from claims.queries.fund import open_advances
from claims.services import fund as funds
from claims.services import fund_months, write_offs

SPECIAL_FEN = 800_000
GIVEN_UP = (
    ("商户已注销，清算无可执行财产", 2),
    ("包裹损毁责任无法认定，金额低于追偿成本", 1),
)
"""Why debts of a party are given up, and how many; the last of these waits for the manager."""


class Books:
    """Runs last: what is booked afterwards belongs to the present month."""

    def __init__(self, staff: Staff, *, now: datetime):
        self.staff, self.now = staff, now

    def write(self) -> Iterator[str]:
        """A second fund, write-offs and closed months; yields what was done."""
        self._special_fund()
        yield "special fund 1"
        yield f"write-offs {self._write_offs()}"
        yield f"months closed {len(fund_months.close_due(by=system_user(), now=self.now))}"

    def _special_fund(self) -> Fund:
        """Opened some weeks ago, filled once, and topped up by a deposit that waits for its second person."""
        opened_at = self.now - timedelta(days=45)
        name = self.staff.fund.name.replace("应急基金", "专项资金")
        special = funds.open_fund(
            county_code=self.staff.county_code,
            kind=FundKind.SPECIAL,
            name=name,
            by=self.staff.manager,
            now=opened_at,
        )
        for reference, fen, days in (("财专-01", SPECIAL_FEN, 44), ("财专-02", SPECIAL_FEN // 4, 0)):
            entered_at = self.now - timedelta(days=days, hours=6)
            deposit = funds.propose_deposit(
                fund=special, amount_fen=fen, reference=reference, by=self.staff.officer, now=entered_at
            )
            if days:
                funds.confirm_deposit(
                    deposit=deposit, by=self.staff.manager, now=entered_at + timedelta(hours=2)
                )
        return special

    def _write_offs(self) -> int:
        """Of the parties that owe least: those are not worth a court."""
        done, parties = 0, set()
        oldest = open_advances().filter(fund=self.staff.fund)
        for reason, count in GIVEN_UP:
            first = oldest.exclude(party__in=parties).exclude(party=None).first()
            if first is None:
                break
            parties.add(first.party_id)
            advances: list[Advance] = list(oldest.filter(party=first.party)[:count])
            entry = write_offs.propose(
                fund=self.staff.fund,
                advances=advances,
                reason=reason,
                by=self.staff.officer,
                now=self.now - timedelta(hours=20),
            )
            if (reason, count) != GIVEN_UP[-1]:
                write_offs.confirm(write_off=entry, by=self.staff.manager, now=self.now - timedelta(hours=3))
            done += 1
        return done
