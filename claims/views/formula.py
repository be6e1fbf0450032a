"""How an amount came about, as sentences with the numbers in them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from aftersales.web.formats import money, quantity
from claims.models import Compensation
from claims.models.orders import Unit
from claims.rules.compensation import StepCode


def with_unit(milli: int, unit: str) -> str:
    """A quantity as people say it: 3 pieces, 2.5 kg."""
    return _("%(quantity)s %(unit)s") % {"quantity": quantity(milli), "unit": Unit(unit).label}


def remarks(steps: Iterable[Mapping[str, Any]], unit: str) -> list[str]:
    """What changed the plain share, one sentence for each step; nothing when it is the plain share."""
    sentences = []
    for step in steps:
        numbers, amount = step["numbers"], money(step["amount_fen"])
        if step["code"] == StepCode.BAD_SO_FAR and numbers.get("earlier_bad_milli"):
            sentences.append(
                _("With earlier claims, %(bad)s of this order are bad so far.")
                % {"bad": with_unit(numbers["bad_so_far_milli"], unit)}
            )
        elif step["code"] == StepCode.TOLERANCE:
            sentences.append(
                _("Less than %(share)s%% is bad: within the agreed tolerance, nothing is due.")
                % {"share": quantity(numbers["tolerance_permille"] * 100)}
            )
        elif step["code"] == StepCode.SHARE and numbers.get("multiplier_permille", 1000) != 1000:
            sentences.append(
                _("The share counts %(times)s times: %(amount)s.")
                % {"times": quantity(numbers["multiplier_permille"]), "amount": amount}
            )
        elif step["code"] == StepCode.MINIMUM:
            sentences.append(_("At least %(amount)s is paid.") % {"amount": amount})
        elif step["code"] == StepCode.CAP:
            sentences.append(_("At most %(amount)s is paid on one order line.") % {"amount": amount})
        elif step["code"] == StepCode.PAID_LIMIT:
            sentences.append(_("Never more than was paid: %(amount)s.") % {"amount": amount})
        elif step["code"] == StepCode.EARLIER:
            sentences.append(
                _("%(earlier)s of it was granted earlier, so %(amount)s is left.")
                % {"earlier": money(numbers["earlier_award_fen"]), "amount": amount}
            )
        elif step["code"] == StepCode.REMAINING:
            sentences.append(
                _("%(granted)s was granted on this order already, so at most %(amount)s is left.")
                % {"granted": money(numbers["granted_fen"]), "amount": amount}
            )
    return sentences


def formula(compensation: Compensation, unit: str) -> dict[str, Any]:
    """What components/money_formula.html shows for a compensation."""
    return {
        "bad": with_unit(compensation.bad_milli, unit),
        "total": with_unit(compensation.total_milli, unit),
        "paid_fen": compensation.paid_fen,
        "amount_fen": compensation.amount_fen,
        "remarks": remarks(compensation.steps, unit),
    }
