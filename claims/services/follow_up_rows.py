"""The row of a follow-up: opened with the turn of somebody, and ended once. docs/rules/follow-ups.md."""

from datetime import datetime

from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Claim, FollowUp
from claims.models.follow_ups import FollowUpKind, FollowUpState
from claims.rules.clocks import Clock
from claims.services import clocks, follow_up_turns

VERBS = {
    FollowUpState.DONE: "follow_up.done",
    FollowUpState.EXHAUSTED: "follow_up.exhausted",
    FollowUpState.VOID: "follow_up.lapsed",
}


def open_call(
    claim: Claim, kind: str, *, due_at: datetime, barred: set[int], by: User | None, now: datetime
) -> FollowUp:
    """Write that somebody has to call: the turn of the least loaded person who is not `barred`."""
    opened = FollowUp(
        claim=claim,
        county_code=claim.county_code,
        round=claim.round,
        kind=kind,
        opened_at=now,
        due_at=due_at,
        caller_id=follow_up_turns.first_in_turn(claim, kind, barred=barred, now=now),
    )
    opened.save(force_insert=True)
    trail.record(
        "follow_up.opened",
        by=by,
        obj=opened,
        station_id=claim.station_id,
        after={"kind": str(kind), "due_at": due_at.isoformat(), "caller": opened.caller_id},
        at=now,
    )
    return opened


def end(
    follow_up: FollowUp, state: str, *, answer: str = "", by: User | None, now: datetime, outcome: str = ""
) -> None:
    """End a follow-up in this state, on the argument too. Raises Refused("follow_up_over")."""
    before = follow_up.state
    ended = FollowUp._base_manager.filter(pk=follow_up.pk, state=before).update(
        state=state, ended_at=now, answer=answer
    )
    if not ended:
        raise Refused(_("This follow-up is over; somebody has been faster."), code="follow_up_over")
    follow_up.state, follow_up.ended_at, follow_up.answer = state, now, answer
    trail.record(
        VERBS[state],
        by=by,
        obj=follow_up,
        station_id=follow_up.claim.station_id,
        before={"state": str(before)},
        after={"state": str(state), "outcome": str(outcome)},
        at=now,
    )


def stop_clock(follow_up: FollowUp, claim: Claim, *, now: datetime) -> None:
    """Stop the clock of the claim that runs with its first follow-up."""
    if follow_up.kind == FollowUpKind.FIRST:
        clocks.stop(claim, Clock.FOLLOW_UP, at=now)
