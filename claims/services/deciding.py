"""Deciding a compensation: at which level, by whom, and what the decision does."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from aftersales.accounts.models import User, system_user
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Compensation
from claims.models.compensation import CompensationState
from claims.queries import decisions
from claims.rules import approval
from claims.rules.approval import Level
from claims.services import flags, inspections, lines, reviews
from claims.services.compensation_rows import move


def set_level(current: Compensation, *, involved: Collection[int], now: datetime) -> tuple[str, ...]:
    """Look at the claim once more and note on the instance who has to decide and why.

    Returns what catches the eye.
    """
    flags.refresh(claim=current.claim, compensation=current, now=now)
    earlier = lines.earlier_payable_fen(current.claim.order_line)
    required = decisions.requirement(current, earlier_award_fen=earlier, involved=involved)
    level = decisions.with_somebody(required.level, current.claim, involved=involved, now=now)
    climbed = [] if level == required.level else ["nobody_else"]
    waits = ["no_inspection"] if inspections.is_missing(current.claim) else []
    current.needs_level = level.value
    current.level_reasons = [*required.reasons, *waits, *climbed]
    return required.flags


def check_decider(current: Compensation, needed: Level, *, by: User, now: datetime) -> Level:
    """The level at which this person decides; refused when it is too low or they are involved."""
    own = check_level(current, needed, by=by, now=now)
    stands_in_the_way = decisions.conflict_of(by, current.claim)
    if stands_in_the_way is not None:
        raise conflict_refusal(stands_in_the_way)
    return own


def check_level(current: Compensation, needed: Level, *, by: User, now: datetime) -> Level:
    """The level at which this person's grants let them decide; refused when it is too low."""
    own = decisions.level_of(by, current.claim, now=now)
    if own is None or not approval.may_decide(own, needed):
        raise Refused(
            _("Somebody at a higher level has to decide this."),
            code="level_too_low",
            details={"needs_level": needed.value},
        )
    return own


def grant(current: Compensation, *, level: Level, by: User | None, now: datetime) -> Compensation:
    """Count it against the line and note who decided; no person means that the rule did.

    What the rule approves may be drawn for a second look.
    """
    chosen = (CompensationState.CHOSEN,)
    # The row first and the line second, so that of two approvers one waits here and is told so.
    decided = move(current, chosen, level=level.value, approved_by=by, decided_at=now)
    counted = lines.grant(decided)
    approved = move(decided, chosen, state=CompensationState.APPROVED, granted_fen=counted)
    trail.record(
        "compensation.approved",
        by=by or system_user(),
        obj=current,
        after={"amount_fen": current.amount_fen, "granted_fen": counted, "level": level.value},
        at=now,
    )
    if level == Level.RULE:
        reviews.draw(approved, now=now)
    return approved


def conflict_refusal(conflict: approval.Conflict) -> Refused:
    """What an involved person is told."""
    sentences = {
        approval.Conflict.FILED_BY_SAME_PERSON: _("You filed this claim; somebody else has to decide it."),
        approval.Conflict.AMOUNT_CHANGED_BY_SAME_PERSON: _(
            "You worked out this amount or recorded the choice; somebody else has to decide it."
        ),
        approval.Conflict.BENEFITS_THEMSELVES: _("This claim is your own; somebody else has to see to it."),
    }
    return Refused(sentences[conflict], code="conflict", details={"conflict": conflict.value})
