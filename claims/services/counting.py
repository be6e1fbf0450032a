"""How much is bad: checked when a claim is filed, counted again later."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Claim, Compensation, OrderLine
from claims.models.compensation import CompensationState
from claims.services import compensation, moves, reasons, undecided

WHOLE = 1000


def check_quantity(line: OrderLine, bad_milli: int) -> None:
    """Raise Refused("bad_not_positive"), ("bad_over_total") or ("bad_not_whole") for what cannot be bad."""
    if bad_milli <= 0:
        raise Refused(
            _("The bad quantity must be more than zero."), code="bad_not_positive", field="bad_milli"
        )
    if bad_milli > line.quantity_milli:
        raise Refused(
            _("The bad quantity is larger than what was bought."), code="bad_over_total", field="bad_milli"
        )
    if line.is_countable and bad_milli % WHOLE:
        raise Refused(_("Count whole pieces only."), code="bad_not_whole", field="bad_milli")


def recount(
    *,
    claim: Claim,
    bad_milli: int,
    reason: str,
    by: User,
    now: datetime,
    expected_version: int | None = None,
) -> Compensation:
    """Say anew how much is bad, in thousandths, and work the compensation of the round out by it.

    For a miscount, and for a reopened claim, whose new round has no amount yet: it counts what has gone bad
    since, beside what was granted before. An undecided compensation of the round is voided.

    Raises Refused with reason_missing, claim_ended, same_quantity (the round has an amount for it already),
    stale, what `check_quantity` refuses, and what compensation.work_out refuses, such as
    compensation_approved and bad_over_total for more than is left without a grant.
    """
    reason = reasons.given(reason)
    if not claim.is_open:
        raise Refused(_("This claim has ended; nothing is counted any more."), code="claim_ended")
    if expected_version is not None and expected_version != claim.version:
        raise moves.stale()
    check_quantity(claim.order_line, bad_milli)
    with transaction.atomic():
        if bad_milli == claim.bad_milli and _has_amount(claim):
            raise Refused(
                _("The amount was worked out for this quantity already."),
                code="same_quantity",
                field="bad_milli",
            )
        # The compensation before the claim: the order in which everything that moves money locks rows.
        undecided.void(claim=claim, by=by, now=now)
        counted = moves.change(claim=claim, changes={"bad_milli": bad_milli})
        trail.record(
            "claim.recounted",
            by=by,
            obj=counted,
            before=moves.recorded(claim, ["bad_milli"]),
            after=moves.recorded(counted, ["bad_milli"]),
            reason=reason,
            at=now,
        )
        return compensation.work_out(claim=counted, by=by, now=now)


def _has_amount(claim: Claim) -> bool:
    of_round = Compensation.objects.filter(claim=claim, round=claim.round)
    return of_round.exclude(state=CompensationState.VOIDED).exists()
