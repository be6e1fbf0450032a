import pytest
from django.db import DatabaseError, transaction

from claims.models import FeeComplaint, ProviderStatement
from claims.queries import invariants, statement_invariants
from claims.rules.statements import corrected_fee
from claims.services import statements
from tests.claims.statements.cases import (
    agree,
    agreed,
    answer,
    complain,
    make_order,
    pay,
    prepared,
    read,
    refusal,
    sent,
)
from tests.factories import NOW, seeing_everything


@pytest.fixture(autouse=True)
def _books_in_order_afterwards(db):
    yield
    with seeing_everything():
        assert list(invariants.violations()) == []


def test_an_upheld_complaint_corrects_the_fee_and_the_statement(cast, county_fund):
    order = make_order(cast.guangcheng, by=cast.officer, fee_fen=8000)
    statement = prepared(order, by=cast.officer)
    complaint = complain(order, claimed_fen=9500)

    answered = answer(complaint, fee_fen=9000, by=cast.manager)

    assert (answered.state, answered.fee_fen, answered.answered_by_id) == ("upheld", 9000, cast.manager.pk)
    assert read(order).fee_fen == 9000
    assert read(statement).total_fen == 9000


def test_a_dismissed_complaint_changes_no_sum(cast, county_fund):
    order = make_order(cast.guangcheng, by=cast.officer, fee_fen=8000)
    statement = prepared(order, by=cast.officer)

    answered = answer(complain(order, claimed_fen=9500), fee_fen=8000, by=cast.manager)

    assert (answered.state, answered.fee_fen) == ("dismissed", 8000)
    assert (read(order).fee_fen, read(statement).total_fen) == (8000, 8000)


def test_a_complaint_before_the_statement_is_on_it_with_its_answer(cast, county_fund):
    order = make_order(cast.guangcheng, by=cast.officer, fee_fen=8000)
    complaint = complain(order, claimed_fen=9000)
    statement = prepared(order, by=cast.officer)

    answer(complaint, fee_fen=9000, by=cast.manager)

    assert read(statement).total_fen == 9000
    with seeing_everything():
        again, _token = statements.send(statement=statement, by=cast.officer, now=NOW)
    assert pay(agree(again), by=cast.manager).movement.amount_fen == 9000


def test_a_complaint_disputes_the_statement_that_was_sent(cast, county_fund):
    order = make_order(cast.guangcheng, by=cast.officer)
    statement = sent(order, by=cast.officer)

    complain(order, claimed_fen=9000)

    assert read(statement).state == "disputed"
    assert refusal(lambda: agree(statement)) == "not_waiting"


def test_who_offered_the_order_or_filed_the_complaint_does_not_answer(cast, county_fund):
    offered = make_order(cast.guangcheng, by=cast.manager)
    filed = make_order(cast.guangcheng, by=cast.officer)
    by_paper = complain(filed, claimed_fen=9000, by=cast.manager)

    assert refusal(lambda: answer(complain(offered, claimed_fen=9000), fee_fen=8000, by=cast.manager)) == (
        "same_person"
    )
    assert refusal(lambda: answer(by_paper, fee_fen=9000, by=cast.manager)) == "same_person"
    assert answer(by_paper, fee_fen=9000, by=cast.second_officer).state == "upheld"


def test_the_database_itself_knows_that_two_people_answer(cast, county_fund):
    complaint = complain(make_order(cast.guangcheng, by=cast.officer), claimed_fen=9000, by=cast.manager)

    with seeing_everything(), pytest.raises(DatabaseError, match="two_people"), transaction.atomic():
        FeeComplaint.objects.filter(pk=complaint.pk).update(answered_by=cast.manager)


@pytest.mark.parametrize(
    ("why", "code"),
    [("less", "not_more"), ("same", "not_more"), ("words", "reason_missing"), ("zero", "amount_invalid")],
)
def test_a_complaint_is_not_taken(cast, county_fund, why, code):
    order = make_order(cast.guangcheng, by=cast.officer, fee_fen=8000)
    claimed = {"less": 7999, "same": 8000, "zero": 0}.get(why, 8001)

    assert refusal(lambda: complain(order, claimed_fen=claimed, text="" if why == "words" else "加班三小时"))
    assert (
        refusal(lambda: complain(order, claimed_fen=claimed, text="" if why == "words" else "加班三小时"))
        == code
    )
    assert complain(order, claimed_fen=8001).state == "open"


def test_a_fee_is_objected_to_once_the_visit_has_ended(cast, county_fund):
    assert (
        refusal(
            lambda: complain(make_order(cast.guangcheng, by=cast.officer, state="accepted"), claimed_fen=9000)
        )
        == "not_ended"
    )


def test_one_complaint_at_a_time_and_another_after_the_answer(cast, county_fund):
    order = make_order(cast.guangcheng, by=cast.officer)
    first = complain(order, claimed_fen=9000)

    assert refusal(lambda: complain(order, claimed_fen=9500)) == "complaint_open"
    answer(first, fee_fen=9000, by=cast.manager)
    second = complain(order, claimed_fen=9500)
    answer(second, fee_fen=9500, by=cast.manager)

    assert read(order).fee_fen == 9500


def test_an_agreed_statement_is_not_objected_to(cast, county_fund):
    order = make_order(cast.guangcheng, by=cast.officer)
    statement = agreed(order, by=cast.officer)

    assert refusal(lambda: complain(order, claimed_fen=9000)) == "statement_agreed"
    assert read(statement).version == statement.version


def test_a_complaint_is_answered_once(cast, county_fund):
    complaint = complain(make_order(cast.guangcheng, by=cast.officer), claimed_fen=9000)
    answer(complaint, fee_fen=8500, by=cast.manager)

    assert refusal(lambda: answer(complaint, fee_fen=9000, by=cast.manager)) == "already_answered"
    assert read(complaint).fee_fen == 8500


@pytest.mark.parametrize(
    ("fee", "claimed", "given", "after"),
    [
        (8000, 9000, 8000, 8000),
        (8000, 9000, 8001, 8001),
        (8000, 9000, 9000, 9000),
        (8000, 9000, 7999, None),
        (8000, 9000, 9001, None),
        (0, 1, 1, 1),
    ],
)
def test_the_answer_lies_between_the_fee_and_what_was_asked_for(fee, claimed, given, after):
    if after is None:
        assert refusal(lambda: corrected_fee(fee, claimed, given)) == "fee_out_of_range"
    else:
        assert corrected_fee(fee, claimed, given) == after


def test_the_invariants_find_a_complaint_that_was_passed_over(cast, county_fund):
    order = make_order(cast.guangcheng, by=cast.officer)
    complaint = complain(order, claimed_fen=9000)
    statement = prepared(order, by=cast.officer)
    with seeing_everything():
        ProviderStatement.objects.filter(pk=statement.pk).update(state="agreed")

        assert list(statement_invariants.violations()) == [
            f"complaint {complaint.pk}: open, but its statement is agreed to"
        ]
        ProviderStatement.objects.filter(pk=statement.pk).update(state="draft")
        FeeComplaint.objects.filter(pk=complaint.pk).update(
            state="upheld", fee_fen=9000, answered_by=cast.manager, answered_at=NOW
        )
        assert list(statement_invariants.violations()) == [
            f"complaint {complaint.pk}: answered with 9000 fen, its order has 8000"
        ]
        FeeComplaint.objects.filter(pk=complaint.pk).update(state="dismissed", fee_fen=8000)
