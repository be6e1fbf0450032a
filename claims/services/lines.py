"""The order line's account of what was granted on it: worked out, raised, given back.

Guarantee: refunds, coupons and goods sent again on one line, less what was taken back, never exceed what
was paid for it, with its share of the freight where the policy counts that. Raised by one conditional
UPDATE that names the values it was worked out from; the checks of the table stand behind it. Rule:
docs/rules/compensation.md.
"""

from typing import Any

from django.db.models import F, Sum
from django.db.models.expressions import Combinable, CombinedExpression
from django.utils.translation import gettext as _

from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.lib.money import format_milli
from claims.models import Claim, Compensation, CompensationPolicy, LossLine, OrderLine
from claims.models.compensation import SENDS_GOODS, CompensationState, Remedy
from claims.queries.policies import terms_of
from claims.rules import compensation as rule
from claims.rules import losses
from claims.rules.compensation import Award, CompensationError, Terms

GRANTED = (CompensationState.APPROVED, CompensationState.EXECUTED)
MOST_TRIES = 50


class AmountChanged(Refused):
    """What the consumer chose on is no longer what is due, because something else was granted meanwhile."""

    def __init__(self, due_fen: int) -> None:
        super().__init__(
            _("Something else was granted on this order meanwhile, so the amount has changed."),
            code="amount_changed",
            details={"due_fen": due_fen},
        )


def award(
    line: OrderLine, *, bad_milli: int, policy: CompensationPolicy, claim: Claim | None = None
) -> Award:
    """What bad goods on this line get now, after everything that was granted before.

    A `claim` may have its own way: losses that are listed line by line; the plain price of goods that go
    back without a reason.

    Raises Refused("bad_over_total") when more is bad than is left of the line without a grant.
    """
    fresh = OrderLine._base_manager.get(pk=line.pk)
    return _award(fresh, earlier_award_fen(line), bad_milli, policy, claim)


def written(award: Award) -> list[dict[str, Any]]:
    """The lines of the formula as they are kept with a compensation."""
    return [
        {"code": step.code.value, "amount_fen": step.amount_fen, "numbers": dict(step.numbers)}
        for step in award.steps
    ]


def earlier_award_fen(line: OrderLine) -> int:
    """What the rule awarded to earlier claims on this line, in fen: without bonus, nothing for repairs."""
    return _earlier(line, F("amount_fen"))


def earlier_payable_fen(line: OrderLine) -> int:
    """The same with damages: what the limits of approval look at."""
    return _earlier(line, F("amount_fen") + F("damages_fen"))


def _earlier(line: OrderLine, amount: Combinable) -> int:
    with system_scope("earlier awards on an order line", quiet=True):
        granted = Compensation.objects.filter(claim__order_line=line, state__in=GRANTED)
        return granted.exclude(remedy=Remedy.REPAIR).aggregate(sum=Sum(amount))["sum"] or 0


def grant(compensation: Compensation) -> int:
    """Count a compensation against its line and return by how many fen, inside the caller's transaction.

    Raises AmountChanged when what is due is no longer what the consumer chose on.
    """
    line_id, bad_milli = compensation.claim.order_line_id, counted_milli(compensation)
    for _try in range(MOST_TRIES):
        line = OrderLine._base_manager.get(pk=line_id)
        due = _award(
            line, earlier_award_fen(line), compensation.bad_milli, compensation.policy, compensation.claim
        )
        if due.amount_fen != compensation.amount_fen:
            raise AmountChanged(due.amount_fen)
        counted = counted_fen(compensation, line)
        raised = OrderLine._base_manager.filter(
            pk=line.pk,
            granted_fen=line.granted_fen,
            bad_milli=line.bad_milli,
            granted_fen__lte=_most(compensation.policy) - counted,
            quantity_milli__gte=F("bad_milli") + bad_milli,
        ).update(granted_fen=F("granted_fen") + counted, bad_milli=F("bad_milli") + bad_milli)
        if raised:
            return counted
    raise Refused(
        _("Somebody else is changing the same thing at this moment. Please try again."), code="busy"
    )


def release(compensation: Compensation) -> None:
    """Take a granted compensation off its line again, inside the caller's transaction."""
    bad_milli = counted_milli(compensation)
    released = OrderLine._base_manager.filter(
        pk=compensation.claim.order_line_id,
        granted_fen__gte=compensation.granted_fen,
        bad_milli__gte=bad_milli,
    ).update(granted_fen=F("granted_fen") - compensation.granted_fen, bad_milli=F("bad_milli") - bad_milli)
    if not released:
        raise RuntimeError(f"Order line of compensation {compensation.pk} holds less than was granted on it.")


def counted_fen(compensation: Compensation, line: OrderLine) -> int:
    """What a chosen remedy counts against the line: the money, the coupon's face value, the goods' share.

    A repair counts nothing: the consumer keeps what was bought.
    """
    if compensation.remedy == Remedy.REPAIR:
        return 0
    remaining = compensation.paid_fen - line.granted_fen
    if compensation.remedy == Remedy.COUPON:
        return rule.coupon_value_fen(
            compensation.amount_fen, compensation.policy.coupon_bonus_permille, remaining
        )
    if compensation.remedy in SENDS_GOODS:
        quantity = rule.reship_quantity(compensation.bad_milli, line.is_countable)
        return rule.reship_value_fen(quantity, line.quantity_milli, compensation.paid_fen, remaining)
    return compensation.amount_fen


def counted_milli(compensation: Compensation) -> int:
    """How much of the line's quantity a compensation stands for: none in a repair."""
    return 0 if compensation.remedy == Remedy.REPAIR else compensation.bad_milli


def basis_fen(line: OrderLine, policy: CompensationPolicy, claim: Claim) -> int:
    """What counts as paid for the line: the most that is ever granted on it."""
    terms = Terms() if claim.is_without_reason else terms_of(policy)
    return terms.basis_fen(line.paid_fen, line.freight_fen)


def _most(policy: CompensationPolicy) -> CombinedExpression | F:
    """The same, for the database to look at while it counts."""
    return F("paid_fen") + F("freight_fen") if policy.includes_freight else F("paid_fen")


def _award(
    line: OrderLine,
    earlier_fen: int,
    bad_milli: int,
    policy: CompensationPolicy,
    claim: Claim | None = None,
) -> Award:
    is_plain = claim is not None and claim.is_without_reason
    try:
        award = rule.cumulative_award(
            bad_milli=bad_milli,
            total_milli=line.quantity_milli,
            paid_fen=line.paid_fen,
            earlier_bad_milli=line.bad_milli,
            earlier_award_fen=earlier_fen,
            granted_fen=line.granted_fen,
            freight_fen=line.freight_fen,
            terms=Terms() if is_plain else terms_of(policy),
        )
    except CompensationError as error:
        if error.code != "bad_over_total":
            raise Refused(
                _("No amount can be worked out from these figures."), code=error.code, field="bad_milli"
            ) from error
        left = line.quantity_milli - line.bad_milli
        raise Refused(
            _("Only %(left)s of this order is left to be compensated.") % {"left": format_milli(left)},
            code="bad_over_total",
            field="bad_milli",
            details={"left_milli": left},
        ) from error
    listed = LossLine._base_manager.filter(claim=claim, round=claim.round) if claim is not None else ()
    lost = [(each.kind, each.amount_fen) for each in listed]
    if not lost:
        return award
    return losses.award(lost, paid_fen=line.paid_fen, granted_fen=line.granted_fen)
