"""Why a provider is asked or is not, and how its orders stand, in words and tones."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.models import ProviderOrder
from claims.rules.dispatch import Reason
from claims.rules.provider_orders import WAITING, OrderState
from claims.rules.provider_ranking import Against

GROUNDS = {
    Reason.GRADE_A: gettext_lazy("provider of grade A"),
    Reason.GRADE_B: gettext_lazy("provider of grade B"),
    Reason.LOAD: gettext_lazy("orders in hand: %(number)s"),
}
AGAINST = {
    Against.SUSPENDED: gettext_lazy("the provider is suspended"),
    Against.GRADE_C: gettext_lazy("the provider has grade C"),
    Against.NO_FEE: gettext_lazy("the contract has no fee for this"),
    Against.NOT_THAT_DAY: gettext_lazy("does not work in this window"),
    Against.FULL: gettext_lazy("no seat left in this window"),
    Against.DECLINED: gettext_lazy("has declined it"),
    Against.SILENT: gettext_lazy("did not answer"),
}
WITH_FEE = (*WAITING, OrderState.DONE, OrderState.FAILED)
TONES = {
    OrderState.OFFERED: "wait",
    OrderState.ACCEPTED: "info",
    OrderState.DECLINED: "warn",
    OrderState.LAPSED: "warn",
    OrderState.WITHDRAWN: "neutral",
    OrderState.DONE: "good",
    OrderState.FAILED: "bad",
}


def reasons(kept: Iterable[Mapping[str, Any]]) -> list[str]:
    """What an order keeps of why this provider, in words."""
    return [words for each in kept if (words := _words(each))]


def against(why: Iterable[str]) -> list[str]:
    """Why a provider is not asked, in words."""
    return [str(AGAINST[Against(code)]) for code in why]


def told(orders: Iterable[ProviderOrder]) -> list[ProviderOrder]:
    """Orders with their reasons in words, their tone, and whether there is a fee to speak of."""
    rows = list(orders)
    for order in rows:
        order.words = reasons(order.reasons)
        order.tone = TONES[OrderState(order.state)]
        order.has_fee = order.state in WITH_FEE
    return rows


def _words(kept: Mapping[str, Any]) -> str:
    code, number = kept.get("code", ""), kept.get("number")
    if kept.get("against"):
        return _("although: %(reason)s") % {"reason": AGAINST.get(code, code)}
    if code == Reason.DISTANCE:
        return _("distance: %(km)s km") % {"km": f"{(number or 0) / 1000:.1f}"}
    words = str(GROUNDS.get(code, code))
    return words if number is None else words % {"number": number}
