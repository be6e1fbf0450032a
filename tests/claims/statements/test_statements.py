from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from claims.models import Account, Movement, ProviderOrder, ProviderStatement
from claims.queries import invariants, statement_invariants
from claims.queries import statements as reading
from claims.services import fund, reversals, statements
from tests.claims.money.cases import XIUWEN, balances, fill
from tests.claims.statements.cases import (
    IN_OCTOBER,
    NOVEMBER,
    OCTOBER,
    agree,
    agreed,
    complain,
    make_order,
    pay,
    prepared,
    read,
    refusal,
    sent,
)
from tests.factories import NOW, make_party, seeing_everything


@pytest.fixture(autouse=True)
def _books_in_order_afterwards(db):
    yield
    with seeing_everything():
        assert list(invariants.violations()) == []


def fees_booked() -> list[tuple]:
    with seeing_everything():
        rows = Movement.objects.filter(kind="provider_fee").order_by("id")
        return list(rows.values_list("business_key", "amount_fen", "debit__kind", "credit__kind", "note"))


def test_a_statement_holds_what_a_provider_has_ended_up_to_its_month_and_nothing_else(cast, county_fund):
    ours = [
        make_order(cast.guangcheng, by=cast.officer, fee_fen=8000),
        make_order(cast.liuguang, by=cast.officer, fee_fen=2500, state="failed"),
        make_order(
            cast.guangcheng,
            by=cast.officer,
            fee_fen=100,
            ended_at=datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC),
        ),
    ]
    make_order(cast.guangcheng, by=cast.officer, ended_at=datetime(2026, 10, 31, 16, 0, tzinfo=UTC))
    make_order(cast.guangcheng, by=cast.officer, state="accepted")
    make_order(cast.guangcheng, by=cast.officer, provider=make_party("provider", "另一家"))
    make_order(cast.chenlou, by=cast.suining_officer)

    statement = prepared(ours[0], by=cast.officer)

    assert (statement.state, statement.count, statement.total_fen) == ("draft", 3, 10_600)
    assert (statement.month, statement.fund, statement.prepared_by_id) == (
        OCTOBER,
        county_fund,
        cast.officer.pk,
    )
    assert statement.number == f"FW520123-202610-{ours[0].provider_id}"
    with seeing_everything():
        assert {each.pk for each in reading.orders_of(statement)} == {each.pk for each in ours}


def test_what_an_earlier_month_has_missed_is_taken_along(cast, county_fund):
    make_order(cast.guangcheng, by=cast.officer, ended_at=IN_OCTOBER - timedelta(days=40))
    order = make_order(cast.guangcheng, by=cast.officer)

    with seeing_everything():
        [due] = reading.due(XIUWEN, OCTOBER)
        assert (due.orders, due.total_fen, due.earlier, due.has_statement) == (2, 16_000, 1, False)
    assert prepared(order, by=cast.officer).count == 2
    with seeing_everything():
        assert reading.due(XIUWEN, OCTOBER) == []


@pytest.mark.parametrize(
    ("why", "code"),
    [("running", "month_running"), ("no_fund", "fund_missing"), ("nothing", "nothing_due")],
)
def test_a_statement_is_not_prepared(cast, why, code):
    if why != "no_fund":
        fill(XIUWEN, cash_fen=1000, entered_by=cast.manager, confirmed_by=cast.officer)
    order = make_order(cast.guangcheng, by=cast.officer, fee_fen=0 if why == "nothing" else 8000)
    month = NOVEMBER if why == "running" else OCTOBER

    assert refusal(lambda: prepared(order, by=cast.officer, month=month)) == code
    with seeing_everything():
        assert not ProviderStatement.objects.exists()
        assert not ProviderOrder.objects.filter(statement__isnull=False).exists()


def test_a_month_has_one_statement_of_a_provider(cast, county_fund):
    order = make_order(cast.guangcheng, by=cast.officer)
    prepared(order, by=cast.officer)
    late = make_order(cast.guangcheng, by=cast.officer)

    assert refusal(lambda: prepared(late, by=cast.officer)) == "statement_exists"
    december = datetime(2026, 12, 2, tzinfo=UTC)
    assert prepared(late, by=cast.officer, month=NOVEMBER, now=december).count == 1


