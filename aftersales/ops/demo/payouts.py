"""How refunds of the demonstration reached people: two cash boxes, a bank file, and what did not arrive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from aftersales.ops.demo.people import Staff
from aftersales.ops.demo.words import Words
from claims.models import Payout
from claims.models.payouts import FailureReason
from claims.services import bank_accounts, cash_boxes, payout_batches, payouts
from stations.models import Station

FLOAT_FEN = 60_000
CAME_BACK = 7
"""So many refunds the platform could not pay back; all but the last got a bank account meanwhile."""
FIRST_FILE = 3
REASONS = (FailureReason.ORDER_UNKNOWN, FailureReason.NOT_COLLECTED, FailureReason.ORDER_UNKNOWN)
BANKS = ("贵州农信修文联社", "邮储银行谷堡营业所", "农业银行修文支行")


class Payouts:
    """Opens boxes, lets refunds come back, and pays them again by bank."""

    def __init__(self, staff: Staff, *, words: Words, now: datetime):
        self.staff, self.words, self.now = staff, words, now

    def write(self) -> Iterator[str]:
        """Cash boxes, payouts that came back and bank files; yields what was done."""
        stations = self.staff.stations[:2]
        for number, station in enumerate(stations):
            self._box(station, missing_fen=500 * number)
        yield f"cash boxes {len(stations)}"
        gone = [self._came_back(each, number) for number, each in enumerate(self._original())]
        days = [4] * FIRST_FILE + [2] * CAME_BACK
        again = [self._by_bank(each, days_ago) for each, days_ago in zip(gone[:-1], days, strict=False)]
        yield f"refunds that came back {len(gone)}, paid again {len(again)}"
        if again:
            self._file()
            yield "bank files 1"

    def _box(self, station: Station, *, missing_fen: int) -> None:
        agent, officer = self.staff.agents[station.pk], self.staff.officer
        day = self._noon(3)
        box = cash_boxes.open_box(station=station, by=self.staff.manager, now=day)
        cash = cash_boxes.hand_over(box=box, direction="out", amount_fen=FLOAT_FEN, by=officer, now=day)
        cash_boxes.receive(cash=cash, by=agent, now=day + timedelta(hours=2))
        cash_boxes.count(box=box, counted_fen=FLOAT_FEN, by=agent, now=self._noon(2))
        cash_boxes.count(
            box=box,
            counted_fen=FLOAT_FEN - missing_fen,
            reason="找零时少收了一张五元" if missing_fen else "",
            by=agent,
            now=self._noon(1),
        )

    def _original(self) -> list[Payout]:
        """Refunds that went back the way they were paid, the latest of all."""
        rows = Payout.objects.filter(fund=self.staff.fund, channel="original", state="confirmed")
        return list(rows.order_by("-made_at", "-id")[:CAME_BACK])

    def _came_back(self, payout: Payout, number: int) -> Payout:
        reason = REASONS[number % len(REASONS)]
        return payouts.fail(
            payout=payout, reason=reason, note="", by=self.staff.second_officer, now=self._noon(5)
        )

    def _by_bank(self, payout: Payout, days_ago: int) -> Payout:
        consumer = payout.claim.consumer
        digits = "".join(str(self.words.random.randrange(10)) for _each in range(10))
        bank_accounts.record(
            consumer=consumer,
            claim=payout.claim,
            bank=self.words.random.choice(BANKS),
            holder=self.words.person(),
            number=f"01{digits}",
            number_again=f"01{digits}",
            consent_how="spoken",
            by=payout.claim.filed_by,
            now=self._noon(days_ago),
        )
        return payouts.pay_again(
            payout=payout, channel="bank", by=self.staff.officer, now=self._noon(days_ago)
        )

    def _file(self) -> None:
        """The first transfers went into a file; one failed, one has no result yet, the others wait."""
        batch = payout_batches.make(
            fund=self.staff.fund,
            until=timezone.localdate(self._noon(3)),
            by=self.staff.officer,
            now=self._noon(2),
        )
        sent = list(Payout.objects.filter(batch=batch).order_by("id"))
        common = {"by": self.staff.officer, "now": self._noon(1)}
        payouts.confirm(payout=sent[0], reference=f"农信 {self._noon(1):%y%m%d}0088", **common)
        if len(sent) > 1:
            payouts.fail(payout=sent[1], reason=FailureReason.NAME_DIFFERS, note="户名不符", **common)

    def _noon(self, days_ago: int) -> datetime:
        return self.now - timedelta(days=days_ago, hours=1)
