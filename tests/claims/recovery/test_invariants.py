"""Each check of debts, demands and payments turns red on the row it is about, and on no healthy one."""

import pytest
from django.db.models import F

from claims.models import Account, Advance, BankReceipt, Demand, DemandLine, Movement
from claims.queries import recovery_invariants
from tests.claims.recovery.cases import decide, dispute, pay, receive, recover, send
from tests.factories import NOW, seeing_everything

pytestmark = pytest.mark.django_db


def found() -> list[str]:
    with seeing_everything():
        return list(recovery_invariants.violations())


@pytest.fixture
def books(cast, xiuwen_fund, orchard, courier):
    """Something in every state: running, disputed, settled and moved lines, a payment over two advances."""
    first, second, third = (pay(cast, party=orchard) for _each in range(3))
    send(xiuwen_fund, orchard, first, second, by=cast.officer)
    send(xiuwen_fund, orchard, third, by=cast.officer)
    receive(xiuwen_fund, orchard, 700, by=cast.officer)
    decide(dispute(third, by=cast.officer), "party_changed", new_party=courier, by=cast.manager)
    other = pay(cast, party=courier)
    send(xiuwen_fund, courier, other, by=cast.officer)
    dispute(other, by=cast.officer)
    recover(other, 50, by=cast.officer)
    return first, second, third, other


def test_healthy_books_are_silent(books):
    assert found() == []


def test_an_account_that_does_not_hold_what_its_party_owes(books, courier):
    with seeing_everything():
        account = Account.objects.get(kind="advances", party=courier)
        Account._base_manager.filter(pk=account.pk).update(balance_fen=F("balance_fen") + 1)

    assert found() == [f"account {account.pk}: holds 1151 fen, the party's advances are open by 1150"]


def test_a_line_that_asks_for_nothing_or_the_wrong_party(books, orchard):
    other = books[3]
    with seeing_everything():
        line = DemandLine.objects.get(advance=other, outcome="")
        Demand._base_manager.filter(pk=line.demand_id).update(party=orchard)

    assert found() == [f"demand line {line.pk}: asked of party {orchard.pk}, which does not owe it"]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("sent", "sent, its disputes say otherwise"),
        ("paid", "paid, but lines are left"),
        ("withdrawn", "withdrawn, but lines are left"),
    ],
)
def test_a_demand_in_another_state_than_its_lines(books, state, says):
    with seeing_everything():
        demand = Demand.objects.get(state="disputed")
        ended_at = None if state == "sent" else NOW
        Demand._base_manager.filter(pk=demand.pk).update(state=state, ended_at=ended_at)

    assert found() == [f"demand {demand.pk}: {says}"]


def test_a_demand_without_lines_and_a_line_that_ended_too_early(books):
    with seeing_everything():
        line = DemandLine.objects.get(advance=books[1])
        DemandLine._base_manager.filter(pk=line.pk).update(outcome="settled")

    assert found() == [
        f"demand {line.demand_id}: sent, but no line is left",
        f"demand line {line.pk}: settled, but something is open",
    ]


def test_a_payment_that_is_not_booked_in_full(books, xiuwen_fund, orchard, cast):
    with seeing_everything():
        short = BankReceipt.objects.create(
            fund=xiuwen_fund,
            county_code=xiuwen_fund.county_code,
            party=orchard,
            reference="B-77",
            amount_fen=100,
            parts=[[books[1].pk, 100]],
            booked_by=cast.officer,
            booked_at=NOW,
        )
        assert Movement.objects.filter(note="B-77").count() == 0
        assert Advance.objects.count() == 4

    assert found() == [f"receipt {short.pk}: 100 fen received, 0 booked"]
