"""Statements of the demonstration's providers, a complaint about a fee, and what a claim cost before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils import timezone

from aftersales.ops.demo.people import Staff
from claims.models import Contract, FeeComplaint, ProviderOrder, ProviderStatement
from claims.queries.figures import months_back
from claims.queries.statements import unsettled
from claims.services import fee_complaints, statements
from claims.services.cost_baselines import set_baseline
from stations.models import Party, ProviderDesk

DAY = timedelta(days=1)
COST_BEFORE_FEN = 860
SOURCE = "县商务局 2024 年抽样 150 单售后成本调查"


class Statements:
    """Writes as the claims officer prepares, the providers answer, and the manager pays."""

    def __init__(self, staff: Staff, *, now: datetime):
        self.staff, self.now = staff, now

    def write(self) -> Iterator[str]:
        """Yields what was written, for progress."""
        at = self.now - 370 * DAY
        set_baseline(
            county_code=self.staff.county_code,
            valid_from=timezone.localdate(at),
            cost_per_claim_fen=COST_BEFORE_FEN,
            source=SOURCE,
            by=self.staff.manager,
            now=at,
        )
        earlier, last, _present = months_back(timezone.localdate(self.now), 3)
        made = [
            told
            for month, tell in ((earlier, self._paid), (last, self._waiting))
            for told in map(tell, self._providers(), [month] * 2)
            if told
        ]
        yield f"statements of providers {len(made)}, complaints {FeeComplaint.objects.count()}"

    def _providers(self) -> list[Party]:
        rows = Contract.objects.filter(county_code=self.staff.county_code).select_related("provider")
        return [contract.provider for contract in rows.order_by("pk")]

    def _paid(self, provider: Party, month: date) -> ProviderStatement | None:
        """Two months ago: one fee was corrected, all was agreed to on paper and paid."""
        orders = self._orders(provider, month)
        if not orders:
            return None
        self._object(orders[0], fee_fen=orders[0].fee_fen + 2000)
        statement = self._prepare(provider, month)
        sent, _token = statements.send(statement=statement, by=self.staff.officer, now=self.now - 3 * DAY)
        agreed = statements.agree(
            statement=sent,
            total_fen=sent.total_fen,
            how="paper",
            by=self.staff.officer,
            now=self.now - 2 * DAY,
        )
        return statements.pay(
            statement=agreed,
            reference=f"FW{month:%y%m}-{provider.pk}",
            by=self.staff.manager,
            now=self.now,
        )

    def _waiting(self, provider: Party, month: date) -> ProviderStatement | None:
        """Last month: who has an account is asked for its word, the other objects to a fee by link."""
        orders = self._orders(provider, month)
        if not orders:
            return None
        statement = self._prepare(provider, month)
        sent, _token = statements.send(statement=statement, by=self.staff.officer, now=self.now - 2 * DAY)
        if not ProviderDesk.objects.filter(provider=provider).exists():
            self._object(orders[-1])
        return sent

    def _orders(self, provider: Party, month: date) -> list[ProviderOrder]:
        rows = unsettled(self.staff.county_code, month).filter(provider=provider, state="done")
        return list(rows.order_by("ended_at", "pk"))

    def _prepare(self, provider: Party, month: date) -> ProviderStatement:
        return statements.prepare(
            provider=provider,
            county_code=self.staff.county_code,
            month=month,
            by=self.staff.officer,
            now=self.now - 4 * DAY,
        )

    def _object(self, order: ProviderOrder, *, fee_fen: int | None = None) -> None:
        """A complaint through the link; answered by the manager where the fee is given."""
        complaint = fee_complaints.file(
            order=order,
            claimed_fen=order.fee_fen + 3000,
            text="山路塌方绕行二十公里，里程算少了。",
            by=None,
            now=self.now - 5 * DAY if fee_fen else self.now - DAY,
        )
        if fee_fen:
            fee_complaints.answer(
                complaint=complaint,
                fee_fen=fee_fen,
                answer="已核对道路封闭公告，按实际里程补足。",
                by=self.staff.manager,
                now=self.now - 4 * DAY,
            )
