"""Each invariant of money, with its guards and without: a test that cannot go red proves nothing.

A case acts and asserts. It passes as the system stands. With the service's guard taken out, the table still
refuses; with both taken out, the case goes red.
"""

from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from aftersales.audit import append_only
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.ops import jobs
from aftersales.web import idempotency
from claims.models import Account, Advance, Claim, Compensation, Deposit, Fund, Incentive, Movement, OrderLine
from claims.queries import decisions, invariants
from claims.queries import incentives as reading
from claims.services import (
    casework,
    compensation,
    fund,
    ledger,
    lines,
    recovery,
    remedies,
    reversals,
    transactions,
)
from tests.claims.follow_up_cases import rows, settle, successful
from tests.claims.money.cases import XIUWEN, choose, claim_with_photo, fill, proposed, read
from tests.factories import NOW, acting_as, make_line, seeing_everything

pytestmark = pytest.mark.django_db


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


@dataclass(frozen=True)
class Case:
    """An invariant: the act that tries it, what takes the service's guard out, what takes the table's out."""

    invariant: str
    act: Callable[[Books], None]
    without_service: Callable
    checks: tuple[tuple[type, str], ...] = ()
    uniques: tuple[tuple[type, str], ...] = ()


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


# What the code would be without its guards: the plain forms that lose.


def grant_as_chosen(patch):
    def grant(compensation):
        OrderLine._base_manager.filter(pk=compensation.claim.order_line_id).update(
            granted_fen=F("granted_fen") + compensation.amount_fen,
            bad_milli=F("bad_milli") + compensation.bad_milli,
        )
        return compensation.amount_fen

    patch.setattr(lines, "grant", grant)


def each_share_rounded_alone(patch):
    whole = lines.rule.cumulative_award
    alone = {"earlier_bad_milli": 0, "earlier_award_fen": 0}
    patch.setattr(lines.rule, "cumulative_award", lambda **figures: whole(**figures | alone))


def balance_without_condition(patch):
    def move(account, *, grows, movement):
        step = movement.amount_fen if grows else -movement.amount_fen
        Account._base_manager.filter(pk=account.pk).update(balance_fen=F("balance_fen") + step)

    patch.setattr(ledger, "_move_balance", move)


def paid_whatever_its_state(patch):
    numbers = count(1)

    def carry_out(current, *, by, now, **_rest):
        books = Fund._base_manager.get(county_code=current.county_code)
        ledger.post(
            fund=books,
            kind="advance",
            debit=ledger.account(books, "advances", party=current.claim.liable_party),
            credit=ledger.account(books, "cash"),
            amount_fen=current.payable_fen,
            business_key=f"test:{next(numbers)}",
            claim=current.claim,
            by=by,
            now=now,
        )
        return current

    patch.setattr(remedies, "carry_out", carry_out)


def every_key_is_new(patch):
    patch.setattr(idempotency, "_insert", lambda *_row: True)


def no_transaction(patch):
    patch.setattr(transactions, "_committed", lambda function, arguments: function(**arguments))


def attempts_uncounted(patch):
    patch.setattr(jobs, "_begin", lambda *_run: 1)
    patch.setattr(jobs, "_finish", lambda *_run: True)


def one_side_only(patch):
    balance = ledger._move_balance

    def move(account, *, grows, movement):
        if grows:
            balance(account, grows=grows, movement=movement)

    patch.setattr(ledger, "_move_balance", move)


def no_triggers(patch):
    append_only.remove(connection)


def reversed_without_a_look(patch):
    numbers = count(1)

    def reverse(*, movement, note, by, now):
        return ledger.post(
            fund=movement.fund,
            kind="reversal",
            debit=movement.credit,
            credit=movement.debit,
            amount_fen=movement.amount_fen,
            business_key=f"test:{next(numbers)}",
            reverses=movement,
            by=by,
            now=now,
        )

    patch.setattr(reversals, "reverse", reverse)


def recovered_without_a_look(patch):
    def recover(*, advance, amount_fen, reference, by, now):
        Advance._base_manager.filter(pk=advance.pk).update(recovered_fen=F("recovered_fen") + amount_fen)

    patch.setattr(recovery, "recover", recover)


def any_amount(patch):
    patch.setattr(ledger, "check_amount", lambda _amount: None)


def no_conflicts(patch):
    patch.setattr(decisions, "conflict_of", lambda *_of: None)


