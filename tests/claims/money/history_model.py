"""What a plain model knows of order lines, claims and a fund: fractions, and nothing of the database."""

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count
from math import floor

from claims.models import Compensation, OrderLine

START_FEN = 30_000


@dataclass
class Line:
    """What the model knows of an order line."""

    row: OrderLine
    paid: int
    total: int
    bad: int = 0
    awarded: int = 0
    granted: int = 0

    def due(self, bad: int) -> int | None:
        """The share of all bad goods so far, less what was awarded; None for more than there is."""
        if self.bad + bad > self.total:
            return None
        share = floor(Fraction((self.bad + bad) * self.paid, self.total) + Fraction(1, 2))
        return min(max(0, share - self.awarded), self.paid - self.granted)


@dataclass
class Case:
    """What the model knows of a compensation."""

    row: Compensation
    line: Line
    bad: int
    amount: int
    state: str = "proposed"
    remedy: str = ""
    counted: int = 0
    recovered: int = 0
    given_up: int = 0
    channel: str = ""
    payout: str = ""
    needs: str = ""


@dataclass
class Books:
    """The fund as the model keeps it."""

    cash: int = START_FEN
    unpaid: int = 0
    spent_today: int = 0
    references: count = field(default_factory=count)
