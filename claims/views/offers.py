"""What a villager can choose between, in yuan, pieces and days."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from aftersales.web.formats import money
from claims.models import Compensation
from claims.models.compensation import PayoutMethod, Remedy
from claims.rules.compensation import coupon_value_fen, reship_quantity
from claims.services.compensation import permitted_remedies
from claims.views.formula import with_unit

ICONS = {
    Remedy.REFUND: "yuan",
    Remedy.RESHIP: "truck",
    Remedy.COUPON: "star",
    Remedy.RETURN: "box",
    Remedy.EXCHANGE: "truck",
    Remedy.REPAIR: "tools",
}


@dataclass(frozen=True)
class Offer:
    """One choice: `key` in the address, `worth` in large type, `way` on its button, `means` as a sentence."""

    key: str
    remedy: str
    payout_method: str
    worth: str
    way: str
    means: str

    @property
    def title(self) -> str:
        return Remedy(self.remedy).label

    @property
    def icon(self) -> str:
        return ICONS[Remedy(self.remedy)]


def offers(compensation: Compensation, today: date) -> list[Offer]:
    """Every choice the procedure permits, refunds first; none while nothing is due.

    Damages beyond the price are money, so goods are no choice then.
    """
    if not compensation.payable_fen:
        return []
    permitted = permitted_remedies(compensation.claim)
    found = []
    if Remedy.REFUND in permitted:
        found += [_refund(compensation, method) for method in _WAYS]
    if Remedy.RETURN in permitted:
        found += [_return(compensation, method) for method in _ways_of_return(compensation)]
    if compensation.damages_fen:
        return found
    if Remedy.EXCHANGE in permitted:
        found.append(_exchange(compensation))
    if Remedy.REPAIR in permitted:
        found.append(_repair())
    if Remedy.RESHIP in permitted:
        found.append(_reship(compensation))
    if Remedy.COUPON in permitted:
        found.append(_coupon(compensation, today))
    return found


_WAYS = (PayoutMethod.CASH, PayoutMethod.ORIGINAL, PayoutMethod.BANK)


def _refund(compensation: Compensation, method: PayoutMethod) -> Offer:
    means = {
        PayoutMethod.CASH: _("You hand the villager the cash and a receipt, now."),
        PayoutMethod.ORIGINAL: _("The money goes back the way it was paid."),
        PayoutMethod.BANK: _("The county transfers it to the villager's bank account."),
    }
    ways = {
        PayoutMethod.CASH: _("Cash"),
        PayoutMethod.ORIGINAL: _("Way it was paid"),
        PayoutMethod.BANK: _("Bank"),
    }
    return Offer(
        key=f"refund-{method.value}",
        remedy=Remedy.REFUND.value,
        payout_method=method.value,
        worth=money(compensation.payable_fen),
        way=ways[method],
        means=means[method],
    )


def _ways_of_return(compensation: Compensation) -> tuple[PayoutMethod, ...]:
    return (PayoutMethod.ORIGINAL,) if compensation.claim.is_without_reason else _WAYS


def _return(compensation: Compensation, method: PayoutMethod) -> Offer:
    means = _("The goods come back to the station first; then the money is paid.")
    if compensation.claim.is_without_reason:
        means = _(
            "The goods come back intact; then the merchant pays the price back. "
            "The villager pays the freight of the return."
        )
    return replace(
        _refund(compensation, method),
        key=f"return-{method.value}",
        remedy=Remedy.RETURN.value,
        means=means,
    )


def _exchange(compensation: Compensation) -> Offer:
    line = compensation.claim.order_line
    quantity = with_unit(reship_quantity(compensation.bad_milli, line.is_countable), line.unit)
    return Offer(
        key="exchange",
        remedy=Remedy.EXCHANGE.value,
        payout_method="",
        worth=quantity,
        way=_("Exchange"),
        means=_("The goods come back to the station first; then the shop sends %(quantity)s new.")
        % {"quantity": quantity},
    )


def _repair() -> Offer:
    return Offer(
        key="repair",
        remedy=Remedy.REPAIR.value,
        payout_method="",
        worth="",
        way=_("Have it repaired"),
        means=_("It is repaired free of charge. If two repairs do not help, it is replaced or taken back."),
    )


def _reship(compensation: Compensation) -> Offer:
    line = compensation.claim.order_line
    quantity = with_unit(reship_quantity(compensation.bad_milli, line.is_countable), line.unit)
    return Offer(
        key="reship",
        remedy=Remedy.RESHIP.value,
        payout_method="",
        worth=quantity,
        way=_("Send again"),
        means=_("The shop sends %(quantity)s again, free of charge.") % {"quantity": quantity},
    )


def _coupon(compensation: Compensation, today: date) -> Offer:
    policy = compensation.policy
    value = coupon_value_fen(
        compensation.amount_fen,
        policy.coupon_bonus_permille,
        compensation.paid_fen - compensation.claim.order_line.granted_fen,
    )
    until = (today + timedelta(days=policy.coupon_days)).isoformat()
    return Offer(
        key="coupon",
        remedy=Remedy.COUPON.value,
        payout_method="",
        worth=money(value),
        way=_("Take the coupon"),
        means=_("To spend at the same shop until %(day)s.") % {"day": until},
    )
