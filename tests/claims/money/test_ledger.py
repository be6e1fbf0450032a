"""Movements: balanced by construction, once per key, never changed; hostile amounts and statements."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Account, Movement
from claims.models.fund import AccountKind, MovementKind
from claims.queries.fund import facts_of
from claims.rules.fund import digest
from claims.services import fund, ledger
from tests.claims.money.cases import XIUWEN, balances, fill, read
from tests.factories import NOW, make_fund, make_party, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=10_000, entered_by=cast.manager, confirmed_by=cast.officer)


def post(of, by, *, amount_fen=100, key="test:1", party=None, **fields):
    """Money out of the cash account towards a liable party."""
    return ledger.post(
        fund=of,
        kind=fields.pop("kind", MovementKind.ADVANCE),
        debit=fields.pop("debit", None) or ledger.account(of, AccountKind.ADVANCES, party=party),
        credit=fields.pop("credit", None) or ledger.account(of, AccountKind.CASH),
        amount_fen=amount_fen,
        business_key=key,
        by=by,
        now=NOW,
        **fields,
    )


def test_movement_moves_both_balances_and_is_told_in_the_history(cast, xiuwen_fund):
    party = make_party()
    with seeing_everything():
        movement = post(xiuwen_fund, cast.officer, amount_fen=2_500, party=party)

        debit, credit = movement.debit, movement.credit
        event = AuditEvent.objects.get(verb="movement.posted", object_id=str(movement.pk))
        assert (debit.kind, debit.party, credit.kind) == ("advances", party, "cash")
        assert (read(debit).balance_fen, read(credit).balance_fen) == (2_500, 7_500)
        assert event.after["digest"] == movement.digest == digest(facts_of(read(movement)))


def test_budget_grows_on_the_credit_side(xiuwen_fund):
    assert balances(xiuwen_fund) == {"cash": 10_000, "budget": 10_000, "advances": 0, "written_off": 0}


def test_same_key_and_content_is_the_first_movement_and_moves_nothing(cast, xiuwen_fund):
    with seeing_everything():
        first = post(xiuwen_fund, cast.officer)
        second = post(xiuwen_fund, cast.manager, note="sent again")

        assert second == first
        assert balances(xiuwen_fund)["cash"] == 9_900
        assert Movement.objects.filter(business_key="test:1").count() == 1


@pytest.mark.parametrize("change", [{"amount_fen": 101}, {"party": "other"}, {"kind": "write_off"}])
def test_same_key_with_other_content_is_refused(cast, xiuwen_fund, change):
    if "party" in change:
        change = {"party": make_party(name="other")}
    with seeing_everything():
        post(xiuwen_fund, cast.officer)
        with pytest.raises(Refused) as refused:
            post(xiuwen_fund, cast.officer, **change)

    assert refused.value.code == "key_used"
    assert balances(xiuwen_fund)["cash"] == 9_900


def test_last_fen_can_be_paid_and_not_one_more(cast, xiuwen_fund):
    with seeing_everything():
        with pytest.raises(Refused) as refused:
            post(xiuwen_fund, cast.officer, amount_fen=10_001)
        assert refused.value.code == "fund_empty"

        post(xiuwen_fund, cast.officer, amount_fen=10_000, key="test:2")

    assert balances(xiuwen_fund)["cash"] == 0


def test_no_account_but_cash_goes_below_zero_either(cast, xiuwen_fund):
    with seeing_everything(), pytest.raises(Refused) as refused:
        post(
            xiuwen_fund,
            cast.officer,
            debit=ledger.account(xiuwen_fund, AccountKind.WRITTEN_OFF),
            credit=ledger.account(xiuwen_fund, AccountKind.ADVANCES),
        )

    assert refused.value.code == "balance_short"


def test_accounts_of_two_funds_do_not_meet(cast, xiuwen_fund):
    other = make_fund("320324000000")
    with seeing_everything(), pytest.raises(ValueError, match="belong to its fund"):
        post(xiuwen_fund, cast.officer, credit=ledger.account(other, AccountKind.CASH))


HOSTILE = [
    0,
    -1,
    10**12 + 1,
    2**63,
    True,
    None,
    1.0,
    float("nan"),
    float("inf"),
    1e309,
    0.005,
    Decimal("100"),
    Decimal("NaN"),
    "100",
    "１００",
    "1,000",
]


def test_only_whole_fen_above_zero_are_booked(cast, xiuwen_fund):
    told = []
    with seeing_everything():
        for amount in HOSTILE:
            for call in (
                lambda amount: post(xiuwen_fund, cast.officer, amount_fen=amount),
                lambda amount: fund.propose_deposit(
                    fund=xiuwen_fund, amount_fen=amount, reference="B-2", by=cast.manager, now=NOW
                ),
            ):
                with pytest.raises(Refused) as refused:
                    call(amount)
                told.append(refused.value.code)

        assert told == ["amount_invalid"] * 2 * len(HOSTILE)
        assert Movement.objects.count() == 1


TABLE = Movement._meta.db_table
STATEMENTS = {
    "orm update": lambda row: Movement.objects.filter(pk=row.pk).update(amount_fen=1),
    "orm delete": lambda row: Movement.objects.filter(pk=row.pk).delete(),
    "orm save": lambda row: save_changed(row),
    "orm bulk update": lambda row: Movement.objects.bulk_update([changed(row)], ["amount_fen"]),
    "update": lambda row: run(f"UPDATE {TABLE} SET note = 'x' WHERE id = {row.pk}"),
    "delete": lambda row: run(f"DELETE FROM {TABLE} WHERE id = {row.pk}"),
    "replace or upsert": lambda row: run(UPSERT[connection.vendor].format(pk=row.pk)),
    "truncate": lambda row: run(TRUNCATE[connection.vendor]),
}
COLUMNS = ", ".join(field.column for field in Movement._meta.local_concrete_fields)
UPSERT = {
    "sqlite": f"INSERT OR REPLACE INTO {TABLE} ({COLUMNS}) SELECT {COLUMNS} FROM {TABLE} WHERE id = {{pk}}",
    "postgresql": f"INSERT INTO {TABLE} ({COLUMNS}) SELECT {COLUMNS} FROM {TABLE} WHERE id = {{pk}} "
    "ON CONFLICT (id) DO UPDATE SET note = 'x'",
}
TRUNCATE = {
    "sqlite": f"DELETE FROM {TABLE}",
    "postgresql": f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {TABLE} CASCADE",
}


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def changed(row):
    row.amount_fen = 1
    return row


def save_changed(row):
    changed(row).save()


def test_movement_never_changes_or_vanishes(cast, xiuwen_fund):
    with seeing_everything():
        row = Movement.objects.get()
        for statement in STATEMENTS.values():
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                statement(row)
            row = Movement.objects.get()

        assert (row.amount_fen, row.note, len(STATEMENTS)) == (10_000, "B-1", 8)


def test_account_and_limits_are_held_by_the_table_as_well(cast, xiuwen_fund):
    with seeing_everything():
        with pytest.raises(DatabaseError), transaction.atomic():
            Account.objects.filter(fund=xiuwen_fund).update(balance_fen=-1)
        with pytest.raises(DatabaseError), transaction.atomic():
            run(f"UPDATE {Account._meta.db_table} SET balance_fen = balance_fen - 10001")

    assert balances(xiuwen_fund)["cash"] == 10_000