def test_from_visits_to_the_bank(cast, county_fund):
    order = make_order(cast.guangcheng, by=cast.officer)
    statement = sent(order, by=cast.officer)
    assert statement.state == "sent"

    statement = agree(statement)
    assert (statement.state, statement.agreed_at, statement.agreed_by_id) == ("agreed", NOW, None)
    paid = pay(statement, by=cast.manager)

    assert (paid.state, paid.paid_by_id, paid.paid_at) == ("paid", cast.manager.pk, NOW)
    assert fees_booked() == [(f"provider_statement:{paid.pk}", 8000, "fees", "cash", "B-77")]
    assert paid.movement.business_key == f"provider_statement:{paid.pk}"
    assert balances(county_fund)["cash"] == 92_000
    with seeing_everything():
        assert Account.objects.get(fund=county_fund, kind="fees").balance_fen == 8000


def test_who_had_a_hand_in_a_statement_does_not_pay_it(cast, county_fund):
    by_manager = agreed(make_order(cast.guangcheng, by=cast.officer), by=cast.manager)
    noted = sent(
        make_order(cast.guangcheng, by=cast.officer, provider=make_party("provider", "另一家")),
        by=cast.officer,
    )
    noted = agree(noted, by=cast.manager, how="paper")

    assert refusal(lambda: pay(by_manager, by=cast.manager)) == "same_person"
    assert refusal(lambda: pay(noted, by=cast.manager)) == "same_person"
    assert fees_booked() == []
    assert pay(by_manager, by=cast.second_officer).state == "paid"


def test_the_database_itself_knows_that_two_people_pay(cast, county_fund):
    statement = agreed(make_order(cast.guangcheng, by=cast.officer), by=cast.officer)

    with seeing_everything(), pytest.raises(DatabaseError, match="statement_four_eyes"), transaction.atomic():
        ProviderStatement.objects.filter(pk=statement.pk).update(
            state="paid", paid_by=cast.officer, paid_at=NOW
        )


def test_a_statement_is_paid_once(cast, county_fund):
    statement = agreed(make_order(cast.guangcheng, by=cast.officer), by=cast.officer)
    pay(statement, by=cast.manager)

    assert refusal(lambda: pay(statement, by=cast.manager)) == "already_paid"
    assert len(fees_booked()) == 1


@pytest.mark.parametrize("state", ["draft", "sent", "disputed"])
def test_only_what_both_sides_agreed_to_is_paid(cast, county_fund, state):
    order = make_order(cast.guangcheng, by=cast.officer)
    statement = prepared(order, by=cast.officer)
    with seeing_everything():
        if state != "draft":
            statement, _token = statements.send(statement=statement, by=cast.officer, now=NOW)
        if state == "disputed":
            statement = statements.dispute(
                statement=statement, text="十月少了一单", how="link", by=None, now=NOW
            )

    assert statement.state == state
    assert refusal(lambda: pay(statement, by=cast.manager)) == "not_agreed"


@pytest.mark.parametrize(
    ("why", "code"), [("frozen", "fund_frozen"), ("empty", "fund_empty"), ("reference", "reference_missing")]
)
def test_a_payment_that_is_refused_leaves_everything_as_it_was(cast, county_fund, why, code):
    order = make_order(cast.guangcheng, by=cast.officer, fee_fen=100_001 if why == "empty" else 8000)
    statement = agreed(order, by=cast.officer)
    if why == "frozen":
        with seeing_everything():
            fund.set_frozen(fund=county_fund, is_frozen=True, reason="年底盘点", by=cast.manager, now=NOW)

    assert (
        refusal(lambda: pay(statement, by=cast.manager, reference=" " if why == "reference" else "B-77"))
        == code
    )
    assert read(statement).state == "agreed"
    assert fees_booked() == []


def test_agreement_is_to_the_sum_that_was_looked_at(cast, county_fund):
    statement = sent(make_order(cast.guangcheng, by=cast.officer), by=cast.officer)

    with seeing_everything():
        assert (
            refusal(
                lambda: statements.agree(statement=statement, total_fen=7999, how="link", by=None, now=NOW)
            )
            == "sum_changed"
        )
    assert read(statement).state == "sent"
    assert agree(statement).state == "agreed"


def test_the_word_of_the_provider_is_given_once(cast, county_fund):
    statement = agreed(make_order(cast.guangcheng, by=cast.officer), by=cast.officer)

    assert refusal(lambda: agree(statement)) == "statement_agreed"
    with seeing_everything():
        for act in (
            lambda: statements.dispute(
                statement=statement, text="不同意这个数", how="link", by=None, now=NOW
            ),
            lambda: statements.send(statement=statement, by=cast.officer, now=NOW),
        ):
            assert refusal(act) == "statement_agreed"


