"""Compensations that nobody has decided yet, when their claim ends without them."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Claim, Compensation
from claims.models.compensation import CompensationState
from claims.rules.classification import PROCEDURES, Remedy

CHOICES = frozenset(Remedy) - {Remedy.EXPLANATION}
"""What a consumer chooses between once an amount is worked out."""
UNDECIDED = (CompensationState.PROPOSED, CompensationState.CHOSEN)


def void(*, claim: Claim, by: User, now: datetime) -> None:
    """Void the undecided compensation of the claim's round, inside the caller's transaction.

    Raises Refused("compensation_approved") when an amount has been approved and is to be carried out.
    """
    for compensation in _of_this_round(claim):
        if compensation.state == CompensationState.APPROVED:
            raise Refused(
                _("A compensation has been approved for this claim. It must be carried out first."),
                code="compensation_approved",
            )
        _void(compensation, by=by, now=now)


def void_unchosen(*, claim: Claim, by: User, now: datetime) -> None:
    """Void a proposal that the claim may be resolved without, inside the caller's transaction.

    That is a proposal over nothing, or one that the consumer has not chosen where the procedure also knows
    an explanation.

    Raises Refused("compensation_open") when an amount is still to be chosen, decided or carried out.
    """
    for compensation in _of_this_round(claim):
        if not is_dispensable(compensation, claim):
            raise Refused(
                _("The compensation of this claim is still open. Carry it out or have it refused first."),
                code="compensation_open",
            )
        _void(compensation, by=by, now=now)


def is_dispensable(compensation: Compensation, claim: Claim) -> bool:
    """Whether the claim may be resolved without this proposal, as `void_unchosen` says."""
    if compensation.state != CompensationState.PROPOSED:
        return False
    return not compensation.payable_fen or bool(PROCEDURES[claim.procedure].remedies - CHOICES)


def _of_this_round(claim: Claim):
    return Compensation.objects.filter(
        claim=claim, round=claim.round, state__in=(*UNDECIDED, CompensationState.APPROVED)
    )


def _void(compensation: Compensation, *, by: User, now: datetime) -> None:
    # Past the scope, as in moves.change: the row was found through it.
    voided = Compensation._base_manager.filter(
        pk=compensation.pk, state__in=UNDECIDED, version=compensation.version
    ).update(state=CompensationState.VOIDED, version=F("version") + 1)
    if not voided:
        raise Refused(
            _("Somebody else has just changed this claim. Reload to see what happened."), code="stale"
        )
    trail.record(
        "compensation.voided",
        by=by,
        obj=compensation,
        before={"state": compensation.state},
        after={"state": CompensationState.VOIDED.value},
        at=now,
    )
