"""docs/rules/handbook.md, section 7: which closed claims are worth learning from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

WORTH_POINTS = 3
PER_COUNTY = 2
"""So many are proposed for a county in one run."""
DESK_FULL = 10
"""With so many cases waiting, a county is proposed no more."""
LARGE_FEN = 20_000
LONG_DAYS = 7
LOW_STARS, HIGH_STARS = 2, 5


class Sign(StrEnum):
    """What makes a claim instructive, the most telling first: a title says the first that holds."""

    APPEAL = "appeal"
    INSPECTION = "inspection"
    LOW_SCORE = "low_score"
    AGAIN = "again"
    LARGE = "large"
    CLIMBED = "climbed"
    BY_PHONE = "by_phone"
    LONG = "long"
    HIGH_SCORE = "high_score"


POINTS: dict[Sign, int] = {
    Sign.APPEAL: 3,
    Sign.INSPECTION: 2,
    Sign.LOW_SCORE: 2,
    Sign.AGAIN: 2,
    Sign.LARGE: 2,
    Sign.CLIMBED: 1,
    Sign.BY_PHONE: 1,
    Sign.LONG: 1,
    Sign.HIGH_SCORE: 1,
}


@dataclass(frozen=True)
class Candidate:
    """A closed claim by its key, with its class and the signs that hold for it."""

    key: int
    goods: str
    problem: str
    signs: frozenset[Sign]

    @property
    def points(self) -> int:
        return sum(POINTS[sign] for sign in self.signs)

    @property
    def first_sign(self) -> Sign | None:
        """The most telling sign; None where none holds."""
        return next((sign for sign in Sign if sign in self.signs), None)


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those worth learning from, most points first, then the older; one for each class of goods and problem.

    A county takes them in this order until it has PER_COUNTY.
    """
    worth = [each for each in candidates if each.points >= WORTH_POINTS]
    chosen: dict[tuple[str, str], Candidate] = {}
    for each in sorted(worth, key=lambda each: (-each.points, each.key)):
        chosen.setdefault((each.goods, each.problem), each)
    return list(chosen.values())
