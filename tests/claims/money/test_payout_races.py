"""Payouts and cash at the same moment: each step happens once, whoever asks, and the books agree."""

from collections import Counter

import pytest

from aftersales.lib.errors import Refused
from claims.models import CashFloat, Movement, Payout
from claims.queries import invariants, payout_invariants
from claims.services import cash_boxes, payout_batches, payouts, reversals
from tests.cast import make_cast
from tests.claims.money.cases import XIUWEN, balances, choose, fill, proposed, read
from tests.claims.money.payout_cases import in_box, open_box, paid
from tests.factories import NOW, acting_as, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

PEOPLE = 8


@pytest.fixture
def cast(transactional_db):
    return make_cast()


@pytest.fixture
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)


@pytest.fixture(autouse=True)
def _books_in_order_afterwards(transactional_db):
    yield
    with seeing_everything():
        assert [*invariants.violations(), *payout_invariants.violations()] == []


def ask(people, call) -> Counter:
    """How often each state or refusal came back."""

    def answered(person):
        with acting_as(person):
            try:
                return call(person)
            except Refused as refused:
                return refused.code

    outcomes = at_once(answered, [(person,) for person in people])
    return Counter(outcome.value or f"{outcome.error}: {outcome.message}" for outcome in outcomes)


def test_a_payout_fails_once(cast, xiuwen_fund):
    payout = paid(cast, channel="original")

    found = ask(
        [cast.officer, cast.second_officer] * (PEOPLE // 2),
        lambda by: payouts.fail(payout=payout, reason="other", by=by, now=NOW).state,
    )

    assert found["failed"] == 1
    assert set(found) <= {"failed", "payout_moved", "already_booked"}
    assert balances(xiuwen_fund).get("unpaid", 0) == 600


def test_what_came_back_is_paid_again_once(cast, xiuwen_fund):
    payout = paid(cast, channel="original")
    with acting_as(cast.officer):
        payouts.fail(payout=payout, reason="other", by=cast.officer, now=NOW)

    found = ask(
        [cast.officer, cast.second_officer] * (PEOPLE // 2),
        lambda by: payouts.pay_again(payout=payout, channel="cash", by=by, now=NOW).state,
    )

    assert found["handed_over"] == 1
    assert set(found) <= {"handed_over", "payout_moved", "already_booked"}
    assert balances(xiuwen_fund).get("unpaid", 0) == 0


def test_it_arrives_or_fails_and_never_both(cast, xiuwen_fund):
    payout = paid(cast, channel="original")
    with acting_as(cast.officer):
        payouts.instruct(payout=payout, by=cast.officer, now=NOW)

    def settle(by):
        if by == cast.officer:
            return payouts.confirm(payout=payout, by=by, now=NOW).state
        return payouts.fail(payout=payout, reason="other", by=by, now=NOW).state

    found = ask([cast.officer, cast.second_officer], settle)

    # Arrived first, it may still come back; failed first, it cannot arrive any more.
    assert found in (
        Counter(["confirmed", "payout_moved"]),
        Counter(["confirmed", "returned"]),
        Counter(["failed", "payout_moved"]),
    )
    state = read(payout).state
    assert balances(xiuwen_fund).get("unpaid", 0) == (0 if state == "confirmed" else 600)


def test_paying_again_and_taking_back_exclude_each_other(cast, xiuwen_fund):
    payout = paid(cast, channel="original")
    with acting_as(cast.officer):
        payouts.fail(payout=payout, reason="other", by=cast.officer, now=NOW)

    def act(by):
        if by == cast.manager:
            return reversals.reverse(movement=payout.movement, note="withdrawn", by=by, now=NOW).kind
        return payouts.pay_again(payout=payout, channel="cash", by=by, now=NOW).state

    found = ask([cast.manager, cast.officer, cast.second_officer], act)

    assert found["reversal"] + found["taken_back"] + found["handed_over"] >= 1
    with seeing_everything():
        alive = Payout.objects.exclude(state__in=["taken_back", "failed"]).count()
        taken_back = Movement.objects.filter(reverses=payout.movement).exists()
    assert alive == (0 if taken_back else 1)
    assert balances(xiuwen_fund).get("unpaid", 0) == 0


def test_transfers_go_into_one_file(cast, xiuwen_fund):
    transfers = [paid(cast, channel="bank") for _each in range(3)]

    found = ask(
        [cast.officer, cast.second_officer] * 2,
        lambda by: payout_batches.make(fund=xiuwen_fund, until=NOW.date(), by=by, now=NOW).count,
    )

    assert found[3] == 1
    assert set(found) <= {3, "busy", "nothing_to_send"}
    assert {read(each).state for each in transfers} == {"in_file"}


def test_cash_is_received_once(cast, xiuwen_fund):
    box = open_box(cast)
    with acting_as(cast.officer):
        cash = cash_boxes.hand_over(box=box, direction="out", amount_fen=700, by=cast.officer, now=NOW)

    found = ask(
        [cast.agent, cast.technician] * (PEOPLE // 2),
        lambda by: cash_boxes.receive(cash=cash, by=by, now=NOW).state,
    )

    assert found["received"] == 1
    assert set(found) <= {"received", "float_decided", "already_booked"}
    assert in_box(box) == 700
    assert read(CashFloat(pk=cash.pk)).received_by in (cast.agent, cast.technician)


def test_the_last_cash_of_a_box(cast, xiuwen_fund):
    """Eight refunds of six yuan ask a box of twenty: three are handed out, five wait."""
    box = open_box(cast, amount_fen=2_000)
    proposals = iter([proposed(cast.guangcheng, filed_by=cast.agent) for _each in range(PEOPLE)])
    waiting = [(each,) for each in proposals]

    outcomes = at_once(lambda proposal: choose(proposal, by=cast.agent).state, waiting)

    assert Counter(outcome.value or outcome.message for outcome in outcomes) == {
        "executed": 3,
        "approved": 5,
    }
    assert in_box(box) == 200
