from datetime import timedelta

import pytest

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Claim, ClaimClock, Compensation, Offer
from claims.services import casework, compensation
from tests.factories import (
    NOW,
    acting_as,
    give,
    make_claim,
    make_line,
    seeing_everything,
)

SOON = NOW + timedelta(hours=1, minutes=30, seconds=59)
FACTS = {"progress": "已受理", "finish_at": NOW + timedelta(days=1), "method": "按比例赔付"}


def refusal(service, **arguments):
    with pytest.raises(Refused) as refused:
        service(**arguments)
    return refused.value.code, refused.value.field


def verbs_of(claim):
    with seeing_everything():
        return list(
            AuditEvent.objects.filter(claim_id=claim.pk).values_list("verb", flat=True).order_by("id")
        )


def propose(claim, by):
    with acting_as(by):
        return compensation.work_out(claim=claim, by=by, now=NOW)


def state_of(proposal):
    with seeing_everything():
        return Compensation.objects.get(pk=proposal.pk).state


def test_accept_keeps_the_three_facts_and_the_minutes(cast):
    claim = make_claim(
        cast.guangcheng, filed_by=cast.agent, status="submitted", handler=None, accepted_at=None
    )

    with acting_as(cast.technician):
        accepted = casework.accept(claim=claim, by=cast.technician, now=SOON, **FACTS)

    assert accepted.status == "accepted"
    assert accepted.accepted_at == SOON
    assert accepted.response_minutes == 90
    assert accepted.handler_id == cast.technician.pk
    assert (accepted.reply_progress, accepted.reply_finish_at, accepted.reply_method) == (
        "已受理",
        NOW + timedelta(days=1),
        "按比例赔付",
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"progress": "  "}, ("reply_incomplete", "progress")),
        ({"method": ""}, ("reply_incomplete", "method")),
        ({"method": "换" * 201}, ("reply_incomplete", "method")),
        ({"finish_at": SOON}, ("finish_not_ahead", "finish_at")),
    ],
)
def test_accept_refuses_an_incomplete_reply(cast, change, expected):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="submitted")

    with acting_as(cast.agent):
        assert (
            refusal(casework.accept, claim=claim, by=cast.agent, now=SOON, **{**FACTS, **change}) == expected
        )
        assert casework.accept(claim=claim, by=cast.agent, now=SOON, **FACTS).version == 2


def test_a_claim_goes_its_whole_way(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="submitted", bad_milli=None)
    by = {"by": cast.agent}

    with acting_as(cast.agent):
        claim = casework.accept(claim=claim, now=SOON, **FACTS, **by)
        claim = casework.start(claim=claim, now=SOON, **by)
        claim = casework.wait(claim=claim, reason_code="merchant", note="等商家回复", now=SOON, **by)
        claim = casework.resume(claim=claim, now=SOON, **by)
        claim = casework.resolve(claim=claim, reason="已解释并取得谅解", now=NOW + timedelta(hours=5), **by)
        assert (claim.resolved_at, claim.resolution_minutes) == (NOW + timedelta(hours=5), 300)
        claim = casework.close(claim=claim, now=NOW + timedelta(days=2), **by)

    assert (claim.status, claim.closed_at, claim.version) == ("closed", NOW + timedelta(days=2), 7)
    assert verbs_of(claim) == [
        "claim.accepted",
        "claim.started",
        "claim.put_on_hold",
        "claim.resumed",
        "claim.resolved",
        "follow_up.opened",
        "claim.closed",
    ]


def test_resolving_a_waiting_claim_ends_its_pause_first(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="waiting")

    with acting_as(cast.agent):
        assert refusal(casework.resolve, claim=claim, by=cast.agent, now=SOON, expected_version=7) == (
            "stale",
            None,
        )
        resolved = casework.resolve(claim=claim, by=cast.agent, now=SOON, expected_version=1)

    assert (resolved.status, resolved.version) == ("resolved", 3)
    assert verbs_of(claim) == ["claim.resumed", "claim.resolved", "follow_up.opened"]


