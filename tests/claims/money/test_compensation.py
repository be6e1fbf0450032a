"""A compensation's way from the proposal to the remedy."""

from datetime import timedelta

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Advance, Compensation, Movement
from claims.services import casework, compensation
from tests.claims.money.cases import (
    XIUWEN,
    balances,
    choose,
    claim_with_photo,
    fill,
    make_photo,
    proposed,
    read,
)
from tests.factories import NOW, acting_as, make_claim, make_line, make_policy, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)


def verbs_of(claim) -> list[str]:
    with seeing_everything():
        return list(
            AuditEvent.objects.filter(claim_id=claim.pk).order_by("id").values_list("verb", flat=True)
        )


def test_small_refund_is_approved_by_rule_and_paid_at_once(cast, xiuwen_fund):
    proposal = proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=4000, bad_milli=3000)

    paid = choose(proposal, by=cast.agent)

    assert (paid.state, paid.amount_fen, paid.granted_fen) == ("executed", 600, 600)
    assert (paid.level, paid.approved_by, paid.executed_by) == ("rule", None, cast.agent)
    assert paid.receipt_number == f"{paid.claim.number}-1"
    with seeing_everything():
        movement = Movement.objects.get(kind="advance")
        advance = Advance.objects.get()
    assert (movement.business_key, movement.amount_fen) == (f"advance:claim:{paid.claim_id}:1", 600)
    assert (advance.movement, advance.amount_fen, advance.party) == (movement, 600, paid.claim.liable_party)
    assert balances(xiuwen_fund) == {
        "cash": 99_400,
        "budget": 100_000,
        "advances": 600,
        "written_off": 0,
    }
    line = read(paid.claim.order_line)
    assert (line.granted_fen, line.bad_milli) == (600, 3000)
    assert read(paid.claim).status == "resolved"
    assert verbs_of(paid.claim) == [
        "compensation.worked_out",
        "compensation.chosen",
        "compensation.approved",
        "movement.posted",
        "compensation.executed",
        "claim.resolved",
        "follow_up.opened",
    ]


def test_preview_says_what_work_out_proposes_and_changes_nothing(cast):
    line = make_line(cast.guangcheng, paid_fen=4000)

    with acting_as(cast.agent):
        award = compensation.preview(order_line=line, bad_milli=3000, now=NOW)

    assert (award.amount_fen, award.limited_by) == (600, None)
    with seeing_everything():
        assert Compensation.objects.count() == 0


def test_proposal_keeps_the_formula_and_says_who_will_decide(cast):
    proposal = proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=40_000, bad_milli=5000)

    assert [step["code"] for step in proposal.steps] == ["basis", "bad_so_far", "share"]
    assert (proposal.amount_fen, proposal.state) == (10_000, "proposed")
    assert (proposal.needs_level, proposal.level_reasons) == ("officer", ["over_automatic_limit"])


def test_working_out_again_voids_the_undecided_proposal(cast):
    first = proposed(cast.guangcheng, filed_by=cast.agent)

    with acting_as(cast.agent):
        second = compensation.work_out(claim=first.claim, by=cast.agent, now=NOW)

    assert (read(first).state, read(second).state) == ("voided", "proposed")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "resolved"}, "claim_ended"),
        ({"bad_milli": None}, "no_quantity"),
        ({"bad_milli": 20_001}, "bad_over_total"),
    ],
)
def test_work_out_refuses(cast, change, code):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, **change)

    with acting_as(cast.agent), pytest.raises(Refused) as refused:
        compensation.work_out(claim=claim, by=cast.agent, now=NOW)

    assert refused.value.code == code


def test_terms_are_those_of_the_day_of_the_order_and_county_terms_come_first(cast):
    make_policy(version=2, valid_from=NOW.date() + timedelta(days=1), multiplier_permille=2000)
    county = make_policy(county_code=XIUWEN, valid_from=NOW.date() - timedelta(days=30), minimum_fen=700)
    make_policy(county_code="320324000000", minimum_fen=900)

    proposal = proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=4000, bad_milli=3000)

    assert (proposal.policy, proposal.amount_fen) == (county, 700)


