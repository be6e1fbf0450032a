from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from aftersales.lib.errors import Refused
from claims.models import Account, Claim, Fund, Incentive, IncentiveBatch, Movement
from claims.queries import incentive_invariants, invariants
from claims.queries.fund import running_fund_of
from claims.services import fund, incentives, reversals
from tests.claims.follow_up_cases import (
    rows,
    settle,
    successful,
)
from tests.claims.money.cases import XIUWEN, balances, fill
from tests.factories import NOW, seeing_everything

LATER = NOW + timedelta(days=8)
DECEMBER = NOW + timedelta(days=20)
MONTH = date(2026, 11, 1)


@dataclass
class Due:
    """A county with money whose agent has earned ten yuan in November."""

    fund: Fund
    claims: list[Claim]


@pytest.fixture
def due(cast):
    filled = fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    claims = [successful(cast.guangcheng, handler=cast.agent, caller=cast.technician) for _each in range(2)]
    assert settle(LATER, by=cast.manager) == 2
    return Due(filled, claims)


@pytest.fixture(autouse=True)
def _books_in_order_afterwards(db):
    yield
    with seeing_everything():
        assert list(invariants.violations()) == []


def refusal(call) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def prepare(*, by, now=DECEMBER, month=MONTH) -> IncentiveBatch:
    with seeing_everything():
        return incentives.prepare(county_code=XIUWEN, month=month, by=by, now=now)


def confirm(batch, *, by, now=DECEMBER, reference="B-77") -> IncentiveBatch:
    with seeing_everything():
        return incentives.confirm(batch=batch, reference=reference, by=by, now=now)


def paid_movements() -> list[tuple]:
    with seeing_everything():
        return list(
            Movement.objects.filter(kind="incentive")
            .order_by("id")
            .values_list("business_key", "amount_fen", "debit__kind", "credit__kind")
        )


@pytest.mark.parametrize("what", ["claim", "order_line"])
def test_the_database_itself_knows_a_claim_and_its_line_once(cast, due, what):
    first = rows()[0]
    other = successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)
    values = {
        each.attname: getattr(first, each.attname) for each in Incentive._meta.fields if each.name != "id"
    }
    values["order_line_id" if what == "claim" else "claim_id"] = (
        other.order_line_id if what == "claim" else other.pk
    )

    with seeing_everything(), pytest.raises(IntegrityError), transaction.atomic():
        Incentive.objects.create(**values)


def test_payment_of_a_month_by_two_people(cast, due):
    batch = prepare(by=cast.officer)
    assert (batch.amount_fen, batch.count, batch.fund_id) == (1000, 2, due.fund.pk)
    assert paid_movements() == []

    done = confirm(batch, by=cast.manager)

    assert (done.state, done.reference, done.decided_by_id) == ("confirmed", "B-77", cast.manager.pk)
    assert paid_movements() == [
        (f"incentive:claim:{claim.pk}", 500, "incentives", "cash") for claim in due.claims
    ]
    assert {(each.state, each.movement.business_key) for each in rows()} == {
        ("paid", f"incentive:claim:{claim.pk}") for claim in due.claims
    }
    with seeing_everything():
        assert Account.objects.get(fund=due.fund, kind="incentives").balance_fen == 1000
    assert balances(due.fund)["cash"] == 99_000


def test_the_special_fund_pays_where_a_county_has_one(cast, due):
    with seeing_everything():
        special = Fund.objects.create(county_code=XIUWEN, kind="special", name="专项", created_at=NOW)
        assert running_fund_of(XIUWEN) == special

    batch = prepare(by=cast.officer)

    assert batch.fund_id == special.pk
    assert refusal(lambda: confirm(batch, by=cast.manager)) == "fund_empty"
    assert [each.state for each in rows()] == ["due", "due"]


def test_one_person_alone_pays_nothing(cast, due):
    batch = prepare(by=cast.manager)

    assert refusal(lambda: confirm(batch, by=cast.manager)) == "same_person"
    confirm(batch, by=cast.officer)
    assert len(paid_movements()) == 2


def test_nobody_has_a_hand_in_a_payment_to_themselves(cast, due):
    assert refusal(lambda: prepare(by=cast.agent)) == "own_incentive"
    batch = prepare(by=cast.officer)

    assert refusal(lambda: confirm(batch, by=cast.agent)) == "own_incentive"


def test_a_month_is_paid_when_it_is_over(cast, due):
    assert refusal(lambda: prepare(by=cast.officer, now=LATER)) == "month_running"
    assert refusal(lambda: prepare(by=cast.officer, month=date(2026, 10, 1))) == "nothing_due"


