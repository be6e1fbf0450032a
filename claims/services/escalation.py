"""A claim changes hands between the levels by somebody's decision: taken over, handed up, sent back.

What climbs by itself is in services.sweep. Rule: docs/rules/escalation.md, section 4.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.notices import posting
from aftersales.web.queueing import enqueue
from claims.models import Claim
from claims.models.clocks import HeldBecause
from claims.rules.clocks import Level
from claims.rules.escalation import Rung
from claims.rules.status import Status
from claims.services import casework, holdings, moves, offers, reasons
from claims.services.escalation_notices import handed
from claims.services.escalation_rows import OFFER_CLAIMS
from claims.services.ladder import Ladder, level_of
from stations.access.scope import authority_of

LONGEST_REASON = 200
MOVED = ("level", "holder", "handler")


def take_over(
    *,
    claim: Claim,
    by: User,
    now: datetime,
    progress: str = "",
    finish_at: datetime | None = None,
    method: str = "",
    expected_version: int | None = None,
) -> Claim:
    """Work on a claim that has come to one's level; the handling clock of the level begins.

    A claim whose consumer has had no reply yet is accepted with it: `progress`, `finish_at` and `method`
    are the three facts of that reply, and are not asked otherwise.

    Raises Refused: "claim_ended", "not_your_level", "nothing_to_take_over" where nobody was asked, "stale",
    and what casework.accept refuses.
    """
    _may_act(claim, by, now, expected_version)
    with transaction.atomic():
        if claim.status == Status.SUBMITTED:
            if finish_at is None:
                raise Refused(
                    _("Say when it is expected to be finished."), code="reply_incomplete", field="finish_at"
                )
            return casework.accept(
                claim=claim, progress=progress, finish_at=finish_at, method=method, by=by, now=now
            )
        moved = moves.change(claim=claim, changes={"handler": by})
        if not holdings.taken(moved, now=now):
            raise Refused(
                _("Nobody is waiting for this claim to be taken over."), code="nothing_to_take_over"
            )
        trail.record(
            "claim.taken_over",
            by=by,
            obj=moved,
            before=moves.recorded(claim, ["handler"]),
            after=moves.recorded(moved, ["level", "handler"]),
            at=now,
        )
        offers.settle(claim=moved, by=by, now=now)
    return moved


def hand_up(
    *, claim: Claim, reason: str, by: User, now: datetime, expected_version: int | None = None
) -> Claim:
    """Give a claim to the next level because this one cannot settle it; its response clock begins there.

    Raises Refused: "claim_ended", "not_your_level", "top_of_ladder", "reason_missing", "too_long", "stale".
    """
    reason = reasons.given(reason, limit=LONGEST_REASON)
    _may_act(claim, by, now, expected_version)
    ladder = Ladder(now=now)
    ladder.read([claim])
    if not (above := ladder.above(claim)):
        raise Refused(_("The platform desk is the last step of the ladder."), code="top_of_ladder")
    return _pass_on(claim, above[0], HeldBecause.HANDED_UP, reason=reason, by=by, now=now, ladder=ladder)


def send_back(
    *,
    claim: Claim,
    to_level: int,
    reason: str,
    by: User,
    now: datetime,
    expected_version: int | None = None,
) -> Claim:
    """Give a claim back to a lower level, which has to take it over again within its response time.

    Raises Refused: "claim_ended", "not_your_level", "unknown_level" where no open station stands below,
    "reason_missing", "too_long", "stale".
    """
    reason = reasons.given(reason, limit=LONGEST_REASON)
    _may_act(claim, by, now, expected_version)
    ladder = Ladder(now=now)
    ladder.read([claim])
    to = next((rung for rung in ladder.below(claim) if rung.level == to_level), None)
    if to is None:
        raise Refused(_("Choose one of the levels below."), code="unknown_level", field="to_level")
    return _pass_on(claim, to, HeldBecause.SENT_BACK, reason=reason, by=by, now=now, ladder=ladder)


def levels_below(claim: Claim, *, now: datetime) -> list[tuple[Level, str]]:
    """Where a claim can be sent back to: levels, and the names of the stations there ("" without one)."""
    ladder = Ladder(now=now)
    ladder.read([claim])
    found = [(rung.level, ladder.station(rung.station)) for rung in ladder.below(claim)]
    return [(level, station.name if station else "") for level, station in found]


VERBS = {HeldBecause.HANDED_UP: "claim.handed_up", HeldBecause.SENT_BACK: "claim.sent_back"}


def _pass_on(
    claim: Claim,
    to: Rung,
    because: HeldBecause,
    *,
    reason: str,
    by: User,
    now: datetime,
    ladder: Ladder,
) -> Claim:
    here, verb = ladder.here(claim), VERBS[because]
    with transaction.atomic():
        moved = moves.change(
            claim=claim, changes={"level": to.level.value, "holder": to.station, "handler": None}
        )
        holding = holdings.pass_on(
            moved,
            to=to,
            because=because,
            reason=reason,
            last_handler_id=claim.handler_id,
            by=by,
            now=now,
        )
        trail.record(
            verb,
            by=by,
            obj=moved,
            before=moves.recorded(claim, MOVED),
            after=moves.recorded(moved, MOVED),
            reason=reason,
            at=now,
        )
        told = handed(moved, verb, to=to, by_place=here, turn=holding.turn, but=by.pk, ladder=ladder)
        posting.post(told, now=now)
        enqueue(OFFER_CLAIMS, moved.pk)
    return moved


def _may_act(claim: Claim, by: User, now: datetime, expected_version: int | None) -> None:
    if not claim.is_open:
        raise Refused(_("This claim has ended; nobody has to handle it any more."), code="claim_ended")
    if expected_version is not None and expected_version != claim.version:
        raise moves.stale()
    works_at = level_of(authority_of(by, now=now), claim)
    if works_at is None or works_at < claim.level:
        raise Refused(_("Another level holds this claim now."), code="not_your_level")