def test_a_reason_is_asked_for(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress")

    with acting_as(cast.agent):
        given = {"claim": claim, "by": cast.agent, "now": SOON}
        assert refusal(casework.withdraw, reason=" 没有 ", **given) == ("reason_missing", "reason")
        assert casework.withdraw(reason="没有货了", **given).version == 2


def test_waiting_names_who_has_to_act(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress", with_clocks=True)

    with acting_as(cast.agent):
        given = {"claim": claim, "by": cast.agent, "now": SOON}
        assert refusal(casework.wait, reason_code="lunch", **given) == ("unknown_reason", "reason_code")
        assert refusal(casework.wait, reason_code="consumer", note="长" * 201, **given) == (
            "too_long",
            "note",
        )
        waiting = casework.wait(reason_code="consumer", note="", **given)
        assert (waiting.status, waiting.handling_due_at) == ("waiting", NOW + timedelta(hours=24 + 72))
        resumed = casework.resume(claim=waiting, by=cast.agent, now=SOON + timedelta(hours=1))

    assert (resumed.status, resumed.handling_due_at) == ("in_progress", NOW + timedelta(hours=25))
    with seeing_everything():
        held = AuditEvent.objects.get(verb="claim.put_on_hold")
    assert held.after == {"status": "waiting", "waits_for": "consumer"}


def test_reject_names_the_reason_and_explains_it(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="submitted")
    given = {"claim": claim, "by": cast.officer, "now": SOON}

    with acting_as(cast.officer):
        assert refusal(casework.reject, code="because", text="超过时限", **given) == (
            "unknown_reason",
            "code",
        )
        assert refusal(casework.reject, code="too_late", text="晚", **given) == (
            "explanation_missing",
            "text",
        )
        assert refusal(casework.reject, code="too_late", text="晚" * 501, **given) == (
            "explanation_missing",
            "text",
        )
        rejected = casework.reject(code="too_late", text="超过报告时限", **given)

    assert (rejected.status, rejected.rejection_code, rejected.rejection_text) == (
        "rejected",
        "too_late",
        "超过报告时限",
    )
    assert (rejected.closed_at, rejected.response_minutes, rejected.accepted_at) == (SOON, 90, None)


def test_refusing_later_keeps_the_minutes_of_the_first_response(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="accepted", response_minutes=12)

    with acting_as(cast.officer):
        rejected = casework.reject(claim=claim, code="other", text="另有说明", by=cast.officer, now=SOON)

    assert rejected.response_minutes == 12


@pytest.mark.parametrize("service", ["reject", "withdraw"])
def test_ending_a_claim_voids_what_nobody_has_decided(cast, service):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="accepted")
    proposal = propose(claim, cast.agent)
    said = {"code": "other", "text": "另有说明"} if service == "reject" else {"reason": "不要了，谢谢"}

    with acting_as(cast.officer):
        getattr(casework, service)(claim=claim, by=cast.officer, now=SOON, **said)

    assert state_of(proposal) == "voided"
    assert verbs_of(claim)[-2:] == [
        "compensation.voided",
        {"reject": "claim.rejected"}.get(service, "claim.withdrawn"),
    ]


@pytest.mark.parametrize("service", ["reject", "withdraw"])
def test_an_approved_amount_keeps_a_claim_from_ending_without_it(cast, service):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="accepted")
    proposal = propose(claim, cast.agent)
    with seeing_everything():
        Compensation.objects.filter(pk=proposal.pk).update(state="approved", remedy="refund")
    said = {"code": "other", "text": "另有说明"} if service == "reject" else {"reason": "不要了，谢谢"}
    call = {"claim": claim, "by": cast.officer, "now": SOON, **said}

    with acting_as(cast.officer):
        assert refusal(getattr(casework, service), **call) == ("compensation_approved", None)
        assert Claim.objects.get(pk=claim.pk).status == "accepted"