def test_large_amount_waits_for_an_officer_and_then_for_the_payout(cast, xiuwen_fund):
    proposal = proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=40_000, bad_milli=5000)

    chosen = choose(proposal, by=cast.agent)
    assert (chosen.state, chosen.needs_level, chosen.asked_by) == ("chosen", "officer", cast.agent)

    with acting_as(cast.officer):
        approved = compensation.approve(compensation=chosen, by=cast.officer, now=NOW)
    assert (approved.state, approved.level, approved.approved_by) == ("approved", "officer", cast.officer)
    assert read(proposal.claim.order_line).granted_fen == 10_000
    assert balances(xiuwen_fund)["cash"] == 100_000

    with acting_as(cast.agent):
        paid = compensation.execute(compensation=approved, by=cast.agent, now=NOW)
    assert (paid.state, balances(xiuwen_fund)["cash"]) == ("executed", 90_000)


def test_choice_may_be_changed_until_it_is_decided(cast, xiuwen_fund):
    proposal = proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=40_000, bad_milli=5000)

    choose(proposal, by=cast.agent, remedy="refund")
    changed = choose(proposal, by=cast.technician, remedy="coupon", asked_how="phone")
    assert (changed.remedy, changed.payout_method, changed.asked_how) == ("coupon", "", "phone")

    with acting_as(cast.officer):
        compensation.approve(compensation=changed, by=cast.officer, now=NOW)
    with pytest.raises(Refused) as refused:
        choose(proposal, by=cast.agent, remedy="refund")
    assert refused.value.code == "already_decided"


def test_choose_refuses(cast):
    proposal = proposed(cast.guangcheng, filed_by=cast.agent)
    told = []
    for choice in (
        {"remedy": "repair"},
        {"remedy": ""},
        {"payout_method": "gold"},
        {"asked_how": ""},
        {"expected_version": 7},
    ):
        with pytest.raises(Refused) as refused:
            choose(proposal, by=cast.agent, **choice)
        told.append(refused.value.code)

    assert told == [
        "remedy_not_allowed",
        "remedy_not_allowed",
        "payout_method_missing",
        "asked_how_missing",
        "stale",
    ]
    assert read(proposal).state == "proposed"
    assert choose(proposal, by=cast.agent).state == "approved"


def test_choose_refuses_a_claim_that_nobody_has_accepted(cast):
    claim = claim_with_photo(cast.guangcheng, filed_by=cast.agent, status="submitted")
    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)

    with pytest.raises(Refused) as refused:
        choose(proposal, by=cast.agent)

    assert refused.value.code == "not_accepted"


def test_nothing_can_be_chosen_when_nothing_is_due(cast):
    make_policy(tolerance_permille=200)
    proposal = proposed(cast.guangcheng, filed_by=cast.agent, bad_milli=3000)
    assert (proposal.amount_fen, proposal.level_reasons) == (0, ["nothing_due"])

    with pytest.raises(Refused) as refused:
        choose(proposal, by=cast.agent)

    assert refused.value.code == "nothing_due"


def test_second_claim_on_a_line_gets_what_the_whole_leaves(cast, xiuwen_fund):
    line = make_line(cast.guangcheng, paid_fen=1000, quantity_milli=3000)
    amounts = []
    for _part in range(3):
        claim = claim_with_photo(cast.guangcheng, filed_by=cast.agent, line=line, bad_milli=1000)
        with acting_as(cast.agent):
            proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)
        amounts.append(choose(proposal, by=cast.agent).amount_fen)

    assert amounts == [333, 334, 333]
    assert read(line).granted_fen == 1000


def test_amount_that_another_claim_has_changed_is_shown_before_it_is_paid(cast, xiuwen_fund):
    make_policy(minimum_fen=500)
    line = make_line(cast.guangcheng, paid_fen=4000)
    first, second = (
        claim_with_photo(cast.guangcheng, filed_by=cast.agent, line=line, bad_milli=1000) for _ in range(2)
    )
    with acting_as(cast.agent):
        slow = compensation.work_out(claim=first, by=cast.agent, now=NOW)
        fast = compensation.work_out(claim=second, by=cast.agent, now=NOW)
    choose(fast, by=cast.agent)

    with pytest.raises(Refused) as refused:
        choose(slow, by=cast.agent)

    shown = read(slow)
    assert (refused.value.code, refused.value.details) == ("amount_changed", {"due_fen": 0})
    assert (shown.state, shown.amount_fen, shown.remedy) == ("proposed", 0, "")
    assert read(line).granted_fen == 500


