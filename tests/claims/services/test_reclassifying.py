"""Another class: procedure, liable party, clocks and amount follow; starts and pauses stay."""

from datetime import datetime, timedelta

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.lib.worktime import SHANGHAI
from claims.models import Claim, Compensation
from claims.queries import clock_invariants, invariants
from claims.queries.clocks import clocks_of
from claims.services import casework, compensation, reclassifying
from tests.claims.money.cases import choose, proposed
from tests.factories import NOW, acting_as, make_claim, make_policy, seeing_everything

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
CLOTHING = {"goods_type": "clothing", "nature": "quality", "severity": "moderate"}


def reclassify(cast, claim, *, now=NOW + 4 * HOUR, reason="是衣服不是水果", **changes):
    with acting_as(cast.agent):
        return reclassifying.reclassify(
            claim=claim, **{**CLOTHING, **changes}, reason=reason, by=cast.agent, now=now
        )


def refusal(cast, claim, **given):
    with pytest.raises(Refused) as refused:
        reclassify(cast, claim, **given)
    return refused.value.code, refused.value.field


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_running_promises_follow_the_new_class_from_their_own_start(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress", with_clocks=True)
    with acting_as(cast.agent):
        claim = casework.wait(claim=claim, reason_code="consumer", by=cast.agent, now=NOW + HOUR)
        claim = casework.resume(claim=claim, by=cast.agent, now=NOW + 3 * HOUR)

    moved = reclassify(cast, claim)

    with seeing_everything():
        shown = {each.clock: (each.outcome, each.started_at, each.due_at) for each in clocks_of(claim)}
        event = AuditEvent.objects.get(verb="claim.reclassified")
        assert [*clock_invariants.violations(), *invariants.violations()] == []
    assert shown["handling"] == ("running", NOW, local("2026-11-30 16:00"))
    assert shown["fresh_inspection"][0] == "void"
    assert moved.handling_due_at == Claim._base_manager.get(pk=claim.pk).handling_due_at
    assert moved.handling_due_at == local("2026-11-30 16:00")
    assert (event.before["goods_type"], event.after["goods_type"], event.reason) == (
        "fresh_fruit",
        "clothing",
        "是衣服不是水果",
    )


def test_the_liable_party_and_the_amount_follow(cast):
    make_policy()
    proposal = proposed(cast.guangcheng, filed_by=cast.agent)

    moved = reclassify(cast, proposal.claim, goods_type="fresh_fruit", nature="logistics", severity="minor")

    assert (moved.procedure, moved.liable_party) == ("logistics_minor", moved.order_line.order.logistics)
    with seeing_everything():
        states = list(Compensation.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["voided", "proposed"]


def test_what_was_approved_stays_as_it_is(cast):
    proposal = proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=60_000, bad_milli=20_000)
    chosen = choose(proposal, by=cast.agent)
    with acting_as(cast.manager):
        compensation.approve(compensation=chosen, by=cast.manager, now=NOW)

    assert refusal(cast, proposal.claim) == ("compensation_approved", None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reason": "错"}, ("reason_missing", "reason")),
        ({"goods_type": "spaceship"}, ("unknown_choice", "goods_type")),
        ({"goods_type": "fresh_fruit", "severity": "minor"}, ("same_class", "goods_type")),
    ],
)
def test_what_makes_no_sense_is_refused(cast, changes, expected):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, with_clocks=True)

    assert refusal(cast, claim, **changes) == expected
    assert reclassify(cast, claim).version == claim.version + 1


def test_an_ended_claim_keeps_its_class(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="withdrawn", closed_at=NOW)

    assert refusal(cast, claim) == ("claim_ended", None)


def test_the_slower_of_two_is_told(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, with_clocks=True)
    reclassify(cast, claim)

    assert refusal(cast, claim) == ("stale", None)
