from datetime import timedelta

import pytest
from django.db import connection

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Claim
from claims.rules.status import MOVES, Action, Status
from claims.services import casework, moves
from tests.factories import NOW, acting_as, make_claim, make_consumer, make_line, seeing_everything
from tests.processes import at_once

LATER = NOW + timedelta(minutes=90)


def make_claim_in(status, cast, **fields):
    """A claim in any state, with what the table's checks ask for."""
    if status == Status.MERGED:
        fields["merged_into"] = make_claim(cast.guangcheng, filed_by=cast.agent)
    if status == Status.REJECTED:
        fields["rejection_code"] = "other"
    return make_claim(cast.guangcheng, filed_by=cast.agent, status=status.value, **fields)


def changes_for(action, cast):
    """The columns without which the database refuses the target state."""
    if action == Action.MERGE:
        return {"merged_into": make_claim(cast.guangcheng, filed_by=cast.agent)}
    return {"rejection_code": "other"} if action == Action.REJECT else None


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("status", Status)
def test_table_decides_every_pair_of_state_and_action(cast, status, action):
    claim = make_claim_in(status, cast)
    changes = changes_for(action, cast)
    target = MOVES.get((status, action))

    with acting_as(cast.agent):
        if target is None:
            with pytest.raises(Refused) as refused:
                moves.move(claim=claim, action=action, by=cast.agent, now=LATER, changes=changes)
            assert refused.value.code == "illegal_move"
            assert refused.value.details == {"status": status.value, "action": action.value}
        else:
            moved = moves.move(claim=claim, action=action, by=cast.agent, now=LATER, changes=changes)
            assert (moved.status, moved.version) == (target.value, 2)

        stored = Claim.objects.get(pk=claim.pk)
        events = list(AuditEvent.objects.filter(claim_id=claim.pk).values_list("verb", flat=True))
    expected = (status.value, 1, []) if target is None else (target.value, 2, [moves.VERBS[action]])
    assert (stored.status, stored.version, events) == expected


def test_move_leaves_its_argument_alone_and_writes_one_event(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="accepted")

    with acting_as(cast.agent):
        moved = moves.move(
            claim=claim,
            action=Action.START,
            by=cast.agent,
            now=LATER,
            changes={"handler": cast.officer, "reply_finish_at": LATER, "reply_method": "换货"},
            reason="到货了",
        )
        (event,) = AuditEvent.objects.filter(claim_id=claim.pk)

    assert (claim.status, claim.version, claim.handler_id) == ("accepted", 1, cast.agent.pk)
    assert (moved.status, moved.version, moved.handler_id) == ("in_progress", 2, cast.officer.pk)
    assert moved.reply_method == "换货"
    assert (event.verb, event.at, event.actor_id, event.reason) == (
        "claim.started",
        LATER,
        cast.agent.pk,
        "到货了",
    )
    assert event.before == {"status": "accepted", "handler": cast.agent.pk, "reply_finish_at": None}
    assert event.after == {
        "status": "in_progress",
        "handler": cast.officer.pk,
        "reply_finish_at": LATER.isoformat(),
    }
    assert event.station_id == cast.guangcheng.pk
    assert event.county_code == "520123000000"


def test_move_refuses_a_version_that_is_not_the_present_one(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="accepted")

    with acting_as(cast.agent):
        with pytest.raises(Refused) as refused:
            moves.move(claim=claim, action=Action.START, by=cast.agent, now=NOW, expected_version=2)
        moved = moves.move(claim=claim, action=Action.START, by=cast.agent, now=NOW, expected_version=1)

    assert refused.value.code == "stale"
    assert str(refused.value) == "Somebody else has just changed this claim. Reload to see what happened."
    assert moved.version == 2


def test_second_of_two_people_is_told_that_the_claim_has_changed(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="submitted")

    with acting_as(cast.officer):
        theirs = Claim.objects.get(pk=claim.pk)
        casework.withdraw(claim=claim, reason="不要了，谢谢", by=cast.agent, now=LATER)
        with pytest.raises(Refused) as refused:
            casework.reject(claim=theirs, code="other", text="超出包赔范围", by=cast.officer, now=LATER)
        stored = Claim.objects.get(pk=claim.pk)
        verbs = list(AuditEvent.objects.filter(claim_id=claim.pk).values_list("verb", flat=True))

    assert refused.value.code == "stale"
    assert (stored.status, stored.rejection_code, verbs) == ("withdrawn", "", ["claim.withdrawn"])


def test_move_of_a_claim_outside_the_scope_changes_nothing(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="accepted")

    for stranger in (cast.neighbour, cast.suining_manager):
        with acting_as(stranger), pytest.raises(Claim.DoesNotExist):
            moves.move(claim=claim, action=Action.START, by=stranger, now=NOW)

    with seeing_everything():
        stored = Claim.objects.get(pk=claim.pk)
        assert (stored.status, stored.version, AuditEvent.objects.count()) == ("accepted", 1, 0)
    with acting_as(cast.technician):
        assert moves.move(claim=claim, action=Action.START, by=cast.technician, now=NOW).version == 2


@pytest.mark.race
@pytest.mark.parametrize("who", ["agent", "technician", "officer"])
@pytest.mark.django_db(transaction=True)
def test_one_of_sixteen_processes_wins_each_round(transactional_db, cast, who):
    actor = getattr(cast, who)
    actions = [Action.ACCEPT, Action.REJECT, Action.WITHDRAW, Action.ACCEPT] * 4
    line, consumer = make_line(cast.guangcheng), make_consumer(cast.guangcheng)

    def act(claim, action):
        changes = {"rejection_code": "other"} if action == Action.REJECT else None
        with acting_as(actor):
            return moves.move(claim=claim, action=action, by=actor, now=LATER, changes=changes).status

    for _round in range(5):
        claim = make_claim(
            cast.guangcheng, filed_by=cast.agent, status="submitted", line=line, consumer=consumer
        )
        outcomes = at_once(act, [(claim, action) for action in actions])

        won = [outcome.value for outcome in outcomes if not outcome.error]
        lost = {(outcome.error, outcome.message) for outcome in outcomes if outcome.error}
        with seeing_everything():
            stored = Claim.objects.get(pk=claim.pk)
            events = AuditEvent.objects.filter(claim_id=claim.pk).count()
        assert (won, stored.version, events) == ([stored.status], 2, 1), connection.vendor
        assert lost == {
            ("Refused", "Somebody else has just changed this claim. Reload to see what happened.")
        }
