from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from aftersales.lib.errors import Refused
from claims.models import Account, Claim, CompensationPolicy, Fund, Incentive, IncentiveBatch, Movement
from claims.models.flags import ClaimFlag
from claims.queries import incentive_invariants, invariants
from claims.queries import incentives as reading
from claims.services import casework, fund, incentives, reversals
from tests.claims.follow_up_cases import (
    CLOSED_AFTER,
    called,
    closed,
    rows,
    settle,
    settled,
    successful,
)
from tests.claims.money.cases import XIUWEN, balances, fill
from tests.factories import NOW, make_line, seeing_everything

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


def test_a_claim_handled_successfully_earns_five_yuan_for_its_handler(cast):
    claim = successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)

    assert settle(LATER, by=cast.manager) == 1

    [earned] = rows()
    assert (earned.claim_id, earned.agent_id, earned.station_id) == (
        claim.pk,
        cast.agent.agent.pk,
        cast.guangcheng.pk,
    )
    assert (earned.amount_fen, earned.month, earned.state, earned.score) == (500, MONTH, "due", 4)


def test_the_amount_is_that_of_the_terms_on_the_day_of_the_settlement(cast):
    CompensationPolicy.objects.create(
        county_code=XIUWEN, version=1, valid_from=date(2026, 11, 20), incentive_fen=800
    )
    CompensationPolicy.objects.create(
        county_code=XIUWEN, version=2, valid_from=date(2026, 11, 21), incentive_fen=900
    )
    successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)

    settle(LATER, by=cast.manager)

    assert [each.amount_fen for each in rows()] == [800]


def test_it_falls_due_when_the_days_for_reopening_are_over(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.technician)
    closed(claim, by=cast.agent, now=NOW + timedelta(hours=1))

    assert settle(NOW + timedelta(days=7), by=cast.manager) == 0
    assert settle(NOW + timedelta(days=7, seconds=1), by=cast.manager) == 1


def test_a_claim_nobody_was_reached_about_earns(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    for days in (0, 0, 1):
        called(claim, by=cast.technician, outcome="unreachable", now=NOW + timedelta(days=days))
    closed(claim, by=cast.agent)

    assert settle(LATER, by=cast.manager) == 1
    assert rows()[0].score is None


@pytest.mark.parametrize(
    "why", ["low", "second_good", "refused", "not_called", "uncertified", "county_staff"]
)
def test_what_was_not_successful_earns_nothing(cast, why):
    stations = {
        "uncertified": (cast.fangmaping, cast.uncertified),
        "county_staff": (cast.guangcheng, cast.officer),
    }
    station, handler = stations.get(why, (cast.guangcheng, cast.agent))
    claim = settled(station, handler=handler)
    if why in ("low", "second_good"):
        called(claim, by=cast.technician, stars=2)
    if why == "second_good":
        second = claim.follow_ups.model._base_manager.get(claim=claim, kind="second")
        called(claim, by=cast.second_officer, follow_up=second, stars=5, answer="已补发一箱")
    if why == "refused":
        called(claim, by=cast.technician, outcome="refused")
    if why in ("uncertified", "county_staff"):
        called(claim, by=cast.technician)
    closed(claim, by=handler)

    assert settle(LATER, by=cast.manager) == 0


def test_a_certificate_counts_on_the_day_of_the_settlement(cast):
    with seeing_everything():
        type(cast.agent.agent).objects.filter(user=cast.agent).update(certified_until=date(2026, 11, 20))
    successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)
    successful(
        cast.guangcheng, handler=cast.agent, caller=cast.technician, filed_at=NOW, now=NOW + timedelta(days=1)
    )

    assert settle(NOW + timedelta(days=9), by=cast.manager) == 1


@pytest.mark.parametrize(("verdict", "earned"), [("confirmed", 0), ("harmless", 1), ("", 1)])
def test_only_a_confirmed_flag_stands_against_it(cast, verdict, earned):
    claim = successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)
    judged = {"judged_by": cast.officer, "judged_at": NOW} if verdict else {}
    with seeing_everything():
        ClaimFlag.objects.create(
            claim=claim,
            round=1,
            station=claim.station,
            county_code=claim.county_code,
            code="many_claims",
            raised_at=NOW,
            verdict=verdict,
            **judged,
        )

    assert settle(LATER, by=cast.manager) == earned


def test_a_claim_that_was_reopened_earns_nothing(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.technician)
    with seeing_everything():
        reopened = casework.reopen(
            claim=claim, reason="still bad", by=cast.agent, now=NOW + timedelta(days=2)
        )
        again = casework.resolve(
            claim=reopened, reason="explained", by=cast.agent, now=NOW + timedelta(days=3)
        )
    called(again, by=cast.technician, now=NOW + timedelta(days=3))
    closed(again, by=cast.agent)

    assert settle(NOW + timedelta(days=12), by=cast.manager) == 0


def test_a_refusal_that_was_put_right_does_not_count_as_reopened(cast):
    claim = settled(cast.guangcheng, handler=cast.agent, status="in_progress", round=2)
    called(claim, by=cast.technician)
    closed(claim, by=cast.agent)

    assert settle(LATER, by=cast.manager) == 1


def test_the_same_order_line_never_earns_twice(cast):
    line = make_line(cast.guangcheng)
    for _claim in range(3):
        successful(cast.guangcheng, handler=cast.agent, caller=cast.technician, line=line)

    assert [settle(LATER + timedelta(days=days), by=cast.manager) for days in range(3)] == [1, 0, 0]


def test_ten_rounds_earn_once(cast):
    """Reopened and closed ten times, settled each time at a moment when the days are over."""
    claim = successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)
    found = [settle(LATER, by=cast.manager)]
    for round_number in range(2, 11):
        start = NOW + timedelta(days=round_number * 7)
        with seeing_everything():
            Claim.objects.filter(pk=claim.pk).update(resolved_at=start)
            current = Claim.objects.get(pk=claim.pk)
            current = casework.reopen(claim=current, reason="again", by=cast.agent, now=start)
            current = casework.resolve(claim=current, reason="explained", by=cast.agent, now=start)
        called(current, by=cast.technician, now=start)
        closed(current, by=cast.agent)
        found.append(settle(start + timedelta(days=8), by=cast.manager))

    assert found == [1] + [0] * 9
    assert [each.claim_id for each in rows()] == [claim.pk]


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
        assert reading.fund_of(XIUWEN) == special

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


def test_claims_settled_long_ago_are_left_alone(cast):
    successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)

    assert settle(NOW + timedelta(days=61), by=cast.manager) == 0
    assert settle(NOW + timedelta(days=60), by=cast.manager) == 1


def test_a_thousand_claims_take_a_handful_of_queries_to_look_at(cast, django_assert_max_num_queries):
    claims = [settled(cast.guangcheng, handler=cast.agent) for _each in range(5)]
    with seeing_everything():
        closed_claims = list(Claim.objects.filter(pk__in=[claim.pk for claim in claims]))
        with django_assert_max_num_queries(7):
            found = reading.verdicts(closed_claims, now=NOW + CLOSED_AFTER)

    assert len(found) == 5
