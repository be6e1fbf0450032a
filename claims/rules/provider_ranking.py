"""docs/rules/providers.md, "Whom we ask": the order in which a visit is offered to service providers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from claims.rules.dispatch import FAR_M, Ground, Reason

MOST_ORDERS = 20
"""Orders in hand from which load gives no points."""

GRADE_POINTS = {"A": 40, "B": 20}
LOAD_POINTS = 30
DISTANCE_POINTS = 30
"""The weights of the order: together 100. Load and distance count in whole points, rounded down."""

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Against(StrEnum):
    """Why a provider is not asked, the weightiest first."""

    SUSPENDED = "suspended"
    GRADE_C = "grade_c"
    NO_FEE = "no_fee"
    NOT_THAT_DAY = "not_that_day"
    FULL = "full"
    DECLINED = "declined"
    SILENT = "silent"


NEVER = frozenset({Against.SUSPENDED, Against.GRADE_C, Against.NO_FEE, Against.NOT_THAT_DAY, Against.FULL})
"""What nobody can put aside. Who has declined or was silent may be asked again, with a reason."""


@dataclass(frozen=True)
class ProviderCandidate:
    """What is known about a provider with a contract in the county.

    `distance_m` is from where the contract says it sets out; None: not known. `fee_fen` None: its contract
    has no fee for such a visit. `orders` are those it has in hand, here and now.
    """

    key: int
    grade: str = ""
    is_suspended: bool = False
    works_that_day: bool = True
    has_free_seat: bool = True
    has_declined: bool = False
    was_silent: bool = False
    orders: int = 0
    distance_m: int | None = None
    fee_fen: int | None = 0
    last_offer_at: datetime | None = None


@dataclass(frozen=True)
class RankedProvider:
    """A provider with a place in the order (1 is asked first), a score of at most 100, and why."""

    candidate: ProviderCandidate
    rank: int
    score: int
    grounds: tuple[Ground, ...]


@dataclass(frozen=True)
class ExcludedProvider:
    """A provider that is not asked, and every reason for that."""

    candidate: ProviderCandidate
    why: tuple[Against, ...]

    @property
    def is_final(self) -> bool:
        """Whether no person can decide otherwise."""
        return not NEVER.isdisjoint(self.why)


@dataclass(frozen=True)
class ProviderRanking:
    """Who is to be asked, the best first, and who is not."""

    ranked: tuple[RankedProvider, ...]
    excluded: tuple[ExcludedProvider, ...]

    def of(self, key: int) -> RankedProvider | ExcludedProvider | None:
        """What the ranking says about one provider; None when it has no contract in the county."""
        return next((each for each in (*self.ranked, *self.excluded) if each.candidate.key == key), None)


def rank(candidates: Iterable[ProviderCandidate]) -> ProviderRanking:
    """Put providers in the order in which a visit is offered to them; the same facts give the same order.

    By score; at the same score the cheaper one, then the one that was longest without an order, then the
    lower key.
    """
    fit, excluded = [], []
    for candidate in candidates:
        why = against(candidate)
        if why:
            excluded.append(ExcludedProvider(candidate, why))
        else:
            found = grounds(candidate)
            fit.append((candidate, sum(each.points for each in found), found))
    fit.sort(
        key=lambda row: (-row[1], row[0].fee_fen, row[0].last_offer_at or LONG_AGO, row[0].key),
    )
    excluded.sort(key=lambda each: each.candidate.key)
    return ProviderRanking(
        ranked=tuple(
            RankedProvider(candidate, place, score, why)
            for place, (candidate, score, why) in enumerate(fit, start=1)
        ),
        excluded=tuple(excluded),
    )


def against(candidate: ProviderCandidate) -> tuple[Against, ...]:
    """Every reason not to offer a visit to a provider; none means that it may be asked."""
    holds = {
        Against.SUSPENDED: candidate.is_suspended,
        Against.GRADE_C: candidate.grade == "C",
        Against.NO_FEE: candidate.fee_fen is None,
        Against.NOT_THAT_DAY: not candidate.works_that_day,
        Against.FULL: candidate.works_that_day and not candidate.has_free_seat,
        Against.DECLINED: candidate.has_declined,
        Against.SILENT: candidate.was_silent,
    }
    return tuple(code for code in Against if holds[code])


def grounds(candidate: ProviderCandidate) -> tuple[Ground, ...]:
    """What speaks for a provider, in the order in which it is told."""
    found = []
    if candidate.grade in GRADE_POINTS:
        code = Reason.GRADE_A if candidate.grade == "A" else Reason.GRADE_B
        found.append(Ground(code, GRADE_POINTS[candidate.grade]))
    load = LOAD_POINTS * max(0, MOST_ORDERS - candidate.orders) // MOST_ORDERS
    found.append(Ground(Reason.LOAD, load, candidate.orders))
    if candidate.distance_m is not None:
        near = DISTANCE_POINTS * max(0, FAR_M - candidate.distance_m) // FAR_M
        found.append(Ground(Reason.DISTANCE, near, candidate.distance_m))
    return tuple(found)
