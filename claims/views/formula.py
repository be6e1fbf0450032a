"""How an amount came about, as sentences with the numbers in them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from aftersales.web.formats import money, permille, quantity
from claims.models import Compensation
from claims.models.losses import LossKindChoices
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
        if step["code"] == StepCode.BASIS and numbers.get("freight_fen"):
            sentences.append(
                _("%(freight)s of what was paid is freight, which counts.")
                % {"freight": money(numbers["freight_fen"])}
            )
        elif step["code"] == StepCode.BAD_SO_FAR and numbers.get("earlier_bad_milli"):
            sentences.append(
                _("With earlier claims, %(bad)s of this order are bad so far.")
                % {"bad": with_unit(numbers["bad_so_far_milli"], unit)}
            )
        elif step["code"] == StepCode.TOLERANCE:
            sentences.append(
                _("Less than %(share)s is bad: within the agreed tolerance, nothing is due.")
                % {"share": permille(numbers["tolerance_permille"])}
            )
        elif step["code"] == StepCode.TIER:
            sentences.append(
                _("%(bad)s of %(total)s: tier up to %(up_to)s, which pays %(pays)s of %(paid)s: %(amount)s.")
                % {
                    "bad": with_unit(numbers["bad_milli"], unit),
                    "total": with_unit(numbers["total_milli"], unit),
                    "up_to": permille(numbers["up_to_permille"]),
                    "pays": permille(numbers["pays_permille"]),
                    "paid": money(numbers["basis_fen"]),
                    "amount": amount,
                }
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
    """What claims/parts/formula.html shows for a compensation, and the same as one line of text.

    A loss that was listed line by line has its parts in `listed` instead; of the price only what is left of
    the line counts.
    """
    shown = formula_of(
        compensation.steps,
        unit,
        bad_milli=compensation.bad_milli,
        total_milli=compensation.total_milli,
        paid_fen=compensation.paid_fen,
        amount_fen=compensation.amount_fen,
    )
    shown["rules_url"] = rules_url(compensation)
    lost = next((step for step in compensation.steps if step["code"] == StepCode.LOSSES), None)
    if lost is None:
        return shown
    listed = [
        (LossKindChoices.PRICE.label, compensation.amount_fen),
        (LossKindChoices.COSTS.label, lost["numbers"]["costs_fen"]),
        (LossKindChoices.BENEFIT.label, lost["numbers"]["benefit_fen"]),
    ]
    parts = " + ".join(f"{label} {money(fen)}" for label, fen in listed)
    total = {"listed": listed, "payable_fen": compensation.payable_fen}
    return shown | total | {"working": f"{parts} = {money(compensation.payable_fen)}"}


def rules_url(compensation: Compensation) -> str:
    """Where the version that a compensation was worked out by is published."""
    asked = {"county": compensation.county_code, "version": compensation.policy_id}
    return f"{reverse('public:rules')}?{urlencode(asked)}"


def formula_of(
    steps: Iterable[Mapping[str, Any]],
    unit: str,
    *,
    bad_milli: int,
    total_milli: int,
    paid_fen: int,
    amount_fen: int,
) -> dict[str, Any]:
    """The same for an amount that is only worked out. `pays` is the tier's share, "" without tiers."""
    steps = list(steps)
    tier = next((step["numbers"] for step in steps if step["code"] == StepCode.TIER), None)
    bad, total = with_unit(bad_milli, unit), with_unit(total_milli, unit)
    up_to = permille(tier["up_to_permille"]) if tier else ""
    pays = permille(tier["pays_permille"]) if tier else ""
    share = f"{bad} ÷ {total} → {pays}" if tier else f"{bad} ÷ {total}"
    return {
        "bad": bad,
        "total": total,
        "up_to": up_to,
        "pays": pays,
        "paid_fen": paid_fen,
        "amount_fen": amount_fen,
        "working": f"{share} × {money(paid_fen)} = {money(amount_fen)}",
        "remarks": remarks(steps, unit),
    }