@pytest.mark.parametrize(
    ("procedure", "paid_fen", "state", "code"),
    [
        ("quality_proportional", 4000, "proposed", "compensation_open"),
        ("quality_proportional", 4000, "chosen", "compensation_open"),
        ("quality_proportional", 1, "proposed", None),  # 3 of 20 for one fen: nothing is due
        ("appliance_repair", 4000, "proposed", None),  # repaired instead
        ("appliance_repair", 4000, "chosen", "compensation_open"),
        ("appliance_repair", 4000, "approved", "compensation_open"),
    ],
)
def test_resolve_does_not_pass_over_an_amount_that_is_due(cast, procedure, paid_fen, state, code):
    line = make_line(cast.guangcheng, paid_fen=paid_fen)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line, procedure=procedure)
    proposal = propose(claim, cast.agent)
    if state != "proposed":
        with seeing_everything():
            Compensation.objects.filter(pk=proposal.pk).update(state=state, remedy="refund")
    call = {"claim": claim, "by": cast.agent, "now": SOON, "reason": "已处理"}

    with acting_as(cast.agent):
        if code:
            assert refusal(casework.resolve, **call) == (code, None)
            assert Claim.objects.get(pk=claim.pk).status == "accepted"
        else:
            assert casework.resolve(**call).status == "resolved"

    assert state_of(proposal) == (state if code else "voided")


def test_reopening_starts_a_round_of_its_own(cast):
    claim = make_claim(
        cast.guangcheng,
        filed_by=cast.agent,
        status="closed",
        resolved_at=NOW,
        closed_at=NOW + timedelta(days=3),
        resolution_minutes=100,
    )
    last_instant = NOW + timedelta(days=7)

    with acting_as(cast.agent):
        assert refusal(casework.reopen, claim=claim, reason="", by=cast.agent, now=last_instant) == (
            "reason_missing",
            "reason",
        )
        assert refusal(
            casework.reopen,
            claim=claim,
            reason="补发的也坏了",
            by=cast.agent,
            now=last_instant + timedelta(microseconds=1),
        ) == ("reopening_over", None)
        reopened = casework.reopen(claim=claim, reason="补发的也坏了", by=cast.agent, now=last_instant)

    assert (reopened.status, reopened.round) == ("in_progress", 2)
    assert (reopened.resolved_at, reopened.closed_at, reopened.resolution_minutes) == (None, None, None)
    assert reopened.handling_due_at == last_instant + timedelta(hours=24)


@pytest.mark.parametrize("has_left", [True, False])
def test_a_reopened_claim_is_not_left_with_somebody_who_is_gone(cast, has_left):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, handler=cast.neighbour, status="in_progress")
    with acting_as(cast.officer):
        claim = casework.resolve(claim=claim, by=cast.officer, now=SOON)
    give(cast.neighbour, Role.AGENT, station=cast.guangcheng)
    if has_left:
        User.objects.filter(pk=cast.neighbour.pk).update(is_active=False)

    with acting_as(cast.officer):
        claim = Claim.objects.get(pk=claim.pk)
        reopened = casework.reopen(claim=claim, reason="又坏了一箱", by=cast.officer, now=SOON)
        running = ClaimClock.objects.filter(claim=claim, outcome="running").order_by("clock")
        waits_for = list(running.values_list("clock", flat=True))
        asked = list(Offer.objects.filter(claim=claim).values_list("person", "round", "state"))

    if has_left:
        assert (reopened.handler, asked) == (None, [(cast.agent.pk, 2, "open")])
        assert waits_for == ["handling", "village_response"]
    else:
        assert (reopened.handler, asked, waits_for) == (cast.neighbour, [], ["handling"])


def test_the_seven_days_of_a_refused_claim_run_from_the_refusal(cast):
    claim = make_claim(
        cast.guangcheng,
        filed_by=cast.agent,
        status="rejected",
        rejection_code="other",
        rejection_text="另有说明",
        closed_at=NOW,
    )

    with acting_as(cast.agent):
        reopened = casework.reopen(claim=claim, reason="有新照片", by=cast.agent, now=NOW + timedelta(days=7))

    assert (reopened.rejection_code, reopened.rejection_text, reopened.round) == ("", "", 2)


def test_minutes_to_resolution_leave_out_the_time_between_two_rounds(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress")
    by = {"by": cast.agent}

    with acting_as(cast.agent):
        claim = casework.resolve(claim=claim, now=NOW + timedelta(hours=2), **by)
        claim = casework.reopen(claim=claim, reason="又坏了一箱", now=NOW + timedelta(days=2), **by)
        claim = casework.resolve(claim=claim, now=NOW + timedelta(days=2, hours=3), **by)

    assert claim.resolution_minutes == 5 * 60
