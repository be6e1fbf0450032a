"""Histories of fees, drawn at random, against a model that fits on a page: an order is paid once for ever."""

import os

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from aftersales.lib.errors import Refused
from claims.models import Account, Movement, ProviderOrder, ProviderStatement
from claims.queries import invariants
from claims.services import fee_complaints, reversals, statements
from tests.cast import Cast
from tests.claims.money.cases import XIUWEN, fill
from tests.claims.statements.cases import IN_OCTOBER, OCTOBER, make_order
from tests.factories import NOW, make_party, seeing_everything
from tests.property import cases

pytestmark = pytest.mark.django_db

START_FEN = 40_000
MONTHS = [OCTOBER.replace(month=month) for month in (8, 9, 10)]


class Fees(RuleBasedStateMachine):
    """One county, two providers; the cast is the test's and stays, all else is undone."""

    cast: Cast

    orders = Bundle("orders")
    complaints = Bundle("complaints")
    papers = Bundle("papers")

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        # As Django's own test cases do, so that services may open transactions of their own inside.
        self.undo._from_testcase = True
        self.undo.__enter__()
        self.scope = seeing_everything()
        self.scope.__enter__()
        self.fund = fill(
            XIUWEN, cash_fen=START_FEN, entered_by=self.cast.manager, confirmed_by=self.cast.second_officer
        )
        self.providers = [make_party("provider", name) for name in ("甲", "乙")]
        self.cash = START_FEN
        self.fees: dict[int, int] = {}
        self.on: dict[int, int] = {}
        self.paid: set[int] = set()
        self.asked: dict[int, int] = {}

    def teardown(self):
        try:
            assert list(invariants.violations()) == []
        finally:
            self.scope.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @rule(
        target=orders,
        fee=st.integers(0, 9_000),
        provider=st.integers(0, 1),
        month=st.sampled_from(MONTHS),
        state=st.sampled_from(["done", "failed", "accepted"]),
    )
    def a_visit_ends(self, fee, provider, month, state):
        order = make_order(
            self.cast.guangcheng,
            by=self.cast.officer,
            provider=self.providers[provider],
            fee_fen=fee,
            state=state,
            ended_at=IN_OCTOBER.replace(month=month.month),
        )
        if state != "accepted":
            self.fees[order.pk] = fee
        return order

    @rule(target=papers, provider=st.integers(0, 1), month=st.sampled_from(MONTHS))
    def prepare(self, provider, month):
        due = [
            order.pk
            for order in ProviderOrder.objects.filter(provider=self.providers[provider], pk__in=self.fees)
            if order.pk not in self.on and order.ended_at.month <= month.month
        ]
        has_one = ProviderStatement.objects.filter(provider=self.providers[provider], month=month).exists()
        try:
            statement = statements.prepare(
                provider=self.providers[provider],
                county_code=XIUWEN,
                month=month,
                by=self.cast.officer,
                now=NOW,
            )
        except Refused:
            assert not due or has_one or not sum(self.fees[pk] for pk in due)
            return multiple()
        assert due and not has_one
        assert (statement.count, statement.total_fen) == (len(due), sum(self.fees[pk] for pk in due))
        self.on.update(dict.fromkeys(due, statement.pk))
        return statement

    @rule(target=complaints, order=orders, more=st.integers(-1, 3_000))
    def complain(self, order, more):
        fee = self.fees.get(order.pk, 0)
        try:
            complaint = fee_complaints.file(
                order=order, claimed_fen=fee + more, text="加班三小时", by=None, now=NOW
            )
        except Refused:
            return multiple()
        assert order.pk in self.fees
        assert more > 0
        assert self.on.get(order.pk) not in self.paid
        assert order.pk not in self.asked
        self.asked[order.pk] = fee + more
        return complaint

    @rule(complaint=complaints, more=st.integers(-1, 3_001))
    def answer(self, complaint, more):
        order = complaint.order_id
        fee = self.fees[order] + more
        try:
            fee_complaints.answer(
                complaint=complaint, fee_fen=fee, answer="已核对行车记录", by=self.cast.manager, now=NOW
            )
        except Refused:
            return
        assert 0 <= more <= self.asked.pop(order) - self.fees[order]
        self.fees[order] = fee

    @rule(statement=papers)
    def send(self, statement):
        try:
            statements.send(statement=statement, by=self.cast.officer, now=NOW)
        except Refused:
            return
        assert not self._waits(statement)

    @rule(statement=papers)
    def agree(self, statement):
        current = ProviderStatement.objects.get(pk=statement.pk)
        try:
            statements.agree(statement=current, total_fen=current.total_fen, how="link", by=None, now=NOW)
        except Refused:
            return
        assert not self._waits(statement)
        assert current.total_fen == self._sum(statement)

    @rule(statement=papers, number=st.integers(0, 3))
    def pay(self, statement, number):
        current = ProviderStatement.objects.get(pk=statement.pk)
        try:
            statements.pay(statement=current, reference=f"B-{number}", by=self.cast.manager, now=NOW)
        except Refused as refused:
            assert refused.code != "fund_empty" or self.cash < self._sum(statement)
            return
        assert current.state == "agreed"
        assert statement.pk not in self.paid
        self.paid.add(statement.pk)
        self.cash -= self._sum(statement)

    @rule(statement=papers)
    def take_back(self, statement):
        current = ProviderStatement.objects.select_related("movement").get(pk=statement.pk)
        if current.movement is None:
            return
        reversals.reverse(movement=current.movement, note="银行退回了", by=self.cast.manager, now=NOW)
        self.paid.discard(statement.pk)
        self.cash += self._sum(statement)

    @invariant()
    def the_fund_has_paid_each_order_once(self):
        assert Account.objects.get(fund=self.fund, kind="cash").balance_fen == self.cash
        booked = Movement.objects.filter(kind="provider_fee", reversed_by__isnull=True)
        paid_orders = [fee for pk, fee in self.fees.items() if self.on.get(pk) in self.paid]
        assert sum(booked.values_list("amount_fen", flat=True)) == sum(paid_orders)
        assert booked.count() == len(self.paid)

    def _sum(self, statement) -> int:
        return sum(fee for pk, fee in self.fees.items() if self.on.get(pk) == statement.pk)

    def _waits(self, statement) -> bool:
        return any(self.on.get(pk) == statement.pk for pk in self.asked)


def test_histories_of_fees(cast):
    Fees.cast = cast
    run_state_machine_as_test(
        Fees,
        settings=settings(cases, max_examples=int(os.environ.get("HISTORIES", "15")), stateful_step_count=20),
    )