def test_officer_does_not_approve_an_amount_that_has_changed(cast, xiuwen_fund):
    line = make_line(cast.guangcheng, paid_fen=40_000)
    large, small = (
        claim_with_photo(cast.guangcheng, filed_by=cast.agent, line=line, bad_milli=milli)
        for milli in (4000, 100)
    )
    make_policy(minimum_fen=300)
    with acting_as(cast.agent):
        chosen = choose(compensation.work_out(claim=large, by=cast.agent, now=NOW), by=cast.agent)
        choose(compensation.work_out(claim=small, by=cast.agent, now=NOW), by=cast.agent)

    with acting_as(cast.officer), pytest.raises(Refused) as refused:
        compensation.approve(compensation=chosen, by=cast.officer, now=NOW)

    shown = read(chosen)
    assert refused.value.code == "amount_changed"
    assert (shown.state, shown.amount_fen, shown.asked_by) == ("proposed", 7900, None)


def test_revoking_an_approval_gives_the_line_its_room_back(cast):
    waiting = choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    assert read(waiting.claim.order_line).granted_fen == 600

    with acting_as(cast.agent), pytest.raises(Refused) as refused:
        compensation.revoke(compensation=waiting, reason="typed wrongly", by=cast.agent, now=NOW)
    with acting_as(cast.officer):
        revoked = compensation.revoke(compensation=waiting, reason="typed wrongly", by=cast.officer, now=NOW)
        again = compensation.work_out(claim=revoked.claim, by=cast.officer, now=NOW)

    line = read(waiting.claim.order_line)
    assert refused.value.code == "level_too_low"
    assert (revoked.state, again.state) == ("voided", "proposed")
    assert (line.granted_fen, line.bad_milli) == (0, 0)


def test_refusing_ends_the_claim_with_an_explanation(cast):
    chosen = choose(
        proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=40_000, bad_milli=5000), by=cast.agent
    )

    with acting_as(cast.officer):
        refused = compensation.refuse(
            compensation=chosen,
            code="not_the_goods",
            text="照片上不是这批货。",
            by=cast.officer,
            now=NOW,
        )

    claim = read(refused.claim)
    assert refused.state == "refused"
    assert (claim.status, claim.rejection_code, claim.rejection_text) == (
        "rejected",
        "not_the_goods",
        "照片上不是这批货。",
    )


def test_new_round_of_a_paid_claim_is_worked_out_and_paid_anew(cast, xiuwen_fund):
    paid = choose(
        proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=4000, bad_milli=1000), by=cast.agent
    )
    with acting_as(cast.agent):
        claim = casework.reopen(
            claim=read(paid.claim), reason="more went bad", by=cast.agent, now=NOW + timedelta(days=2)
        )
        again = compensation.work_out(claim=claim, by=cast.agent, now=NOW + timedelta(days=2))
    second = choose(again, by=cast.agent, now=NOW + timedelta(days=2))

    assert (second.state, second.round, second.receipt_number) == ("executed", 2, f"{claim.number}-2")
    assert read(claim.order_line).granted_fen == 400
    with seeing_everything():
        keys = Movement.objects.filter(kind="advance").order_by("id").values_list("business_key", flat=True)
        assert list(keys) == [f"advance:claim:{claim.pk}:1", f"advance:claim:{claim.pk}:2"]


def test_photo_is_what_lets_the_rule_decide(cast, xiuwen_fund):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)
    without = choose(proposal, by=cast.agent)
    make_photo(claim)
    with_photo = choose(proposal, by=cast.agent)

    assert (without.state, without.level_reasons) == ("chosen", ["no_evidence"])
    assert (with_photo.state, with_photo.level_reasons) == ("executed", [])
