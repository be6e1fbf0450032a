"""Agricultural inputs: losses line by line, and the inspection that a decision waits for."""

from datetime import date, timedelta

import pytest

from claims.models import Advance, Compensation, Inspection, LossLine, Photo
from claims.queries import invariants
from claims.services import compensation, evidence, inspections, losses
from tests.claims.money.cases import XIUWEN, balances, claim_with_photo, fill, read
from tests.claims.money.goods import approved, code_of
from tests.claims.pictures import jpeg
from tests.factories import NOW, acting_as, make_line, make_party, make_policy, seeing_everything

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
SEED = {
    "kind": "price",
    "words": "玉米种",
    "quantity_milli": 2_000,
    "unit": "袋",
    "unit_fen": 4_000,
    "evidence": "order",
}
BENEFIT = {
    "kind": "benefit",
    "words": "3.2 亩玉米减产",
    "quantity_milli": 3_200,
    "unit": "亩",
    "unit_fen": 45_000,
    "evidence": "village committee, average of three years",
}


@pytest.fixture
def claim(cast):
    line = make_line(
        cast.guangcheng, paid_fen=9_000, quantity_milli=3_000, unit="bag", product="玉米种", goods_type="seed"
    )
    claim = claim_with_photo(
        cast.guangcheng,
        filed_by=cast.agent,
        line=line,
        bad_milli=3_000,
        severity="major",
        procedure="agricultural_input",
    )
    with acting_as(cast.agent):
        compensation.work_out(claim=claim, by=cast.agent, now=NOW)
    return claim


def add(cast, claim, line) -> LossLine:
    with acting_as(cast.agent):
        return losses.add(claim=claim, by=cast.agent, now=NOW, **line)


def proposal_of(claim) -> Compensation:
    with seeing_everything():
        return Compensation.objects.exclude(state="voided").get(claim=claim)


def waive(cast, claim):
    with acting_as(cast.officer):
        inspections.waive(claim=claim, reason="the maker admits it", by=cast.officer, now=NOW)


def test_proposal_follows_the_lines(cast, claim):
    assert (proposal_of(claim).amount_fen, proposal_of(claim).damages_fen) == (9_000, 0)

    add(cast, claim, SEED)
    lost = add(cast, claim, BENEFIT)

    proposal = proposal_of(claim)
    assert (proposal.amount_fen, proposal.damages_fen, proposal.payable_fen) == (8_000, 144_000, 152_000)
    assert proposal.steps[0] == {
        "code": "losses",
        "amount_fen": 8_000,
        "numbers": {"price_fen": 8_000, "costs_fen": 0, "benefit_fen": 144_000},
    }
    with acting_as(cast.agent):
        losses.remove(line=lost, by=cast.agent, now=NOW)
    assert (proposal_of(claim).amount_fen, proposal_of(claim).damages_fen) == (8_000, 0)


def test_all_of_it_is_paid_and_only_the_price_counts_on_the_line(cast, claim):
    make_policy(officer_limit_fen=1_000_000, station_day_limit_fen=1_000_000)
    fund = fill(XIUWEN, cash_fen=500_000, entered_by=cast.manager, confirmed_by=cast.officer)
    add(cast, claim, SEED)
    add(cast, claim, BENEFIT)
    waive(cast, claim)

    paid = approved(
        proposal_of(claim), by=cast.agent, remedy="refund", officer=cast.second_officer, payout_method="cash"
    )
    assert paid.state == "approved"
    with acting_as(cast.agent):
        compensation.execute(compensation=paid, by=cast.agent, now=NOW)

    assert (balances(fund)["cash"], read(claim.order_line).granted_fen) == (348_000, 8_000)
    with seeing_everything():
        assert Advance.objects.get().amount_fen == 152_000
        assert list(invariants.violations()) == []


def test_damages_are_money_and_no_exchange(cast, claim):
    add(cast, claim, BENEFIT)
    choice = {"compensation": proposal_of(claim), "payout_method": "cash", "asked_how": "in_person"}

    assert code_of(cast.agent, compensation.choose, remedy="exchange", **choice) == "remedy_not_allowed"
    assert code_of(cast.agent, compensation.choose, remedy="refund", **choice) == ""


