"""INV-14 with real processes: a claim is rewarded once, whoever settles and confirms at the same moment."""

from collections import Counter
from datetime import date, timedelta

import pytest

from aftersales.lib.errors import Refused
from claims.models import Incentive, IncentiveBatch, Movement
from claims.queries import invariants
from claims.services import incentives
from tests.cast import make_cast
from tests.claims.follow_up_cases import called, first_of, settled, successful
from tests.claims.money.cases import XIUWEN, balances, fill
from tests.factories import NOW, make_line, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

LATER, DECEMBER = NOW + timedelta(days=8), NOW + timedelta(days=20)


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


def test_many_settle_at_once(cast):
    """Three claims, two of them on one order line: two incentives, whoever writes them."""
    line = make_line(cast.guangcheng)
    for each in (line, line, None):
        successful(cast.guangcheng, handler=cast.agent, caller=cast.technician, line=each)

    @coded
    def run():
        return incentives.settle(by=cast.manager, now=LATER)

    outcomes = at_once(run, [()] * 8)

    assert [outcome.error for outcome in outcomes] == [""] * 8
    assert sum(outcome.value for outcome in outcomes) == 2
    with seeing_everything():
        assert Incentive.objects.count() == 2


def test_many_prepare_and_many_confirm_at_once(cast):
    county_fund = fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    for _claim in range(3):
        successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)
    with seeing_everything():
        incentives.settle(by=cast.manager, now=LATER)

    @coded
    def prepare():
        return incentives.prepare(
            county_code=XIUWEN, month=date(2026, 11, 1), by=cast.officer, now=DECEMBER
        ).state

    prepared = told(at_once(prepare, [()] * 6))
    assert prepared.pop("proposed") == 1
    assert set(prepared) <= {"batch_open", "nothing_due"}
    with seeing_everything():
        batch = IncentiveBatch.objects.get()

    @coded
    def confirm(person, reference):
        return incentives.confirm(batch=batch, reference=reference, by=person, now=DECEMBER).state

    people = [cast.manager, cast.second_officer] * 4
    confirmed = told(at_once(confirm, [(person, f"B-{i}") for i, person in enumerate(people)]))

    assert confirmed.pop("confirmed") == 1
    assert set(confirmed) <= {"batch_decided"}
    with seeing_everything():
        assert Movement.objects.filter(kind="incentive").count() == 3
    assert balances(county_fund)["cash"] == 98_500


def test_many_record_the_same_call(cast):
    """Two colleagues and double clicks: one attempt, one score, one second follow-up."""
    claim = settled(cast.guangcheng, handler=cast.agent)
    follow_up = first_of(claim)

    @coded
    def call(person):
        return called(claim, follow_up=follow_up, by=person, stars=1, number=1).state

    outcomes = told(at_once(call, [(cast.technician,), (cast.officer,)] * 3))

    assert outcomes.pop("done") == 1
    assert set(outcomes) <= {"follow_up_over", "stale"}
    with seeing_everything():
        rows = claim.follow_ups.model.objects.filter(claim=claim).order_by("id")
        assert list(rows.values_list("kind", "state")) == [("first", "done"), ("second", "open")]
        assert claim.scores.model.objects.count() == 1