def test_a_dispute_is_answered_and_sent_again(cast, county_fund):
    statement = sent(make_order(cast.guangcheng, by=cast.officer), by=cast.officer)
    with seeing_everything():
        assert (
            refusal(
                lambda: statements.dispute(statement=statement, text=" no ", how="link", by=None, now=NOW)
            )
            == "reason_missing"
        )
        disputed = statements.dispute(
            statement=statement, text="十月少了一单", how="paper", by=cast.officer, now=NOW
        )
        assert (disputed.state, disputed.dispute_text) == ("disputed", "十月少了一单")
        assert refusal(lambda: agree(disputed)) == "not_waiting"
        again, _token = statements.send(statement=disputed, by=cast.officer, now=NOW)

    assert agree(again).dispute_text == ""


def test_a_link_opens_until_it_is_over_or_replaced(cast, county_fund):
    statement = prepared(make_order(cast.guangcheng, by=cast.officer), by=cast.officer)
    with seeing_everything():
        _first, old = statements.send(statement=statement, by=cast.officer, now=NOW)
        current, token = statements.send(statement=statement, by=cast.officer, now=NOW)

    assert reading.by_token(old, now=NOW) is None
    assert reading.by_token(token, now=NOW + timedelta(days=29)) == current
    assert reading.by_token(token, now=NOW + timedelta(days=30)) is None
    assert token not in current.token_hash


def test_nobody_agrees_while_a_complaint_waits(cast, county_fund):
    order = make_order(cast.guangcheng, by=cast.officer)
    statement = prepared(order, by=cast.officer)
    complain(order, claimed_fen=9000)

    with seeing_everything():
        assert (
            refusal(lambda: statements.send(statement=statement, by=cast.officer, now=NOW))
            == "complaints_open"
        )
    assert read(statement).state == "draft"


@pytest.mark.parametrize("change", [{"fee_fen": 1}, {"statement": None}])
def test_the_database_keeps_the_orders_of_an_agreed_statement(cast, county_fund, change):
    order = make_order(cast.guangcheng, by=cast.officer)
    sent_one = sent(order, by=cast.officer)
    with seeing_everything():
        assert ProviderOrder.objects.filter(pk=order.pk).update(note="anything") == 1
    agree(sent_one)

    with seeing_everything(), pytest.raises(DatabaseError), transaction.atomic():
        ProviderOrder.objects.filter(pk=order.pk).update(**change)


def test_no_order_gets_onto_an_agreed_statement(cast, county_fund):
    statement = agreed(make_order(cast.guangcheng, by=cast.officer), by=cast.officer)
    late = make_order(cast.guangcheng, by=cast.officer)

    with seeing_everything(), pytest.raises(DatabaseError), transaction.atomic():
        ProviderOrder.objects.filter(pk=late.pk).update(statement=statement)


def test_a_payment_that_was_taken_back_can_be_made_again_and_counts_once(cast, county_fund):
    statement = pay(agreed(make_order(cast.guangcheng, by=cast.officer), by=cast.officer), by=cast.manager)
    with seeing_everything():
        movement = statement.movement
        reversals.reverse(movement=movement, note="银行退回", by=cast.manager, now=NOW)

    statement = read(statement)
    assert (statement.state, statement.movement_id, statement.paid_by_id) == ("agreed", None, None)
    assert balances(county_fund)["cash"] == 100_000
    with seeing_everything():
        assert (
            refusal(lambda: reversals.reverse(movement=movement, note="银行再退回", by=cast.manager, now=NOW))
            == "already_booked"
        )

    pay(statement, by=cast.manager, reference="B-78")

    assert [key for key, *_rest in fees_booked()] == [
        f"provider_statement:{statement.pk}",
        f"provider_statement:{statement.pk}:2",
    ]
    assert balances(county_fund)["cash"] == 92_000


def test_the_invariants_find_what_is_wrong(cast, county_fund):
    order = make_order(cast.guangcheng, by=cast.officer)
    statement = prepared(order, by=cast.officer)
    with seeing_everything():
        ProviderStatement.objects.filter(pk=statement.pk).update(total_fen=7999, month=date(2026, 9, 1))

        assert list(statement_invariants.violations()) == [
            f"statement {statement.pk}: 1 orders, 7999 fen; its orders: 1, 8000 fen",
            f"order {order.pk}: on a statement of 2026-09, but it ended later",
        ]

        ProviderStatement.objects.filter(pk=statement.pk).update(
            total_fen=8000, month=OCTOBER, state="paid", paid_by=cast.manager, paid_at=NOW
        )
        assert list(statement_invariants.violations()) == [
            f"statement {statement.pk}: 8000 fen paid, 0 fen booked"
        ]
        ProviderStatement.objects.filter(pk=statement.pk).update(state="draft", paid_by=None, paid_at=None)
