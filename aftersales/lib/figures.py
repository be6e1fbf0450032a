"""docs/rules/figures.md: what a figure is (name, formula, unit, target, source) and one value of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any


class Unit(StrEnum):
    """What a value counts. A share is shown in per cent; a difference of shares in percentage points."""

    COUNT = "count"
    MINUTES = "minutes"
    FEN = "fen"
    SHARE = "share"


class Aim(StrEnum):
    AT_MOST = "at_most"
    AT_LEAST = "at_least"


@dataclass(frozen=True)
class Target:
    """A value to reach, in the unit of its figure."""

    aim: Aim
    value: int | Fraction

    def is_missed_by(self, value: int | Fraction) -> bool:
        return value > self.value if self.aim == Aim.AT_MOST else value < self.value


@dataclass(frozen=True)
class Value:
    """One value of a figure: None is "no data", never 0; `behind` is the count it rests on."""

    figure: Figure
    number: int | Fraction | None
    behind: int

    @property
    def has_data(self) -> bool:
        return self.number is not None

    @property
    def misses_target(self) -> bool:
        """Whether there is a target and the value does not reach it; no data misses nothing."""
        target = self.figure.target
        return target is not None and self.number is not None and target.is_missed_by(self.number)


@dataclass(frozen=True)
class Figure:
    """The one definition of a figure.

    `reads` takes what the figure is worked out from and gives its number (None: no data) and the count
    behind it. Names, formulas and what is behind are texts to be shown, lazily translated.
    """

    code: str
    name: Any
    formula: Any
    unit: Unit
    behind: Any
    source: str
    reads: Callable[[Any], tuple[int | Fraction | None, int]]
    target: Target | None = None
    more_is_better: bool | None = None

    def of(self, subject: Any) -> Value:
        number, behind = self.reads(subject)
        return Value(self, number, behind)
