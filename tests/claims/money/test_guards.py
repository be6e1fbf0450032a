"""Each invariant of money, with its guards and without: a test that cannot go red proves nothing.

A case acts and asserts. It passes as the system stands. With the service's guard taken out, the table still
refuses; with both taken out, the case goes red.
"""

from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count

import pytest
from django.db import IntegrityError, connection
from django.db.models import F

from aftersales.audit import append_only
from aftersales.ops import jobs
from aftersales.web import idempotency
from claims.models import Account, Advance, Claim, Compensation, Deposit, Fund, Incentive, Movement, OrderLine
from claims.queries import decisions
from claims.queries import incentives as reading
from claims.services import (
    fund,
    ledger,
    lines,
    recovery,
    remedies,
    reversals,
    transactions,
)
from tests.claims.money.guard_acts import (
    Books,
    balances_follow_movements,
    delivered_twice,
    earned_twice,
    fault_in_the_middle,
    more_back_than_went_out,
    more_than_there_is,
    one_line_for_two,
    own_decision,
    own_deposit,
    paid_twice,
    part_of_a_fen,
    rewritten,
    sent_twice,
    taken_back_twice,
    thirds_make_a_whole,
    told_in_the_history,
)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Case:
    """An invariant: the act that tries it, what takes the service's guard out, what takes the table's out."""

    invariant: str
    act: Callable[[Books], None]
    without_service: Callable
    checks: tuple[tuple[type, str], ...] = ()
    uniques: tuple[tuple[type, str], ...] = ()


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
