from datetime import timedelta

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Claim, Compensation, OrderLine
from claims.services import casework, compensation, counting
from tests.factories import NOW, acting_as, make_claim, make_line, seeing_everything

REASON = "重新清点过"


def recount(claim, by, bad_milli=4000, **changes):
    with acting_as(by):
        return counting.recount(
            **{"claim": claim, "bad_milli": bad_milli, "reason": REASON, "by": by, "now": NOW, **changes}
        )


def refusal(claim, by, *arguments, **changes):
    with pytest.raises(Refused) as refused:
        recount(claim, by, *arguments, **changes)
    return refused.value.code, refused.value.field


def state_of(proposal):
    with seeing_everything():
        return Compensation.objects.get(pk=proposal.pk).state


def test_counting_again_replaces_the_proposal(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    with acting_as(cast.agent):
        first = compensation.work_out(claim=claim, by=cast.agent, now=NOW)

    second = recount(claim, cast.officer, expected_version=1)

    assert (first.amount_fen, second.amount_fen, second.state, second.worked_out_by_id) == (
        600,
        800,
        "proposed",
        cast.officer.pk,
    )
    assert state_of(first) == "voided"
    with seeing_everything():
        stored = Claim.objects.get(pk=claim.pk)
        event = AuditEvent.objects.get(verb="claim.recounted")
    assert (stored.bad_milli, stored.version) == (4000, 2)
    assert (event.before, event.after, event.reason, event.actor_id) == (
        {"bad_milli": 3000},
        {"bad_milli": 4000},
        REASON,
        cast.officer.pk,
    )


def test_a_claim_that_was_not_counted_gets_its_amount(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, bad_milli=None)

    assert recount(claim, cast.agent).amount_fen == 800


def test_a_new_round_counts_what_has_gone_bad_since(cast):
    line = make_line(cast.guangcheng, quantity_milli=20_000, paid_fen=4000)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line, status="resolved", resolved_at=NOW)
    with seeing_everything():
        OrderLine.objects.filter(pk=line.pk).update(granted_fen=600, bad_milli=3000)
    with acting_as(cast.agent):
        tomorrow = NOW + timedelta(days=1)
        claim = casework.reopen(claim=claim, reason="补发的又坏了", by=cast.agent, now=tomorrow)
    claim.order_line.refresh_from_db()

    assert refusal(claim, cast.agent, 18_000)[0] == "bad_over_total"
    again = recount(claim, cast.agent, 3000)

    assert (again.round, again.bad_milli, again.state) == (2, 3000, "proposed")


def test_the_same_quantity_is_no_new_count_once_it_has_an_amount(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, bad_milli=3000)

    recount(claim, cast.agent, 3000)
    with seeing_everything():
        claim = Claim.objects.get(pk=claim.pk)

    assert refusal(claim, cast.agent, 3000) == ("same_quantity", "bad_milli")


@pytest.mark.parametrize(
    ("status", "bad_milli", "change", "expected"),
    [
        ("accepted", 0, {}, ("bad_not_positive", "bad_milli")),
        ("accepted", 20_001, {}, ("bad_over_total", "bad_milli")),
        ("accepted", 2500, {}, ("bad_not_whole", "bad_milli")),
        ("accepted", 4000, {"reason": " 没 "}, ("reason_missing", "reason")),
        ("accepted", 4000, {"expected_version": 2}, ("stale", None)),
        ("resolved", 4000, {}, ("claim_ended", None)),
        ("withdrawn", 4000, {}, ("claim_ended", None)),
    ],
)
def test_what_cannot_be_counted_is_refused(cast, status, bad_milli, change, expected):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status=status)

    assert refusal(claim, cast.agent, bad_milli, **change) == expected
    with seeing_everything():
        assert Claim.objects.get(pk=claim.pk).bad_milli == 3000
        assert (AuditEvent.objects.count(), Compensation.objects.count()) == (0, 0)


def test_an_approved_amount_is_not_counted_away(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)
    with seeing_everything():
        Compensation.objects.filter(pk=proposal.pk).update(state="approved", remedy="refund")

    assert refusal(claim, cast.agent) == ("compensation_approved", None)
    with seeing_everything():
        assert Claim.objects.get(pk=claim.pk).bad_milli == 3000


def test_a_claim_of_another_village_is_not_counted(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    with pytest.raises(Claim.DoesNotExist):
        recount(claim, cast.neighbour)
