"""docs/rules/figures.md, section "Training": shares with the count behind them, and their targets (E-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from training.rules.hours import Standing

COVERAGE_TARGET = Fraction(92, 100)
"""Of the people at village and township stations so many hold a certificate that counts."""

PASS_TARGET = Fraction(95, 100)
"""Of the quarterly checks of skills so many are passed."""

CLASSES_TARGET = Fraction(1)
"""Every village point in operation holds a class every month (E-10)."""


@dataclass(frozen=True)
class Share:
    """`good` of `whole`; adds up over places."""

    good: int = 0
    whole: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.good + other.good, self.whole + other.whole)

    @property
    def rate(self) -> Fraction | None:
        """None where there is nothing to take a share of: no data is not a grade."""
        return Fraction(self.good, self.whole) if self.whole else None

    def is_below(self, target: Fraction) -> bool:
        return self.rate is not None and self.rate < target


def is_on_pace(standing: Standing, today: date) -> bool:
    """Whether somebody has learned as much of what is asked for as of its period was over at midnight."""
    period = standing.period
    days, gone = (period.last - period.first).days + 1, (today - period.first).days
    return standing.learned * days >= period.minutes * gone
