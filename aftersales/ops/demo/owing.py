"""What the demonstration's county has asked back from liable parties, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.ops.demo.people import Staff
from claims.models import Advance
from claims.models.recovery import DisputeState, Objection
from claims.queries import recovery as reading
from claims.services import advance_disputes, demands, recovery
from stations.models import Party

SENT_DAYS_AGO = (34, 20, 3)
"""When the parties that owe most were written to: one is overdue by now, one just so, one is not."""

LINES = 12
PAID_SHARE = 3
"""The second party has paid one part in so many."""


class Owing:
    """Writes to the parties that owe most, books a payment, and lets two of them object."""

    def __init__(self, staff: Staff, *, now: datetime):
        self.staff, self.now = staff, now

    def write(self) -> Iterator[str]:
        """Demands, a payment, disputes and the reminders that are due; yields what was done."""
        aged = [row for row in reading.ageing(self.staff.fund, self.now) if row.party_id]
        parties = [Party.objects.get(pk=row.party_id) for row in aged[: len(SENT_DAYS_AGO)]]
        sent = 0
        for party, days in zip(parties, SENT_DAYS_AGO, strict=False):
            sent += self._demand(party, self._noon(days))
        yield f"demands {sent}"
        if len(parties) > 1:
            yield f"payments {self._payment(parties[1])}"
        yield f"disputes {sum(self._dispute(party, number) for number, party in enumerate(parties[:2]))}"
        days_past = reversed(range(SENT_DAYS_AGO[0]))
        reminded = sum(demands.remind(by=system_user(), now=self._noon(days)) for days in days_past)
        yield f"reminders {reminded}"

    def _demand(self, party: Party, at: datetime) -> int:
        """A demand over what was open then, as far as it is open still."""
        old = reading.demandable(self.staff.fund, party).filter(advanced_at__lt=at)
        keys = list(old.values_list("pk", flat=True)[:LINES])
        if not keys:
            return 0
        demands.send(fund=self.staff.fund, party=party, advances=keys, by=self.staff.officer, now=at)
        return 1

    def _payment(self, party: Party) -> int:
        at = self._noon(8)
        open_fen = sum(each.open_fen for each in reading.advances_of(self.staff.fund, party)[:LINES])
        if open_fen < PAID_SHARE:
            return 0
        recovery.book_receipt(
            fund=self.staff.fund,
            party=party,
            amount_fen=open_fen // PAID_SHARE,
            reference=f"农商行 {at:%y%m%d}0417",
            by=self.staff.officer,
            now=at,
        )
        return 1

    def _dispute(self, party: Party, number: int) -> int:
        """The first party's objection is decided, the second one's waits."""
        advance: Advance | None = reading.advances_of(self.staff.fund, party).last()
        if advance is None:
            return 0
        at = self._noon(5)
        dispute = advance_disputes.raise_dispute(
            advance=advance,
            objection=(Objection.NO_FAULT, Objection.NOT_LIABLE)[number],
            text=("发货前抽检合格，有检测单", "包裹在运输途中受压，应由快递承担")[number],
            evidence=("出货检测单一份，扫描件存县中心", "快递破损登记截图")[number],
            by=self.staff.officer,
            now=at,
        )
        if number == 0:
            advance_disputes.decide(
                dispute=dispute,
                outcome=DisputeState.KEPT,
                reason="照片显示签收当天已腐烂，检测单为发货前三天",
                by=self.staff.manager,
                now=at + timedelta(days=1),
            )
        return 1

    def _noon(self, days_ago: int) -> datetime:
        """Noon some days ago, in Shanghai; never later than now."""
        day = timezone.localdate(self.now) - timedelta(days=days_ago)
        return min(self.now, timezone.make_aware(datetime.combine(day, time(12))))
