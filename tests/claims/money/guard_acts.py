"""What tries the invariants of money, each asserted by the act that tries it."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.ops import jobs
from aftersales.web import idempotency
from claims.models import Advance, Compensation, Movement
from claims.queries import invariants
from claims.services import (
    casework,
    compensation,
    fund,
    ledger,
    recovery,
    reversals,
)
from tests.claims.follow_up_cases import rows, settle, successful
from tests.claims.money.cases import XIUWEN, choose, claim_with_photo, fill, proposed, read
from tests.factories import NOW, acting_as, make_line, seeing_everything


class Books:
    """A county with people and 1,000 yuan in its fund."""

    def __init__(self, cast):
        self.cast = cast
        self.fund = fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)

    def chosen(self, *, paid_fen=30_000, bad_milli=6_000, line=None, by=None) -> Compensation:
        """A refund that waits for an officer: above what the rule decides."""
        agent = by or self.cast.agent
        line = line or make_line(self.cast.guangcheng, paid_fen=paid_fen)
        claim = claim_with_photo(self.cast.guangcheng, filed_by=agent, line=line, bad_milli=bad_milli)
        with acting_as(agent):
            return choose(compensation.work_out(claim=claim, by=agent, now=NOW), by=agent)

    def paid(self) -> Compensation:
        return choose(proposed(self.cast.guangcheng, filed_by=self.cast.agent), by=self.cast.agent)


def nothing_is_wrong() -> None:
    with seeing_everything():
        assert list(invariants.violations()) == []


def one_line_for_two(books: Books) -> None:
    line = make_line(books.cast.guangcheng, paid_fen=30_000)
    for chosen in [books.chosen(line=line, bad_milli=12_000) for _each in range(2)]:
        with suppress(Refused), acting_as(books.cast.manager):
            compensation.approve(compensation=chosen, by=books.cast.manager, now=NOW)
    nothing_is_wrong()


def thirds_make_a_whole(books: Books) -> None:
    line = make_line(books.cast.guangcheng, paid_fen=100, quantity_milli=3_000)
    for _third in range(3):
        agent = books.cast.agent
        claim = claim_with_photo(books.cast.guangcheng, filed_by=agent, line=line, bad_milli=1_000)
        with acting_as(agent):
            proposal = compensation.work_out(claim=claim, by=agent, now=NOW)
            compensation.choose(
                compensation=proposal,
                remedy="refund",
                payout_method="cash",
                asked_how="phone",
                by=books.cast.officer,
                now=NOW,
            )
        with suppress(Refused), acting_as(books.cast.manager):
            compensation.approve(compensation=proposal, by=books.cast.manager, now=NOW)
    with seeing_everything():
        amounts = Compensation.objects.filter(claim__order_line=line).values_list("amount_fen", flat=True)
        assert sum(amounts) == 100


def more_than_there_is(books: Books) -> None:
    with seeing_everything():
        for number in range(2):
            with suppress(Refused):
                ledger.post(
                    fund=books.fund,
                    kind="advance",
                    debit=ledger.account(books.fund, "advances"),
                    credit=ledger.account(books.fund, "cash"),
                    amount_fen=60_000,
                    business_key=f"test:{number}",
                    by=books.cast.officer,
                    now=NOW,
                )
        assert read(ledger.account(books.fund, "cash")).balance_fen == 40_000


def paid_twice(books: Books) -> None:
    paid = books.paid()
    with suppress(Refused), acting_as(books.cast.officer):
        compensation.execute(compensation=paid, by=books.cast.officer, now=NOW)
    with seeing_everything():
        assert Movement.objects.filter(claim=paid.claim).count() == 1


def sent_twice(books: Books) -> None:
    effects = []

    def effect():
        effects.append(1)
        return idempotency.Answer.to(books.fund)

    for _time in range(2):
        idempotency.once(client="user:1", key="the-same-key", fingerprint="f", effect=effect)
    assert len(effects) == 1


def fault_in_the_middle(books: Books) -> None:
    proposal = proposed(books.cast.guangcheng, filed_by=books.cast.agent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(casework, "resolve", _fault)
        with suppress(ZeroDivisionError):
            choose(proposal, by=books.cast.agent)
    assert read(proposal).state == "proposed"
    with seeing_everything():
        assert not Movement.objects.filter(claim=proposal.claim).exists()


def delivered_twice(books: Books) -> None:
    effects = []
    work = jobs.job(lambda: effects.append(1), one_transaction=True)
    for _delivery in range(2):
        work(key="statement:2026-10")
    assert len(effects) == 1


def balances_follow_movements(books: Books) -> None:
    books.paid()
    nothing_is_wrong()


def rewritten(books: Books) -> None:
    with seeing_everything():
        before = Movement.objects.values_list("pk", "amount_fen").get()
        for statement in (Movement.objects.update, lambda **_changes: Movement.objects.all().delete()):
            with suppress(DatabaseError), transaction.atomic():
                statement(amount_fen=1)
        assert list(Movement.objects.values_list("pk", "amount_fen")) == [before]


def taken_back_twice(books: Books) -> None:
    paid = books.paid()
    with seeing_everything():
        movement = Movement.objects.select_related("fund", "debit", "credit").get(claim=paid.claim)
        for _time in range(2):
            with suppress(Refused):
                reversals.reverse(movement=movement, note="bounced", by=books.cast.manager, now=NOW)
        assert Movement.objects.filter(kind="reversal").count() == 1


def more_back_than_went_out(books: Books) -> None:
    paid = books.paid()
    with seeing_everything():
        advance = Advance.objects.get(claim=paid.claim)
        for number in range(2):
            with suppress(Refused):
                _recover(advance, advance.amount_fen, f"R-{number}", books.cast.officer)
        assert read(advance).recovered_fen <= advance.amount_fen
        nothing_is_wrong()


def part_of_a_fen(books: Books) -> None:
    with seeing_everything():
        for number, amount in enumerate((-1, 0, 1.5)):
            with suppress(Refused, ValueError):
                ledger.post(
                    fund=books.fund,
                    kind="advance",
                    debit=ledger.account(books.fund, "advances"),
                    credit=ledger.account(books.fund, "cash"),
                    amount_fen=amount,
                    business_key=f"test:{number}",
                    by=books.cast.officer,
                    now=NOW,
                )
        assert not Movement.objects.filter(kind="advance").exists()


def own_decision(books: Books) -> None:
    officer = books.cast.officer
    chosen = books.chosen(by=officer)
    with suppress(Refused), acting_as(officer):
        compensation.approve(compensation=chosen, by=officer, now=NOW)
    assert read(chosen).state == "chosen"


def own_deposit(books: Books) -> None:
    manager = books.cast.manager
    with seeing_everything():
        deposit = fund.propose_deposit(fund=books.fund, amount_fen=100, reference="B-2", by=manager, now=NOW)
        with suppress(Refused):
            fund.confirm_deposit(deposit=deposit, by=manager, now=NOW)
        assert read(deposit).state == "proposed"


def earned_twice(books: Books) -> None:
    agent, technician = books.cast.agent, books.cast.technician
    line = make_line(books.cast.guangcheng)
    with suppress(Refused):
        for _claim in range(2):
            successful(books.cast.guangcheng, handler=agent, caller=technician, line=line)
    for _run in range(2):
        settle(NOW + timedelta(days=9), by=books.cast.manager)
    assert len(rows()) == 1


def told_in_the_history(books: Books) -> None:
    with seeing_everything():
        movements = Movement.objects.count()
        told = AuditEvent.objects.filter(verb="movement.posted").count()
        paid = books.paid()
        reversals.reverse(
            movement=Movement.objects.get(claim=paid.claim), note="bounced", by=books.cast.manager, now=NOW
        )
        assert Movement.objects.count() == movements + 2
        posted = AuditEvent.objects.filter(verb="movement.posted")
        assert posted.count() == told + 2
        assert not posted.filter(actor_id__isnull=True).exists()


def _fault(**_arguments):
    raise ZeroDivisionError


def _recover(*arguments):
    advance, amount_fen, reference, by = arguments
    return recovery.recover(advance=advance, amount_fen=amount_fen, reference=reference, by=by, now=NOW)