def confirmed_by_anybody(patch):
    def confirm(*, deposit, by, now):
        Deposit._base_manager.filter(pk=deposit.pk).update(
            state="confirmed", confirmed_by=by, confirmed_at=now
        )

    patch.setattr(fund, "confirm_deposit", confirm)


def whoever_is_closed_earns(patch):
    patch.setattr(reading, "without_incentive", lambda _now: Claim.objects.filter(status="closed"))
    patch.setattr(reading, "verdicts", _without_reasons(reading.verdicts))


def _without_reasons(verdicts):
    def all_earn(claims, *, now):
        return [replace(verdict, reasons=()) for verdict in verdicts(claims, now=now)]

    return all_earn


def nothing_told(patch):
    patch.setattr(ledger.trail, "record", lambda *_event, **_facts: None)


FOUR_EYES = (
    (Compensation, "compensation_four_eyes"),
    (Compensation, "compensation_asker_does_not_approve"),
)
AMOUNT_CHECKS = ((Movement, "movement_amount_positive"), (Account, "account_not_negative"))
LINE_CHECKS = ((OrderLine, "line_granted_within_paid"), (OrderLine, "line_bad_within_quantity"))
CASES = (
    Case("INV-01 line", one_line_for_two, grant_as_chosen, checks=LINE_CHECKS),
    Case("INV-02 share", thirds_make_a_whole, each_share_rounded_alone),
    Case(
        "INV-03 balance",
        more_than_there_is,
        balance_without_condition,
        checks=((Account, "account_not_negative"),),
    ),
    Case("INV-04 paid once", paid_twice, paid_whatever_its_state),
    Case("INV-05 one key", sent_twice, every_key_is_new),
    Case("INV-06 whole or absent", fault_in_the_middle, no_transaction),
    Case("INV-07 one effect", delivered_twice, attempts_uncounted),
    Case("INV-09 balanced", balances_follow_movements, one_side_only),
    Case("INV-10 append-only", rewritten, no_triggers),
    Case(
        "INV-11 reversed once",
        taken_back_twice,
        reversed_without_a_look,
        uniques=((Movement, "reverses_id"),),
    ),
    Case(
        "INV-11 recovered within",
        more_back_than_went_out,
        recovered_without_a_look,
        checks=((Advance, "advance_recovered_within"),),
    ),
    Case("INV-12 whole fen", part_of_a_fen, any_amount, checks=AMOUNT_CHECKS),
    Case("INV-13 four eyes", own_decision, no_conflicts, checks=FOUR_EYES),
    Case("INV-13 deposit", own_deposit, confirmed_by_anybody, checks=((Deposit, "deposit_four_eyes"),)),
    Case(
        "INV-14 earned once",
        earned_twice,
        whoever_is_closed_earns,
        uniques=((Incentive, "claim_id"), (Incentive, "order_line_id")),
    ),
    Case("INV-35 history", told_in_the_history, nothing_told),
)

BY_TABLE = [case for case in CASES if case.checks or case.uniques]


def _unique_names(cursor, uniques):
    for model, column in uniques:
        known = connection.introspection.get_constraints(cursor, model._meta.db_table)
        for name, facts in known.items():
            if facts["unique"] and facts["columns"] == [column]:
                yield model, name


@contextmanager
def table_lets_through(case: Case):
    """Take the table's own guards out for the length of a test; its rollback brings them back."""
    if connection.vendor == "sqlite":
        if case.uniques:
            pytest.skip("SQLite cannot drop a unique column; PostgreSQL shows it")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            try:
                yield
            finally:
                cursor.execute("PRAGMA ignore_check_constraints = OFF")
        return
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model, name in (*case.checks, *_unique_names(cursor, case.uniques)):
            cursor.execute(f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{name}"')
    yield


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.invariant)
def test_invariant_holds(cast, case):
    case.act(Books(cast))


@pytest.mark.parametrize("case", BY_TABLE, ids=lambda case: case.invariant)
def test_table_holds_where_the_service_would_not(cast, case, monkeypatch):
    books = Books(cast)
    case.without_service(monkeypatch)

    with suppress(IntegrityError):
        case.act(books)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.invariant)
def test_without_its_guards_the_invariant_breaks(cast, case, monkeypatch):
    books = Books(cast)
    case.without_service(monkeypatch)

    with table_lets_through(case), pytest.raises(AssertionError):
        case.act(books)
