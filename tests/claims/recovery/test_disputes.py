"""A liable party contests an advance: entered once, decided once, by somebody else."""

import pytest

from aftersales.audit.models import AuditEvent
from claims.models import AdvanceDispute, Claim, WriteOff
from claims.queries import invariants
from claims.services import advance_disputes, write_offs
from tests.claims.recovery.cases import again, decide, dispute, owed, pay, recover, refusal, send
from tests.factories import NOW, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def contested(cast, xiuwen_fund, orchard):
    return pay(cast, party=orchard)


def violations() -> list[str]:
    with seeing_everything():
        return list(invariants.violations())


def test_objection_is_entered_once_and_about_something_open(cast, xiuwen_fund, orchard, contested):
    row = dispute(contested, by=cast.officer)
    assert (row.party, row.state, row.evidence) == (orchard, "open", "运单 7731")

    given = {"objection": "no_fault", "text": "一切完好无损", "by": cast.officer}
    raise_dispute = advance_disputes.raise_dispute
    assert refusal(raise_dispute, advance=contested, **given) == "disputed_already"
    other = pay(cast, party=orchard)
    assert refusal(raise_dispute, advance=other, **{**given, "text": " 好 "}) == "reason_missing"
    assert refusal(raise_dispute, advance=other, **{**given, "objection": "bad"}) == "unknown_choice"
    assert refusal(raise_dispute, advance=pay(cast, party=None), **given) == "no_party"
    recover(other, 600, by=cast.officer)
    assert refusal(raise_dispute, advance=other, **given) == "nothing_open"


def test_it_is_decided_once_and_not_by_who_entered_it(cast, contested, courier):
    row = dispute(contested, by=cast.officer)
    given = {"dispute": row, "reason": "seen the records"}
    judge = advance_disputes.decide

    assert refusal(judge, outcome="kept", by=cast.officer, **given) == "same_person"
    by = {"by": cast.manager, **given}
    assert refusal(judge, outcome="open", **by) == "unknown_choice"
    assert refusal(judge, outcome="party_changed", **by) == "party_missing"
    assert refusal(judge, outcome="party_changed", new_party=contested.party, **by) == "same_party"
    assert refusal(judge, outcome="kept", **{**by, "reason": "  "}) == "reason_missing"
    assert again(row).state == "open"

    kept = decide(row, "kept", by=cast.manager, new_party=courier)
    assert (kept.state, kept.decided_by, kept.new_party) == ("kept", cast.manager, None)
    assert refusal(judge, outcome="kept", **by) == "dispute_decided"
    assert (again(contested).open_fen, again(contested).party) == (600, contested.party)
    dispute(contested, by=cast.officer)


def test_another_party_owes_it_from_then_on(cast, xiuwen_fund, orchard, courier, contested):
    other = pay(cast, amount_fen=400, party=orchard)
    demand = send(xiuwen_fund, orchard, contested, other, by=cast.officer)
    decided = decide(dispute(contested, by=cast.officer), "party_changed", new_party=courier, by=cast.manager)

    assert (decided.state, decided.new_party) == ("party_changed", courier)
    assert owed(xiuwen_fund) == {"果园电商": 400, "山路快运": 600}
    with seeing_everything():
        assert Claim.objects.get(pk=contested.claim_id).liable_party == courier
        lines = set(demand.lines.values_list("advance_id", "outcome"))
        verbs = list(
            AuditEvent.objects.filter(claim_id=contested.claim_id, verb__startswith="advance")
            .order_by("id")
            .values_list("verb", flat=True)
        )
    assert lines == {(contested.pk, "moved"), (other.pk, "")}
    assert verbs == ["advance_dispute.raised", "advance_dispute.decided", "advance.moved"]
    assert again(demand).state == "sent"
    assert send(xiuwen_fund, courier, again(contested), by=cast.officer).amount_fen == 600
    assert violations() == []


def test_a_demand_of_which_everything_was_moved_is_withdrawn(cast, xiuwen_fund, orchard, courier, contested):
    demand = send(xiuwen_fund, orchard, contested, by=cast.officer)
    decide(dispute(contested, by=cast.officer), "party_changed", new_party=courier, by=cast.manager)

    assert (again(demand).state, again(demand).next_reminder_on) == ("withdrawn", None)
    assert violations() == []


def test_given_up_is_proposed_for_write_off_and_settled_when_that_is_confirmed(
    cast, xiuwen_fund, orchard, contested
):
    demand = send(xiuwen_fund, orchard, contested, by=cast.officer)
    decide(dispute(contested, by=cast.officer), "given_up", by=cast.manager, reason="shop is closed")

    with seeing_everything():
        proposal = WriteOff.objects.get()
        assert (proposal.party, proposal.reason, proposal.state) == (orchard, "shop is closed", "proposed")
        assert again(demand).state == "sent"
        write_offs.confirm(write_off=proposal, by=cast.second_officer, now=NOW)
        assert AdvanceDispute.objects.get().state == "given_up"
    assert (again(demand).state, again(contested).open_fen) == ("paid", 0)
    assert owed(xiuwen_fund) == {"果园电商": 0}
    assert violations() == []
