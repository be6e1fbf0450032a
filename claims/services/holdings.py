"""Who holds a claim: taking it over on its rung, and passing it on to another one.

For services that have locked the claim's row, by `moves.change` or `clocks.lock`, and write the event
themselves. Rule: docs/rules/escalation.md, section 4.
"""

from __future__ import annotations

from datetime import datetime

from claims.models import Claim, Holding
from claims.models.clocks import HeldBecause
from claims.rules.clocks import FAMILIES, RESPONSE_OF, Clock, Family, Level
from claims.rules.escalation import Rung
from claims.services import clocks

HAND_OVERS = tuple(clock for clock, family in FAMILIES.items() if family == Family.HAND_OVER)


def taken(claim: Claim, *, now: datetime) -> bool:
    """Somebody works on a claim that had climbed or was sent back: the response stops, the handling begins.

    Says whether the claim was waiting for that; otherwise nothing changes.
    """
    level = Level(claim.level)
    if not clocks.stop(claim, RESPONSE_OF[level], at=now):
        return False
    holding = open_holding(claim)
    Holding._base_manager.filter(pk=holding.pk).update(taken_over_at=now)
    clocks.start(claim, Clock.TAKEN_OVER, at=now, level=level, turn=holding.turn)
    return True


def pass_on(
    claim: Claim,
    *,
    to: Rung,
    because: HeldBecause,
    reason: str,
    last_handler_id: int | None,
    by,
    now: datetime,
) -> Holding:
    """End the open holding of a claim that stands at `to` by now, and begin the next one there.

    The hand-over clocks of the rung that is left stop, in time or too late; the response clock of the new
    one starts. Returns the new holding.
    """
    clocks.stop(claim, *HAND_OVERS, at=now)
    Holding._base_manager.filter(claim=claim, until_at=None).update(until_at=now, handler=last_handler_id)
    earlier = Holding._base_manager.filter(claim=claim, round=claim.round, level=to.level)
    holding = Holding(
        claim=claim,
        county_code=claim.county_code,
        round=claim.round,
        level=to.level,
        turn=1 + max(earlier.values_list("turn", flat=True), default=0),
        station_id=to.station,
        because=because,
        reason=reason,
        by=by,
        from_at=now,
    )
    holding.save(force_insert=True)
    clocks.start(claim, RESPONSE_OF[to.level], at=now, level=to.level, turn=holding.turn)
    return holding


def open_holding(claim: Claim) -> Holding:
    """The row that says who holds the claim now."""
    return Holding._base_manager.get(claim=claim, until_at=None)
