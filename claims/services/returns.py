"""Goods that come back: waited for, taken as returned, paid back by the merchant. docs/rules/returns.md."""

from datetime import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Claim, Compensation, CustodyItem, MerchantRefund, OrderLine
from claims.models.choices import ReturnExceptionChoices
from claims.models.compensation import Remedy
from claims.models.custody import Condition
from claims.queries.clocks import LazyDays, running_clocks
from claims.rules import returns as rule
from claims.rules.clocks import Clock
from claims.rules.custody import CAME_BACK
from claims.rules.happenings import EFFECTS, Happening
from claims.rules.returns import NoReturn
from claims.services import clocks

NOT_INTACT = frozenset({Condition.INCOMPLETE, Condition.DAMAGED, Condition.SPOILED})
REFERENCE_SIGNS = 60


def check_seven_days(line: OrderLine, *, asked_at: datetime) -> None:
    """Refuse a return without a reason that the law does not give, in the words of article 25.

    Raises Refused with no_reason_perishable, no_reason_excepted, no_reason_over.
    """
    days = LazyDays()
    signed_at = line.order.signed_at
    signed_on = timezone.localdate(signed_at) if signed_at else None
    asked_on = timezone.localdate(asked_at)
    because = rule.why_not(line.goods_type, line.return_exception, signed_on, asked_on, days.is_working_day)
    if because == NoReturn.PERISHABLE:
        raise Refused(
            _(
                "Fresh and perishable goods are not returned without a reason "
                "(Consumer Protection Law, article 25). If something is wrong with them, say what."
            ),
            code=because,
        )
    if because == NoReturn.EXCEPTED:
        raise Refused(
            _(
                "These goods are not returned without a reason: %(exception)s "
                "(Consumer Protection Law, article 25)."
            )
            % {"exception": ReturnExceptionChoices(line.return_exception).label},
            code=because,
        )
    if because == NoReturn.OVER:
        last = rule.last_day(signed_on, days.is_working_day)
        raise Refused(
            _(
                "The seven days for a return without a reason ended on %(day)s "
                "(Consumer Protection Law, article 25)."
            )
            % {"day": last.isoformat()},
            code=because,
        )


def goods_back(claim: Claim):
    """Goods of a claim that are in custody, or went on from it, and do not stand for a remedy yet."""
    # Past the scope: goods lie where the consumer brought them, perhaps at another station of the county.
    return CustodyItem._base_manager.filter(
        claim=claim, whereabouts__in=CAME_BACK, returned_for__isnull=True
    ).order_by("received_at", "id")


def take(compensation: Compensation) -> datetime:
    """Let the goods in custody stand for this compensation and return when the first of them came.

    Inside the caller's transaction. Raises Refused("goods_not_back"); for a return without a reason also
    Refused("goods_not_intact").
    """
    items = list(goods_back(compensation.claim))
    if not items:
        raise Refused(
            _("The goods have to come back first. Take them into custody at the station."),
            code="goods_not_back",
        )
    is_without_reason = compensation.claim.is_without_reason
    if is_without_reason and any(item.condition in NOT_INTACT for item in items):
        raise Refused(
            _(
                "Goods that are returned without a reason must be intact "
                "(Consumer Protection Law, article 25). These are not; give them back or refuse."
            ),
            code="goods_not_intact",
        )
    taken = goods_back(compensation.claim).filter(pk__in=[item.pk for item in items])
    taken.order_by().update(returned_for=compensation, version=F("version") + 1)
    return items[0].received_at


def let_go(compensation: Compensation) -> None:
    """The remedy was taken back before the merchant had to keep the goods: they stand for nothing again."""
    CustodyItem._base_manager.filter(returned_for=compensation).update(
        returned_for=None, version=F("version") + 1
    )


def note_arrival(claim: Claim, *, at: datetime, by: User, now: datetime) -> None:
    """Start what the law times from the arrival of returned goods, once; inside the caller's transaction."""
    locked = clocks.lock(claim)
    running = {clock.clock for clock in running_clocks([claim.pk])}
    if not locked.is_open or Clock.REFUND_AFTER_RETURN in running:
        return
    trail.record(f"claim.{Happening.GOODS_ARRIVED}", by=by, obj=locked, after={"at": at.isoformat()}, at=now)
    for clock in EFFECTS[Happening.GOODS_ARRIVED].starts:
        clocks.start(locked, clock, at=at)


def is_returned(claim: Claim) -> bool:
    """Whether goods that arrive for this claim now are a return by law: chosen so, or without a reason."""
    if claim.is_without_reason:
        return True
    of_round = Compensation._base_manager.filter(claim=claim, round=claim.round, remedy=Remedy.RETURN)
    return of_round.filter(state__in=("chosen", "approved")).exists()


def note_merchant_refund(compensation: Compensation, *, reference: str, by: User, now: datetime) -> None:
    """Write down that the merchant has paid the price back itself, with the proof of it.

    Raises Refused("merchant_reference_missing").
    """
    reference = " ".join(reference.split())
    if not reference or len(reference) > REFERENCE_SIGNS:
        raise Refused(
            _("The merchant pays this back. Enter the number of its refund."),
            code="merchant_reference_missing",
            field="reference",
        )
    refund = MerchantRefund.objects.create(
        compensation=compensation,
        station_id=compensation.station_id,
        county_code=compensation.county_code,
        merchant=compensation.claim.order_line.order.merchant,
        amount_fen=compensation.amount_fen,
        reference=reference,
        noted_at=now,
        noted_by=by,
    )
    trail.record(
        "merchant_refund.noted",
        by=by,
        obj=refund,
        claim_id=compensation.claim_id,
        after={"amount_fen": refund.amount_fen},
        at=now,
    )
