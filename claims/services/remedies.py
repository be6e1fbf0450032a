"""Carrying an approved compensation out: money, a coupon, goods sent, goods taken back, a repair."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Compensation, Coupon, Reship
from claims.models.compensation import CompensationState, Remedy
from claims.queries import repairs
from claims.queries.clocks import running_clocks
from claims.rules import compensation as rule
from claims.rules.approval import Conflict
from claims.rules.clocks import Clock
from claims.rules.numbering import make_coupon_code
from claims.services import casework, clocks, limits, payouts, returns
from claims.services.compensation_rows import check_claim, move, wrong_state
from claims.services.deciding import conflict_refusal
from claims.services.results import is_told_at_the_counter

PARCEL_SIGNS = 40

WAITS_FOR_MONEY = payouts.WAITS | limits.CODES
"""Refusals that leave an approved refund where it is, to be carried out later."""
WAITS = WAITS_FOR_MONEY | {"goods_not_back", "repair_not_done"}
"""Refusals that leave any approved remedy where it is until money, goods or a repair are there."""

SHIPPED_CLOCK = {Remedy.RESHIP: Clock.RESHIP_SHIPPED, Remedy.EXCHANGE: Clock.EXCHANGE_SHIPPED}


def carry_out(current: Compensation, *, by: User, now: datetime, reference: str = "") -> Compensation:
    """Do what was approved and resolve the claim, inside the caller's transaction.

    `reference` is the merchant's, of a return that it pays back itself.
    Raises what `compensation.execute` says.
    """
    if current.state != CompensationState.APPROVED:
        raise wrong_state(current)
    if current.claim.consumer.user_id == by.pk:
        raise conflict_refusal(Conflict.BENEFITS_THEMSELVES)
    check_claim(current)
    executed = move(
        current,
        (CompensationState.APPROVED,),
        state=CompensationState.EXECUTED,
        executed_at=now,
        executed_by=by,
        receipt_number=f"{current.claim.number}-{current.round}",
    )
    then = {}
    if executed.remedy == Remedy.RETURN:
        _pay_return(executed, reference=reference, by=by, now=now)
    elif executed.remedy == Remedy.EXCHANGE:
        then = _exchange(executed, by=by, now=now)
    elif executed.remedy == Remedy.RESHIP:
        _order_goods(executed, by=by, now=now)
        then = {Clock.RESHIP_SHIPPED: executed.decided_at}
    elif executed.remedy == Remedy.COUPON:
        _issue_coupon(executed, by=by, now=now)
    elif executed.remedy == Remedy.REPAIR:
        _check_repaired(executed)
    else:
        payouts.pay(executed, by=by, now=now)
    trail.record(
        "compensation.executed",
        by=by,
        obj=current,
        before={"state": current.state},
        after={"state": CompensationState.EXECUTED.value, "remedy": current.remedy},
        at=now,
    )
    is_told = is_told_at_the_counter(executed, now=now)
    casework.resolve(claim=current.claim, by=by, now=now, is_settled=True, is_told=is_told, then=then)
    return executed


def mark_shipped(*, reship: Reship, parcel_number: str, by: User, now: datetime) -> Reship:
    """Note that ordered goods were sent, with the parcel's number; once.

    Raises Refused("parcel_number_missing"), Refused("already_shipped").
    """
    number = "".join(parcel_number.split())
    if not number or len(number) > PARCEL_SIGNS:
        raise Refused(
            _("Enter the number on the parcel label."), code="parcel_number_missing", field="parcel_number"
        )
    with transaction.atomic():
        waiting = Reship._base_manager.filter(
            pk=reship.pk, shipped_at__isnull=True, taken_back_at__isnull=True
        )
        if not waiting.update(shipped_at=now, parcel_number=number):
            raise Refused(
                _("These goods have been sent already, or are not sent any more."), code="already_shipped"
            )
        trail.record(
            "reship.shipped",
            by=by,
            obj=reship,
            claim_id=reship.compensation.claim_id,
            after={"parcel_number": number},
            at=now,
        )
        clocks.stop(clocks.lock(reship.compensation.claim), SHIPPED_CLOCK[reship.compensation.remedy], at=now)
    return Reship._base_manager.get(pk=reship.pk)


def _issue_coupon(compensation: Compensation, *, by: User, now: datetime) -> None:
    coupon = Coupon.objects.create(
        compensation=compensation,
        station_id=compensation.station_id,
        county_code=compensation.county_code,
        code=make_coupon_code(),
        value_fen=compensation.granted_fen,
        bonus_fen=max(0, compensation.granted_fen - compensation.amount_fen),
        merchant=compensation.claim.order_line.order.merchant,
        issued_at=now,
        expires_on=timezone.localdate(now) + timedelta(days=compensation.policy.coupon_days),
    )
    trail.record(
        "coupon.issued",
        by=by,
        obj=coupon,
        claim_id=compensation.claim_id,
        after={"value_fen": coupon.value_fen, "expires_on": coupon.expires_on.isoformat()},
        at=now,
    )


def _pay_return(compensation: Compensation, *, reference: str, by: User, now: datetime) -> None:
    """Pay the price of goods that came back: the fund advances it, or for no reason the merchant itself."""
    returns.take(compensation)
    if compensation.claim.is_without_reason:
        returns.note_merchant_refund(compensation, reference=reference, by=by, now=now)
    else:
        payouts.pay(compensation, by=by, now=now)


def _exchange(compensation: Compensation, *, by: User, now: datetime) -> dict[Clock, datetime]:
    """Order goods for those that came back; the merchant's time runs from the approval, or their arrival."""
    arrived_at = returns.take(compensation)
    _order_goods(compensation, by=by, now=now)
    if any(each.clock == Clock.EXCHANGE_SHIPPED for each in running_clocks([compensation.claim_id])):
        return {}
    return {Clock.EXCHANGE_SHIPPED: max(compensation.decided_at, arrived_at)}


def _check_repaired(compensation: Compensation) -> None:
    if not repairs.is_done(compensation):
        raise Refused(
            _("The repair is not done yet. Note its outcome on the page of the repairs."),
            code="repair_not_done",
        )


def _order_goods(compensation: Compensation, *, by: User, now: datetime) -> None:
    line = compensation.claim.order_line
    reship = Reship.objects.create(
        compensation=compensation,
        station_id=compensation.station_id,
        county_code=compensation.county_code,
        quantity_milli=rule.reship_quantity(compensation.bad_milli, line.is_countable),
        merchant=line.order.merchant,
        ordered_at=now,
    )
    trail.record(
        "reship.ordered",
        by=by,
        obj=reship,
        claim_id=compensation.claim_id,
        after={"quantity_milli": reship.quantity_milli},
        at=now,
    )
