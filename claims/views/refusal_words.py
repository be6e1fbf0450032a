"""What a refusal says in plain words: its rule with the numbers, and what can be done about it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.formats import moment, money, percent
from claims.models import Refusal
from claims.models.appeals import AppealState
from claims.models.choices import RejectionCode
from claims.rules.refusals import Law, Section, ground_of
from claims.views.formula import with_unit

SECTIONS = {
    Section.AMOUNT: gettext_lazy("The amount"),
    Section.NEEDED: gettext_lazy("What you need"),
}
"""The headings of the published rules, as the page of the rules has them."""
LAWS = {
    Law.CONSUMER_25: gettext_lazy("Consumer Rights Protection Law, article 25"),
    Law.CONSUMER_39: gettext_lazy("Consumer Rights Protection Law, article 39"),
    Law.THREE_GUARANTEES_17: gettext_lazy(
        "Provisions on the repair, replacement and return of certain goods, article 17"
    ),
}


def letter(refusal: Refusal, *, today: date) -> dict[str, Any]:
    """What the letter of a refusal from `queries.refusals` shows beside the names of goods and station.

    `appeal` is the appeal against it, if there is one; `may_appeal` whether one can be filed today.
    """
    ground = ground_of(refusal.code)
    appeal = getattr(refusal, "appeal", None)
    return {
        "refusal": refusal,
        "rule": _rule(refusal),
        "section": SECTIONS[ground.section] if ground.section else "",
        "law": LAWS[ground.law] if ground.law else "",
        "ways_law": LAWS[Law.CONSUMER_39],
        "appeal": appeal,
        "is_dismissed": appeal is not None and appeal.state == AppealState.DISMISSED,
        "may_appeal": appeal is None and today <= refusal.appeal_until,
    }


def _rule(refusal: Refusal) -> str:
    words = _RULES.get(refusal.code)
    return words(refusal) if words else ""


def _below_tolerance(refusal: Refusal) -> str:
    tolerance = refusal.policy.tolerance_permille
    if not tolerance or refusal.bad_milli is None:
        return _("The rules give nothing on these figures.")
    unit = refusal.claim.order_line.unit
    return _(
        "Of %(total)s, %(bad)s are bad; that is %(share)s. Less than %(tolerance)s is within the tolerance "
        "that was published before the order, and nothing is paid for it."
    ) % {
        "total": with_unit(refusal.total_milli, unit),
        "bad": with_unit(refusal.bad_milli, unit),
        "share": percent(refusal.bad_milli / refusal.total_milli),
        "tolerance": percent(tolerance / 1000),
    }


def _already_settled(refusal: Refusal) -> str:
    return _(
        "All claims on the same goods together never get more than was paid for them. %(granted)s of the "
        "%(paid)s paid was granted on these goods before."
    ) % {"granted": money(refusal.granted_fen), "paid": money(refusal.paid_fen)}


def _no_evidence(refusal: Refusal) -> str:
    return _(
        "The rules ask for photos that show the bad goods (at least: %(count)s). Without them nobody can "
        "see what is bad and how much of it."
    ) % {"count": refusal.policy.photos_required}


def _too_late(refusal: Refusal) -> str:
    claim = refusal.claim
    signed_at = claim.order_line.order.signed_at
    filed = moment(claim.filed_at)
    if signed_at is None:
        return _("The claim was filed on %(filed)s, after the time in which bad goods are reported.") % {
            "filed": filed
        }
    return _(
        "The goods were signed for on %(signed)s and the claim was filed on %(filed)s, after the time in "
        "which bad goods are reported."
    ) % {"signed": moment(signed_at), "filed": filed}


def _no_return_right(refusal: Refusal) -> str:
    return _(
        "Goods bought at a distance may be returned within seven days without a reason. That does not hold "
        "for goods made to order, perishable goods, opened digital goods, periodicals, and goods for which "
        "the buyer agreed to it at the purchase; nor after the seven days."
    )


_RULES: dict[str, Callable[[Refusal], str]] = {
    RejectionCode.OUT_OF_SCOPE: lambda _refusal: _(
        "What happened is not among what the published rules pay for."
    ),
    RejectionCode.TOO_LATE: _too_late,
    RejectionCode.NO_EVIDENCE: _no_evidence,
    RejectionCode.NOT_THE_GOODS: lambda _refusal: _("The photos have to show the goods of this order."),
    RejectionCode.BELOW_TOLERANCE: _below_tolerance,
    RejectionCode.ALREADY_SETTLED: _already_settled,
    RejectionCode.MISUSE: lambda _refusal: _(
        "Damage that comes from using, keeping or handling the goods wrongly is not covered; it may be "
        "repaired against payment."
    ),
    RejectionCode.NO_RETURN_RIGHT: _no_return_right,
}
