"""With real processes: an order is paid once for ever, whoever prepares, agrees, objects and pays at once."""

from collections import Counter

import pytest

from aftersales.lib.errors import Refused
from claims.models import FeeComplaint, Movement, ProviderOrder, ProviderStatement
from claims.queries import invariants
from claims.services import fee_complaints, statements
from tests.cast import make_cast
from tests.claims.money.cases import XIUWEN, balances
from tests.claims.statements.cases import (
    OCTOBER,
    agreed,
    answer,
    complain,
    make_order,
    prepared,
    read,
    sent,
)
from tests.factories import NOW, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def cast(transactional_db):
    return make_cast()


@pytest.fixture(autouse=True)
def _books_in_order_afterwards(transactional_db):
    yield
    with seeing_everything():
        assert list(invariants.violations()) == []


def told(outcomes) -> Counter:
    return Counter(outcome.value if not outcome.error else outcome.message for outcome in outcomes)


def coded(call):
    def answered(*arguments):
        with seeing_everything():
            try:
                return call(*arguments)
            except Refused as refused:
                return refused.code

    return answered


def test_many_pay_one_statement(cast, county_fund):
    orders = [make_order(cast.guangcheng, by=cast.officer) for _each in range(3)]
    statement = agreed(orders[0], by=cast.officer)

    @coded
    def pay(person, reference):
        return statements.pay(statement=statement, reference=reference, by=person, now=NOW).state

    people = [cast.manager, cast.second_officer] * 4
    outcomes = told(at_once(pay, [(person, f"B-{i}") for i, person in enumerate(people)]))

    assert outcomes.pop("paid") == 1
    assert set(outcomes) <= {"already_paid", "not_agreed", "busy"}
    with seeing_everything():
        assert Movement.objects.filter(kind="provider_fee").count() == 1
    assert balances(county_fund)["cash"] == 100_000 - 3 * 8000


def test_many_prepare_the_same_months(cast, county_fund):
    """Two months and eight officers: every order is on one statement, and on no second one."""
    orders = [make_order(cast.guangcheng, by=cast.officer) for _each in range(4)]

    @coded
    def prepare(person, month):
        return statements.prepare(
            provider=orders[0].provider, county_code=XIUWEN, month=month, by=person, now=NOW
        ).count

    september = OCTOBER.replace(month=9)
    outcomes = told(
        at_once(
            prepare,
            [
                (person, month)
                for person in (cast.officer, cast.second_officer)
                for month in (OCTOBER, september)
            ]
            * 2,
        )
    )

    assert outcomes.pop(4) == 1
    assert set(outcomes) <= {"statement_exists", "nothing_due", "stale", "busy"}
    with seeing_everything():
        assert ProviderStatement.objects.count() == 1
        assert ProviderOrder.objects.filter(statement__isnull=True).count() == 0


def test_agreeing_and_objecting_at_the_same_moment(cast, county_fund):
    """Either the statement is agreed and the fee stands, or the complaint holds it: never both."""
    order = make_order(cast.guangcheng, by=cast.officer)
    statement = sent(order, by=cast.officer)

    @coded
    def act(which):
        if which == "agree":
            return statements.agree(statement=statement, total_fen=8000, how="link", by=None, now=NOW).state
        return fee_complaints.file(order=order, claimed_fen=9000, text="加班三小时", by=None, now=NOW).state

    outcomes = told(at_once(act, [("agree",), ("object",)] * 4))

    waits = outcomes.get("open", 0)
    assert (outcomes.get("agreed", 0), waits) in ((1, 0), (0, 1))
    assert read(statement).state == ("disputed" if waits else "agreed")
    with seeing_everything():
        assert FeeComplaint.objects.count() == waits


def test_many_answer_one_complaint(cast, county_fund):
    order = make_order(cast.guangcheng, by=cast.officer)
    statement = prepared(order, by=cast.officer)
    complaint = complain(order, claimed_fen=9000)

    @coded
    def reply(person, fee):
        return answer(complaint, fee_fen=fee, by=person).state

    outcomes = told(
        at_once(
            reply,
            [(person, fee) for person in (cast.manager, cast.second_officer) for fee in (8000, 8500, 9000)],
        )
    )

    assert sum(outcomes[state] for state in ("upheld", "dismissed")) == 1
    with seeing_everything():
        said = FeeComplaint.objects.get()
    assert (read(order).fee_fen, read(statement).total_fen) == (said.fee_fen, said.fee_fen)
