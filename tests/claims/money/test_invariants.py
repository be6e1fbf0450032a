"""check_invariants is silent on healthy books and names every row that was tampered with."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from aftersales.audit import append_only
from claims.models import Account, Advance, Claim, Compensation, Deposit, Movement, OrderLine, SpendingLimit
from claims.services import fund, recovery, reversals
from tests.claims.money.cases import XIUWEN, choose, fill, proposed
from tests.factories import NOW, seeing_everything


@pytest.fixture
def books(transactional_db):
    """One refund paid and partly recovered, one taken back, one coupon, one deposit that waits."""
    from tests.cast import make_cast

    cast = make_cast()
    county_fund = fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    paid, gone, _coupon = (
        choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent, remedy=remedy)
        for remedy in ("refund", "refund", "coupon")
    )
    with seeing_everything():
        recovery.recover(
            advance=Advance.objects.get(claim=paid.claim),
            amount_fen=100,
            reference="R-1",
            by=cast.officer,
            now=NOW,
        )
        reversals.reverse(
            movement=Movement.objects.get(claim=gone.claim), note="bounced", by=cast.manager, now=NOW
        )
        fund.propose_deposit(fund=county_fund, amount_fen=1, reference="B-2", by=cast.manager, now=NOW)
        yield paid


def check(capsys) -> list[str]:
    """The lines of the command; whether it failed has to agree with them."""
    try:
        call_command("check_invariants")
    except CommandError as error:
        lines = capsys.readouterr().out.splitlines()
        assert str(error) == f"violations {len(lines)}"
        return lines
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["violations 0"]
    return []


def test_every_tampered_row_is_named(books, capsys):
    """One test for all, since each needs the whole books and no row of one stands in the way of another."""
    assert check(capsys) == []

    append_only.remove(connection)
    movement = Movement.objects.get(kind="advance", claim=books.claim)
    advance = Advance.objects.get(claim=books.claim)
    coupon = Compensation.objects.get(remedy="coupon")
    cash = Account.objects.get(kind="cash")
    deposit = Deposit.objects.get(state="proposed")
    limit = SpendingLimit.objects.get(kind="station_day")

    found = {}
    for name, rows, change in [
        ("line", OrderLine.objects.filter(pk=books.claim.order_line_id), {"granted_fen": 601}),
        ("account", Account.objects.filter(pk=cash.pk), {"balance_fen": cash.balance_fen + 1}),
        ("movement", Movement.objects.filter(pk=movement.pk), {"note": "x"}),
        ("amount", Compensation.objects.filter(pk=books.pk), {"amount_fen": 599}),
        ("advance", Advance.objects.filter(pk=advance.pk), {"recovered_fen": 101}),
        ("deposit", Deposit.objects.filter(pk=deposit.pk), {"state": "confirmed"}),
        ("coupon", Compensation.objects.filter(pk=coupon.pk), {"remedy": "reship"}),
        ("limit", SpendingLimit.objects.filter(pk=limit.pk), {"spent_fen": 1}),
        ("claim", Claim.objects.filter(pk=books.claim_id), {"status": "in_progress"}),
    ]:
        before = rows.values(*change).get()
        rows.update(**change)
        found[name] = [line for line in check(capsys) if not line.startswith("trigger ")]
        rows.update(**before)

    number, line = books.claim.number, books.claim.order_line_id
    assert found == {
        "line": [f"order line {line}: holds 601 fen and 3000 bad, its compensations 600 and 3000"],
        "account": [
            f"account {cash.pk}: balance 99501 fen, its movements say 99500",
            f"fund {cash.fund_id}: accounts hold 100001 fen of a budget of 100000",
        ],
        "movement": [f"movement {movement.pk}: its digest does not fit what it says"],
        "amount": [f"compensation {books.pk}: 599 fen carried out, 600 fen paid"],
        "advance": [
            f"advance {advance.pk}: 101 fen recovered, its recoveries 100",
            f"account {movement.debit_id}: holds 500 fen, the party's advances are open by 499",
        ],
        "deposit": [f"deposit {deposit.pk}: confirmed, but 0 fen booked"],
        "coupon": [f"compensation {coupon.pk}: nothing was sent again"],
        "limit": [f"limit {limit.pk}: counted 1 fen, paid out 600"],
        "claim": [
            f"compensation {books.pk}: carried out, but claim {number} is still open",
            f"claim {number}: open, with 0 open holdings",
        ],
    }


def test_missing_triggers_are_named(db, capsys):
    append_only.remove(connection)

    assert check(capsys) == [
        f"trigger {name}: missing" for name in sorted(append_only.expected_triggers(connection.vendor))
    ]