def test_one_payment_of_a_month_waits_at_a_time(cast, due):
    prepare(by=cast.officer)

    assert refusal(lambda: prepare(by=cast.manager)) == "nothing_due"


def test_a_payment_is_decided_once(cast, due):
    batch = prepare(by=cast.officer)
    confirm(batch, by=cast.manager)

    assert refusal(lambda: confirm(batch, by=cast.manager)) == "batch_decided"
    with seeing_everything():
        assert refusal(lambda: incentives.cancel_batch(batch=batch, by=cast.manager, now=DECEMBER)) == (
            "batch_decided"
        )
    assert len(paid_movements()) == 2


@pytest.mark.parametrize("reference", ["", "   ", "x" * 41])
def test_a_payment_names_the_bank_reference(cast, due, reference):
    batch = prepare(by=cast.officer)

    assert refusal(lambda: confirm(batch, by=cast.manager, reference=reference)) == "reference_missing"


def test_a_cancelled_payment_leaves_everything_due(cast, due):
    batch = prepare(by=cast.officer)
    with seeing_everything():
        incentives.cancel_batch(batch=batch, by=cast.officer, now=DECEMBER)

    assert [(each.state, each.batch_id) for each in rows()] == [("due", None), ("due", None)]
    confirm(prepare(by=cast.officer), by=cast.manager)
    assert len(paid_movements()) == 2


def test_a_frozen_fund_pays_no_incentives(cast, due):
    batch = prepare(by=cast.officer)
    with seeing_everything():
        fund.set_frozen(fund=due.fund, is_frozen=True, reason="audit", by=cast.manager, now=NOW)

    assert refusal(lambda: confirm(batch, by=cast.manager)) == "fund_frozen"
    assert paid_movements() == []
    with seeing_everything():
        assert IncentiveBatch.objects.get().state == "proposed"


def test_a_struck_incentive_is_not_paid_and_never_comes_back(cast, due):
    with seeing_everything():
        first = rows()[0]
        incentives.cancel(incentive=first, reason="fake address", by=cast.manager, now=LATER)

    assert settle(LATER + timedelta(days=1), by=cast.manager) == 0
    assert prepare(by=cast.officer).amount_fen == 500
    with seeing_everything():
        again = refusal(
            lambda: incentives.cancel(incentive=first, reason="twice", by=cast.manager, now=LATER)
        )
        waiting = refusal(
            lambda: incentives.cancel(incentive=rows()[1], reason="late", by=cast.manager, now=LATER)
        )
    assert (again, waiting) == ("already_so", "in_payment")


def test_a_payment_taken_back_stays_struck(cast, due):
    confirm(prepare(by=cast.officer), by=cast.manager)
    with seeing_everything():
        movement = Movement.objects.filter(kind="incentive").earliest("id")
        reversals.reverse(movement=movement, note="wrong person", by=cast.manager, now=DECEMBER)

    assert [each.state for each in rows()] == ["cancelled", "paid"]
    assert balances(due.fund)["cash"] == 99_500
    assert settle(DECEMBER, by=cast.manager) == 0
    with seeing_everything():
        again = refusal(
            lambda: reversals.reverse(movement=movement, note="again", by=cast.manager, now=DECEMBER)
        )
    assert again == "already_booked"


def test_amount_claim_and_agent_of_an_incentive_never_change(cast, due):
    first = rows()[0]

    with seeing_everything():
        for changes in ({"amount_fen": 5000}, {"claim": None}, {"agent": cast.technician.agent}):
            with pytest.raises(Exception, match="append-only"), transaction.atomic():
                Incentive._base_manager.filter(pk=first.pk).update(**changes)
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            Incentive._base_manager.filter(pk=first.pk).delete()


def test_books_that_do_not_fit_are_found(cast, due):
    confirm(prepare(by=cast.officer), by=cast.manager)
    first, second = rows()
    other = successful(cast.guangcheng, handler=cast.agent, caller=cast.technician, now=LATER, filed_at=NOW)
    settle(LATER + timedelta(days=8), by=cast.manager)
    third = rows()[2]

    with seeing_everything(), transaction.atomic():
        Incentive._base_manager.filter(pk=first.pk).update(state="cancelled", cancelled_at=NOW)
        Incentive._base_manager.filter(pk=third.pk).update(batch=second.batch)
        found = list(incentive_invariants.violations())
        transaction.set_rollback(True)

    assert found == [
        f"movement incentive:claim:{first.claim_id}: 500 fen booked without a paid incentive",
        f"incentive {third.pk}: not paid, but payment {second.batch_id} is confirmed",
        f"incentive {third.pk}: in a payment of another county or month",
    ]
    assert third.claim_id == other.pk
