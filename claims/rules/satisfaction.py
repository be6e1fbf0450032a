"""docs/rules/figures.md, "Satisfaction": what came of asking, and what the ratings say."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from fractions import Fraction

from claims.rules.follow_ups import is_low
from claims.rules.statistics import share

SATISFIED = 4
"""From this rating on somebody is satisfied."""
TARGET = Fraction(92, 100)


class Came(StrEnum):
    """What came of asking a consumer how it was."""

    ANSWERED = "answered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    OPEN = "open"


FROM_STATE = {"done": Came.REFUSED, "exhausted": Came.UNREACHABLE, "open": Came.OPEN}
"""What a follow-up without any rating came to: who was reached and gave none did not want to."""


def came_of(*, stars: int | None, follow_up: str | None) -> Came | None:
    """What came of a case by its lowest rating and the state of its first follow-up; None: nobody asks."""
    if stars is not None:
        return Came.ANSWERED
    return FROM_STATE.get(follow_up or "")


@dataclass
class Satisfaction:
    """Cases by what came of asking; `satisfied` and `low` are parts of `answered`, the rest lies between."""

    answered: int = 0
    satisfied: int = 0
    low: int = 0
    refused: int = 0
    unreachable: int = 0
    open: int = 0

    def count(self, *, stars: int | None, follow_up: str | None, cases: int = 1) -> None:
        """Add cases that are alike."""
        came = came_of(stars=stars, follow_up=follow_up)
        if came is None:
            return
        setattr(self, came.value, getattr(self, came.value) + cases)
        if stars is not None:
            self.satisfied += cases * (stars >= SATISFIED)
            self.low += cases * is_low(stars)

    def __add__(self, other: Satisfaction) -> Satisfaction:
        return Satisfaction(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(Satisfaction))
        )

    @property
    def rate(self) -> Fraction | None:
        """Satisfied ÷ answered. Who refused or was not reached is in neither; None is "no data"."""
        return share(self.satisfied, self.answered)

    @property
    def is_below_target(self) -> bool:
        return self.rate is not None and self.rate < TARGET

    @property
    def asked(self) -> int:
        """Cases of which it is known what came of asking."""
        return self.answered + self.refused + self.unreachable

    @property
    def whole(self) -> int:
        """All cases, those included that are still to be asked."""
        return self.asked + self.open

    @property
    def answer_rate(self) -> Fraction | None:
        """Answered ÷ asked: how much the rate above stands on."""
        return share(self.answered, self.asked)


@dataclass
class Mean:
    """A sum of ratings and how many there were."""

    count: int = 0
    total: int = 0

    def __add__(self, other: Mean) -> Mean:
        return Mean(self.count + other.count, self.total + other.total)

    @property
    def milli(self) -> int | None:
        """The mean in thousandths, half to even; None of nothing."""
        return round(Fraction(self.total * 1000, self.count)) if self.count else None


@dataclass
class Ratings:
    """Ratings one by one, whoever gave them: the whole, and its sides as far as they were rated."""

    given: int = 0
    satisfied: int = 0
    stars: Mean = field(default_factory=Mean)
    attitude: Mean = field(default_factory=Mean)
    speed: Mean = field(default_factory=Mean)
    efficiency: Mean = field(default_factory=Mean)

    def __add__(self, other: Ratings) -> Ratings:
        return Ratings(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Ratings)))

    @property
    def rate(self) -> Fraction | None:
        """Ratings of 4 or 5 ÷ all ratings; None is "no data"."""
        return share(self.satisfied, self.given)
