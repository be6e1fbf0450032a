"""Repairs: chosen, tried, counted over the life of the goods."""

from datetime import date, timedelta

import pytest

from claims.models import Compensation, Repair
from claims.queries import invariants
from claims.rules import classification
from claims.rules.classification import Procedure, Remedy
from claims.services import casework, compensation, repairs
from tests.claims.money.cases import read
from tests.claims.money.goods import appliance, approved, code_of
from tests.factories import NOW, acting_as, make_party, seeing_everything

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


def chosen(cast) -> Compensation:
    return approved(
        appliance(cast.guangcheng, filed_by=cast.agent, procedure="appliance_repair"),
        by=cast.agent,
        remedy="repair",
        officer=cast.officer,
    )


def begin(cast, claim, *, began_on=TODAY, **fields) -> Repair:
    with acting_as(cast.agent):
        return repairs.begin(
            claim=claim, fault="does not heat", began_on=began_on, by=cast.agent, now=NOW, **fields
        )


def finish(cast, repair, outcome="fixed", *, ended_on=TODAY, **fields) -> Repair:
    with acting_as(cast.agent):
        return repairs.finish(
            repair=repair, outcome=outcome, ended_on=ended_on, by=cast.agent, now=NOW, **fields
        )


def remedies_of(claim) -> set[str]:
    return {each.value for each in compensation.permitted_remedies(claim)}


def test_repair_counts_nothing_and_is_carried_out_when_it_is_done(cast):
    waiting = chosen(cast)
    line = read(waiting.claim.order_line)
    assert (waiting.state, waiting.granted_fen, line.granted_fen, line.bad_milli) == ("approved", 0, 0, 0)
    assert code_of(cast.agent, compensation.execute, compensation=waiting) == "repair_not_done"
    repair = finish(
        cast,
        begin(cast, waiting.claim, provider=make_party("provider", "县城家电维修")),
        parts="heating plate",
        cost_fen=6_000,
    )

    with acting_as(cast.agent):
        done = compensation.execute(compensation=waiting, by=cast.agent, now=NOW)

    assert (done.state, read(done.claim).status) == ("executed", "resolved")
    assert (repair.attempt, repair.outcome, repair.parts, repair.cost_fen) == (
        1,
        "fixed",
        "heating plate",
        6_000,
    )
    with seeing_everything():
        assert list(invariants.violations()) == []


def test_price_of_the_goods_does_not_move_a_repair_up(cast):
    proposal = appliance(cast.guangcheng, filed_by=cast.agent, procedure="appliance_repair", paid_fen=300_000)

    done = approved(proposal, by=cast.agent, remedy="repair", officer=cast.officer)

    assert (done.state, done.needs_level) == ("approved", "officer")


def test_second_failure_lets_the_consumer_choose_goods_or_money(cast):
    waiting = chosen(cast)
    finish(cast, begin(cast, waiting.claim), "failed")
    assert read(waiting).state == "approved"

    finish(cast, begin(cast, waiting.claim), "failed")

    assert read(waiting).state == "voided"
    with acting_as(cast.agent):
        again = Compensation.objects.get(claim=waiting.claim, state="proposed")
        assert (again.amount_fen, remedies_of(again.claim)) == (
            30_000,
            {"repair", "exchange", "return", "refund"},
        )


@pytest.mark.parametrize(
    ("outcomes", "more"), [(["failed"], set()), (["failed", "failed"], {"exchange", "return"})]
)
def test_failures_open_ways_that_the_procedure_does_not_know(cast, monkeypatch, outcomes, more):
    known = classification.PROCEDURES["appliance_repair"]
    narrow = Procedure(**{**known.__dict__, "remedies": frozenset({Remedy.REPAIR})})
    monkeypatch.setitem(classification.PROCEDURES, "appliance_repair", narrow)
    waiting = chosen(cast)
    for outcome in outcomes:
        finish(cast, begin(cast, waiting.claim), outcome)

    assert remedies_of(waiting.claim) == {"repair"} | more


def test_attempts_count_over_all_rounds_of_the_goods(cast):
    waiting = chosen(cast)
    finish(cast, begin(cast, waiting.claim), "failed")
    finish(cast, begin(cast, waiting.claim), "fixed")
    with acting_as(cast.agent):
        compensation.execute(compensation=waiting, by=cast.agent, now=NOW)
        again = casework.reopen(claim=read(waiting.claim), reason="broken again", by=cast.agent, now=NOW)
        compensation.work_out(claim=again, by=cast.agent, now=NOW)

    third = begin(cast, again)

    assert (third.attempt, third.round) == (3, 2)
    proposal = Compensation._base_manager.get(claim=again, round=2)
    second_choice = approved(proposal, by=cast.agent, remedy="repair", officer=cast.officer)
    assert code_of(cast.agent, compensation.execute, compensation=second_choice) == "repair_not_done"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"fault": " "}, "text_missing"),
        ({"began_on": TODAY + timedelta(days=1)}, "day_invalid"),
        ({"began_on": date(2026, 11, 14)}, "day_invalid"),  # the day before it was bought
        ({}, ""),
    ],
)
def test_repair_begins_with_a_fault_and_a_day(cast, fields, code):
    claim = chosen(cast).claim
    values = {"claim": claim, "fault": "does not heat", "began_on": TODAY, **fields}

    assert code_of(cast.agent, repairs.begin, **values) == code


def test_goods_are_repaired_one_time_after_the_other(cast):
    claim = chosen(cast).claim
    first = begin(cast, claim)
    again = {"claim": claim, "fault": "x", "began_on": TODAY}
    assert code_of(cast.agent, repairs.begin, **again) == "repair_running"
    finish(cast, first, "failed")
    outcome = {"repair": first, "outcome": "fixed", "ended_on": TODAY}
    assert code_of(cast.agent, repairs.finish, **outcome) == "repair_ended"

    assert code_of(cast.agent, repairs.begin, **again) == ""


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"outcome": "perhaps"}, "unknown_choice"),
        ({"ended_on": TODAY - timedelta(days=1)}, "day_invalid"),
        ({"ended_on": TODAY + timedelta(days=1)}, "day_invalid"),
        ({"parts": "x" * 201}, "too_long"),
        ({"cost_fen": -1}, "amount_invalid"),
        ({}, ""),
    ],
)
def test_repair_ends_with_an_outcome(cast, fields, code):
    repair = begin(cast, chosen(cast).claim)
    values = {"repair": repair, "outcome": "fixed", "ended_on": TODAY, **fields}

    assert code_of(cast.agent, repairs.finish, **values) == code
