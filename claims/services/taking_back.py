"""Coupons, goods sent again and exchanges that are taken back after all. docs/rules/returns.md, section 4."""

from datetime import datetime

from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Compensation, Coupon, Reship
from claims.models.clocks import ClockOutcome
from claims.models.compensation import CompensationState, Remedy
from claims.rules.approval import Level
from claims.services import clocks, deciding, lines, returns
from claims.services.compensation_rows import fresh, move, read, wrong_state
from claims.services.remedies import SHIPPED_CLOCK
from claims.services.transactions import money_move

REASON_SIGNS = 4
CAN_BE_TAKEN_BACK = (Remedy.COUPON, Remedy.RESHIP, Remedy.EXCHANGE)


@money_move
def take_back(*, compensation: Compensation, reason: str, by: User, now: datetime) -> Compensation:
    """Undo a coupon or goods sent again: the order line gets its room back, a new round may give money.

    A coupon must not be redeemed. Goods that were sent must have come back into custody, where they stand
    for this from then on; goods that were not sent yet are not sent any more, and what the consumer brought
    for an exchange stands for nothing again.

    Raises Refused with reason_missing, level_too_low, conflict, not_to_be_taken_back, voided,
    coupon_redeemed, goods_not_back, stale, busy.
    """
    reason = reason.strip()
    if len(reason) < REASON_SIGNS:
        raise Refused(_("Give a reason."), code="reason_missing", field="reason")
    current = fresh(compensation, None)
    if current.state != CompensationState.EXECUTED:
        raise wrong_state(current)
    if current.remedy not in CAN_BE_TAKEN_BACK:
        raise Refused(
            _("Money that was paid out is taken back on the page of the fund."), code="not_to_be_taken_back"
        )
    deciding.check_decider(current, Level.OFFICER, by=by, now=now)
    move(current, (CompensationState.EXECUTED,), state=CompensationState.VOIDED)
    lines.release(current)
    if current.remedy == Remedy.COUPON:
        _take_back_coupon(current, by=by, now=now)
    else:
        _take_back_goods(current, by=by, now=now)
    trail.record(
        "compensation.taken_back",
        by=by,
        obj=current,
        before={"state": current.state, "granted_fen": current.granted_fen},
        after={"state": CompensationState.VOIDED.value},
        reason=reason,
        at=now,
    )
    return read(current)


def _take_back_coupon(current: Compensation, *, by: User, now: datetime) -> None:
    coupons = Coupon._base_manager.filter(compensation=current)
    if not coupons.filter(redeemed_at__isnull=True, taken_back_at__isnull=True).update(taken_back_at=now):
        raise Refused(
            _("This coupon has been redeemed; it cannot be taken back any more."), code="coupon_redeemed"
        )
    trail.record("coupon.taken_back", by=by, obj=coupons.get(), claim_id=current.claim_id, at=now)


def _take_back_goods(current: Compensation, *, by: User, now: datetime) -> None:
    reships = Reship._base_manager.filter(compensation=current)
    if reships.filter(shipped_at__isnull=True).update(taken_back_at=now):
        returns.let_go(current)
        clock = SHIPPED_CLOCK[current.remedy]
        clocks.stop(clocks.lock(current.claim), clock, at=now, outcome=ClockOutcome.VOID)
    else:
        returns.take(current)
        reships.update(taken_back_at=now)
    trail.record("reship.taken_back", by=by, obj=reships.get(), claim_id=current.claim_id, at=now)