def test_lines_stand_still_once_it_is_decided(cast, claim):
    line = add(cast, claim, SEED)
    waive(cast, claim)
    approved(proposal_of(claim), by=cast.agent, remedy="refund", officer=cast.officer, payout_method="cash")

    assert code_of(cast.agent, losses.add, claim=claim, **BENEFIT) == "compensation_approved"
    assert code_of(cast.agent, losses.remove, line=line) == "compensation_approved"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "anger"}, "unknown_choice"),
        ({"words": " "}, "text_missing"),
        ({"evidence": ""}, "text_missing"),
        ({"unit": "x" * 11}, "text_missing"),
        ({"quantity_milli": 0}, "quantity_out_of_range"),
        ({"unit_fen": 0}, "amount_invalid"),
        ({"quantity_milli": 1, "unit_fen": 1}, "amount_invalid"),
        ({}, ""),
    ],
)
def test_line_of_loss_says_what_how_much_and_why(cast, claim, changed, code):
    assert code_of(cast.agent, losses.add, claim=claim, **{**SEED, **changed}) == code


def test_losses_are_listed_for_agricultural_inputs_only(cast):
    fruit = claim_with_photo(cast.guangcheng, filed_by=cast.agent)

    assert code_of(cast.agent, losses.add, claim=fruit, **SEED) == "losses_not_listed"


# Inspections


def send(cast, claim, **changed) -> Inspection:
    values = {
        "body": make_party("inspection", "县农资质量检测站"),
        "sample": "200 seeds of the bag",
        "question": "germination rate",
        "sent_on": TODAY,
        **changed,
    }
    with acting_as(cast.agent):
        return inspections.send(claim=claim, by=cast.agent, now=NOW, **values)


def test_decision_waits_for_the_result_of_the_inspection(cast, claim):
    sent = send(cast, claim)
    with acting_as(cast.agent):
        chosen = compensation.choose(
            compensation=proposal_of(claim),
            remedy="refund",
            payout_method="cash",
            asked_how="in_person",
            by=cast.agent,
            now=NOW,
        )
    assert "no_inspection" in chosen.level_reasons
    assert code_of(cast.officer, compensation.approve, compensation=chosen) == "inspection_missing"

    with acting_as(cast.agent):
        evidence.stage(
            upload=jpeg(5), station=claim.station, form_token="report-0123456789ab", by=cast.agent, now=NOW
        )
        found = inspections.enter_result(
            inspection=sent,
            result="fault_found",
            value="41 %",
            text="germination far below the label",
            result_on=TODAY,
            form_token="report-0123456789ab",
            by=cast.agent,
            now=NOW,
        )

    with seeing_everything():
        report = Photo.objects.get(kind="report")
    assert (found.result, found.value, found.report) == ("fault_found", "41 %", report)
    assert code_of(cast.officer, compensation.approve, compensation=chosen) == ""
    again = {"inspection": sent, "result": "no_fault", "value": "", "text": "x", "result_on": TODAY}
    assert code_of(cast.agent, inspections.enter_result, **again) == "result_known"


def test_person_may_go_on_without_a_result_for_a_reason(cast, claim):
    assert code_of(cast.officer, inspections.waive, claim=claim, reason="x") == "reason_missing"
    waive(cast, claim)

    done = approved(
        proposal_of(claim), by=cast.agent, remedy="refund", officer=cast.second_officer, payout_method="cash"
    )

    assert done.state == "approved"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"body": "merchant"}, "body_unfit"),
        ({"sample": ""}, "text_missing"),
        ({"sent_on": TODAY + timedelta(days=1)}, "day_invalid"),
        ({"sent_on": date(2026, 11, 1)}, "day_invalid"),
        ({}, ""),
    ],
)
def test_sample_goes_to_an_inspection_body(cast, claim, changed, code):
    body = make_party(changed.pop("body", "inspection"), "县农资质量检测站")
    values = {"body": body, "sample": "200 seeds", "question": "germination", "sent_on": TODAY, **changed}

    assert code_of(cast.agent, inspections.send, claim=claim, **values) == code
