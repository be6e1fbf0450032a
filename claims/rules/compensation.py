"""docs/rules/compensation.md: what is due for bad goods, rounded once, and what remedies are worth.

All money is in whole fen and all quantities in whole thousandths of their unit, so every
amount below is exact until the one rounding half up.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor

from aftersales.lib.errors import InvalidValue
from aftersales.lib.money import MAX_MILLI, fen_to_yuan, parse_exact
from claims.rules import damage_tiers
from claims.rules.damage_tiers import Tier

_MAX_PAID_FEN = 10**14


class CompensationError(InvalidValue):
    """Quantities or amounts that no compensation can be computed from.

    Codes: bad_over_total, total_not_positive, negative, cap_below_minimum, multiplier_with_tiers.
    """


@dataclass(frozen=True)
class Terms:
    """The figures of one version of a compensation policy.

    `tolerance_permille`: a bad share below it is not compensated. `multiplier_permille`: 1000
    pays the share itself. `minimum_fen`: the least that is paid once anything is due.
    `cap_fen`: the most that is paid on one order line. `includes_freight`: whether freight
    counts as paid for the line. `tiers`: where there are any, they say what a bad share is paid,
    instead of the share itself; the multiplier is then 1000.
    """

    tolerance_permille: int = 0
    multiplier_permille: int = 1000
    minimum_fen: int = 0
    cap_fen: int | None = None
    includes_freight: bool = False
    tiers: tuple[Tier, ...] = ()

    def __post_init__(self) -> None:
        given = (self.tolerance_permille, self.multiplier_permille, self.minimum_fen, self.cap_fen or 0)
        if min(given) < 0:
            raise CompensationError("negative", "terms must not be negative")
        if self.cap_fen is not None and self.cap_fen < self.minimum_fen:
            raise CompensationError("cap_below_minimum", "the cap is below the minimum")
        if self.tiers:
            damage_tiers.checked(self.tiers)
            if self.multiplier_permille != 1000:
                raise CompensationError("multiplier_with_tiers", "tiers say themselves what is paid")

    def basis_fen(self, paid_fen: int, freight_fen: int) -> int:
        """What counts as paid for a line, and so the most that is ever granted on it."""
        return paid_fen + (freight_fen if self.includes_freight else 0)


class StepCode(StrEnum):
    """The lines of the formula, in the order they are printed."""

    BASIS = "basis"
    BAD_SO_FAR = "bad_so_far"
    TOLERANCE = "tolerance"
    SHARE = "share"
    TIER = "tier"
    MINIMUM = "minimum"
    CAP = "cap"
    PAID_LIMIT = "paid_limit"
    EARLIER = "earlier"
    REMAINING = "remaining"
    LOSSES = "losses"


class Limit(StrEnum):
    """Why the amount is not the plain share."""

    NOTHING_BAD = "nothing_bad"
    TOLERANCE = "tolerance"
    CAP = "cap"
    PAID = "paid"
    REMAINING = "remaining"


@dataclass(frozen=True)
class Step:
    """One line of the formula: what was done, the numbers that went in, the amount after it."""

    code: StepCode
    amount_fen: int
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Award:
    """What one claim gets, how it came about, and the limit that decided, if one did.

    `damages_fen` is what is due beyond the goods' price (claims.rules.losses).
    """

    amount_fen: int
    steps: tuple[Step, ...]
    limited_by: Limit | None
    damages_fen: int = 0


def proportional_share(
    bad: int | Decimal | str, total: int | Decimal | str, paid: int | Decimal | str
) -> Decimal:
    """bad / total x paid in yuan, rounded half up to the fen, once.

    Quantities have up to three decimals, the paid amount up to two. Raises ValueError when
    bad is not between 0 and total, total is not above 0, the paid amount is negative, or a
    value is not exact (a float, NaN, a thousands separator, too many decimals).
    """
    bad_milli = parse_exact(_written(bad), places=3, maximum=MAX_MILLI)
    total_milli = parse_exact(_written(total), places=3, maximum=MAX_MILLI)
    paid_fen = parse_exact(_written(paid), places=2, maximum=_MAX_PAID_FEN)
    return fen_to_yuan(share_fen(bad_milli, total_milli, paid_fen))


def share_fen(bad_milli: int, total_milli: int, paid_fen: int) -> int:
    """bad / total x paid in fen, rounded half up.

    Raises CompensationError when bad is not between 0 and total or total is not above 0.
    """
    _check_quantities(bad_milli, total_milli)
    if paid_fen < 0:
        raise CompensationError("negative", "the paid amount must not be negative")
    return _half_up(Fraction(bad_milli * paid_fen, total_milli))


def cumulative_award(
    *,
    bad_milli: int,
    total_milli: int,
    paid_fen: int,
    earlier_bad_milli: int = 0,
    earlier_award_fen: int = 0,
    granted_fen: int = 0,
    freight_fen: int = 0,
    terms: Terms = Terms(),
) -> Award:
    """What this claim gets, given everything that came before on the same order line.

    The line's entitlement is computed on all bad goods so far (`earlier_bad_milli` plus this
    claim's) and what earlier claims were awarded by this rule is taken off; so several claims
    on one line never get more than one claim for the whole. Tolerance, minimum and cap bear on
    the line's entitlement for the same reason. `granted_fen` is everything already granted on
    the line in any form (refund, coupon value, value of reshipped goods, less reversals); the
    amount never exceeds what it leaves of the paid amount.

    Raises CompensationError when the quantities do not fit together.
    Rule: docs/rules/compensation.md, section 2.
    """
    _check_quantities(bad_milli, total_milli)
    bad_so_far = earlier_bad_milli + bad_milli
    _check_quantities(bad_so_far, total_milli)
    if min(paid_fen, freight_fen, earlier_bad_milli, earlier_award_fen, granted_fen) < 0:
        raise CompensationError("negative", "amounts and quantities must not be negative")

    basis = terms.basis_fen(paid_fen, freight_fen)
    steps = [
        Step(StepCode.BASIS, basis, {"paid_fen": paid_fen, "freight_fen": basis - paid_fen}),
        Step(
            StepCode.BAD_SO_FAR,
            basis,
            {"earlier_bad_milli": earlier_bad_milli, "bad_milli": bad_milli, "bad_so_far_milli": bad_so_far},
        ),
    ]
    entitled, limited_by = _entitlement(bad_so_far, total_milli, basis, terms, steps)

    amount = max(0, entitled - earlier_award_fen)
    if earlier_award_fen:
        steps.append(
            Step(StepCode.EARLIER, amount, {"entitled_fen": entitled, "earlier_award_fen": earlier_award_fen})
        )
    remaining = max(0, basis - granted_fen)
    if amount > remaining:
        amount, limited_by = remaining, Limit.REMAINING
        steps.append(
            Step(StepCode.REMAINING, amount, {"granted_fen": granted_fen, "remaining_fen": remaining})
        )
    return Award(amount, tuple(steps), limited_by)


def reship_quantity(bad_milli: int, countable: bool) -> int:
    """How much is sent again, in thousandths: the bad quantity, whole pieces for countable goods."""
    if bad_milli < 0:
        raise CompensationError("negative", "a quantity must not be negative")
    return -(-bad_milli // 1000) * 1000 if countable else bad_milli


def reship_value_fen(quantity_milli: int, total_milli: int, paid_fen: int, remaining_fen: int) -> int:
    """What reshipped goods count against the order line: their share of the paid amount.

    Rounding up to whole pieces never makes it more than the line or than what remains of it.
    """
    share = share_fen(min(quantity_milli, total_milli), total_milli, paid_fen)
    return min(share, max(0, remaining_fen))


def coupon_value_fen(amount_fen: int, bonus_permille: int, remaining_fen: int) -> int:
    """Face value of a coupon offered instead of an amount: the amount plus the policy's bonus.

    A bonus of 100 permille makes 10.00 a coupon of 11.00. The face value is what counts
    against the order line, so it never exceeds what remains of it.
    """
    if min(amount_fen, bonus_permille) < 0:
        raise CompensationError("negative", "amount and bonus must not be negative")
    face = _half_up(Fraction(amount_fen * (1000 + bonus_permille), 1000))
    return min(face, max(0, remaining_fen))


def _entitlement(
    bad_milli: int, total_milli: int, basis_fen: int, terms: Terms, steps: list[Step]
) -> tuple[int, Limit | None]:
    """What the line is entitled to for all bad goods so far; adds its lines to `steps`."""
    if bad_milli == 0:
        return 0, Limit.NOTHING_BAD
    numbers = {
        "bad_milli": bad_milli,
        "total_milli": total_milli,
        "basis_fen": basis_fen,
        "multiplier_permille": terms.multiplier_permille,
    }
    if bad_milli * 1000 < terms.tolerance_permille * total_milli:
        steps.append(Step(StepCode.TOLERANCE, 0, {**numbers, "tolerance_permille": terms.tolerance_permille}))
        return 0, Limit.TOLERANCE

    if terms.tiers:
        tier = damage_tiers.tier_of(bad_milli, total_milli, terms.tiers)
        entitled = _half_up(Fraction(basis_fen * tier.pays_permille, 1000))
        steps.append(Step(StepCode.TIER, entitled, {**numbers, **asdict(tier)}))
    else:
        entitled = _half_up(Fraction(bad_milli * basis_fen * terms.multiplier_permille, total_milli * 1000))
        steps.append(Step(StepCode.SHARE, entitled, numbers))
    limited_by = None
    if entitled < terms.minimum_fen:
        entitled = terms.minimum_fen
        steps.append(Step(StepCode.MINIMUM, entitled, {"minimum_fen": terms.minimum_fen}))
    if terms.cap_fen is not None and entitled > terms.cap_fen:
        entitled, limited_by = terms.cap_fen, Limit.CAP
        steps.append(Step(StepCode.CAP, entitled, {"cap_fen": terms.cap_fen}))
    if entitled > basis_fen:
        entitled, limited_by = basis_fen, Limit.PAID
        steps.append(Step(StepCode.PAID_LIMIT, entitled, {"basis_fen": basis_fen}))
    return entitled, limited_by


def _half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


def _check_quantities(bad_milli: int, total_milli: int) -> None:
    if total_milli <= 0:
        raise CompensationError("total_not_positive", "the total quantity must be above zero")
    if bad_milli < 0:
        raise CompensationError("negative", "the bad quantity must not be negative")
    if bad_milli > total_milli:
        raise CompensationError("bad_over_total", "more is bad than was bought")


def _written(value: int | Decimal | str) -> Decimal | str:
    """Whole numbers are taken as Decimal; everything else is left for the parser to judge."""
    return Decimal(value) if type(value) is int else value
