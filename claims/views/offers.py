"""What a villager can choose between, in yuan, pieces and days."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from aftersales.web.formats import money
from claims.models import Compensation
from claims.models.compensation import PayoutMethod, Remedy
from claims.rules.compensation import coupon_value_fen, reship_quantity
from claims.services.compensation import permitted_remedies
from claims.views.formula import with_unit

ICONS = {Remedy.REFUND: "yuan", Remedy.RESHIP: "truck", Remedy.COUPON: "star"}


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
    """Every choice the procedure permits, refunds first; none while nothing is due."""
    if not compensation.amount_fen:
        return []
    permitted = permitted_remedies(compensation.claim)
    found = []
    if Remedy.REFUND in permitted:
        found += [_refund(compensation, method) for method in _WAYS]
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
        worth=money(compensation.amount_fen),
        way=ways[method],
        means=means[method],
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
