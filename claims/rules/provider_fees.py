"""docs/rules/providers.md, "The fee": what a visit by a provider costs under its contract. Whole fen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

PERMILLE = 1000
METRES = 1000

PAID_IN_VAIN = frozenset({"nobody_home", "wrong_address", "refused", "road", "no_part", "other"})
"""Failures of a visit after which the way in vain is paid. Who did not come is paid nothing."""


@dataclass(frozen=True)
class FeeRates:
    """One line of a contract: the fees for one kind of visit and one type of goods ("" for any other)."""

    visit_kind: str
    goods_type: str
    base_fen: int
    free_km: int = 0
    per_km_fen: int = 0
    after_hours_permille: int = 0
    vain_permille: int = 0


@dataclass(frozen=True)
class Fee:
    """A fee and what it is made of. For a way in vain `fee_fen` is a part of the sum of the others."""

    base_fen: int
    km_fen: int
    after_hours_fen: int
    fee_fen: int


NOTHING = Fee(0, 0, 0, 0)


def rates_for(lines: Iterable[FeeRates], *, visit_kind: str, goods_type: str) -> FeeRates | None:
    """The line that counts: of this kind of visit the one for exactly these goods, else the one for any;
    None when the contract has no fee for it."""
    of_kind = {line.goods_type: line for line in lines if line.visit_kind == visit_kind}
    return of_kind.get(goods_type) or of_kind.get("")


def fee(rates: FeeRates, *, distance_m: int | None, is_after_hours: bool) -> Fee:
    """The fee for a visit that is carried out.

    Every kilometre begun beyond the free ones counts; an unknown distance adds nothing. After hours the
    base, not the way, costs so many thousandths more, rounded to the nearest fen, half a fen up.
    """
    km = 0 if distance_m is None else -(-distance_m // METRES)
    km_fen = rates.per_km_fen * max(0, km - rates.free_km)
    late_fen = _permille(rates.base_fen, rates.after_hours_permille) if is_after_hours else 0
    return Fee(rates.base_fen, km_fen, late_fen, rates.base_fen + km_fen + late_fen)


def in_vain(full: Fee, rates: FeeRates, *, failure: str) -> Fee:
    """The fee for a visit that came to nothing: so many thousandths of the full fee, or nothing when the
    failure is the provider's own."""
    if failure not in PAID_IN_VAIN:
        return replace(full, fee_fen=0)
    return replace(full, fee_fen=_permille(full.fee_fen, rates.vain_permille))


def _permille(amount_fen: int, permille: int) -> int:
    return (amount_fen * permille * 2 + PERMILLE) // (PERMILLE * 2)
