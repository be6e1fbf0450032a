"""What figures are worked out from: counts, sums and distributions that add up over places and periods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction

from claims.rules.clocks import HOUR
from claims.rules.satisfaction import Satisfaction
from claims.rules.statistics import nearest_rank, share
from claims.rules.status import OPEN, Status

RESPONSE_TARGET_MINUTES = 2 * HOUR
MEAN_RESOLUTION_TARGET_MINUTES = 48 * HOUR
SETTLEMENT_MINUTES = 24 * HOUR
SETTLED = (Status.RESOLVED, Status.CLOSED)


class TimesNotRead(RuntimeError):
    """A median or a percentile was asked for of figures that were read without their distributions."""


@dataclass
class Counts:
    """Claims that are alike in something: how many, and what came of them."""

    filed: int = 0
    settled: int = 0
    rejected: int = 0
    reopened: int = 0
    followed_up: int = 0
    first_time: int = 0
    responded: int = 0
    responded_in_time: int = 0
    timed: int = 0
    resolution_minutes: int = 0
    settlements: int = 0
    settlements_in_time: int = 0
    compensated: int = 0
    compensated_fen: int = 0
    by_rule: int = 0
    answered: int = 0
    satisfied: int = 0

    def add(self, other: Counts) -> None:
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def resolution_rate(self) -> Fraction | None:
        """Settled ÷ (settled + refused)."""
        return share(self.settled, self.settled + self.rejected)

    @property
    def follow_up_rate(self) -> Fraction | None:
        """Settled claims whose consumer was asked, or not reached on three attempts ÷ settled claims."""
        return share(self.followed_up, self.settled)

    @property
    def first_contact_rate(self) -> Fraction | None:
        """Settled claims that were never taken up again and never left their station ÷ settled claims."""
        return share(self.first_time, self.settled)

    @property
    def response_in_time(self) -> Fraction | None:
        """Accepted within two hours ÷ accepted."""
        return share(self.responded_in_time, self.responded)

    @property
    def settlement_in_time(self) -> Fraction | None:
        """Compensation carried out within 24 hours of the damage being confirmed ÷ those carried out."""
        return share(self.settlements_in_time, self.settlements)

    @property
    def resolution_mean(self) -> int | None:
        """Minutes, half to even."""
        return round(Fraction(self.resolution_minutes, self.timed)) if self.timed else None

    @property
    def mean_compensation_fen(self) -> int | None:
        """Fen, half to even."""
        return round(Fraction(self.compensated_fen, self.compensated)) if self.compensated else None


COUNTED = tuple(each.name for each in fields(Counts))


@dataclass
class Figures:
    """The figures of the claims filed in one period: minutes, fen, shares from 0 to 1; None is "no data".

    Counts lie by kind of goods; every figure of the whole is a sum over them. `responses` and `resolutions`
    are distributions: how often so many minutes occurred. `orders` are orders known from platforms and
    imports that were placed in the period, `orders_claimed` those of them with a claim.
    """

    by_goods: dict[str, Counts] = field(default_factory=dict)
    by_class_and_status: Counter = field(default_factory=Counter)
    by_remedy: Counter = field(default_factory=Counter)
    satisfaction: Satisfaction = field(default_factory=Satisfaction)
    orders: int = 0
    orders_claimed: int = 0
    responses: Counter = field(default_factory=Counter)
    resolutions: Counter = field(default_factory=Counter)
    has_times: bool = field(default=True, compare=False)

    def merge(self, other: Figures) -> Figures:
        """Add what another place or period has; returns this one."""
        for goods, counts in other.by_goods.items():
            self.by_goods.setdefault(goods, Counts()).add(counts)
        self.by_class_and_status.update(other.by_class_and_status)
        self.by_remedy.update(other.by_remedy)
        self.satisfaction += other.satisfaction
        self.orders += other.orders
        self.orders_claimed += other.orders_claimed
        self.responses.update(other.responses)
        self.resolutions.update(other.resolutions)
        self.has_times = self.has_times and other.has_times
        return self

    @classmethod
    def sum_of(cls, parts: Iterable[Figures]) -> Figures:
        """The sum of figures, a new one; of nothing, figures without data."""
        whole = cls()
        for part in parts:
            whole.merge(part)
        return whole

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filed and no order is known."""
        return not self.by_class_and_status and not self.orders

    @property
    def whole(self) -> Counts:
        """The counts of all kinds of goods together."""
        found = Counts()
        for counts in self.by_goods.values():
            found.add(counts)
        return found

    def _sum(self, name: str) -> int:
        return sum(getattr(counts, name) for counts in self.by_goods.values())

    @property
    def by_status(self) -> Counter:
        found: Counter = Counter()
        for (_goods, _nature, status), count in self.by_class_and_status.items():
            found[status] += count
        return found

    @property
    def filed(self) -> int:
        return self._sum("filed")

    @property
    def open(self) -> int:
        states = self.by_status
        return sum(states[status] for status in OPEN)

    @property
    def resolved(self) -> int:
        return self._sum("settled")

    @property
    def rejected(self) -> int:
        return self._sum("rejected")

    @property
    def withdrawn(self) -> int:
        return self.by_status["withdrawn"]

    @property
    def merged(self) -> int:
        """Claims that were merged into another one."""
        return self.by_status["merged"]

    @property
    def reopened(self) -> int:
        return self._sum("reopened")

    @property
    def compensated(self) -> int:
        return self._sum("compensated")

    @property
    def compensated_fen(self) -> int:
        return self._sum("compensated_fen")

    @property
    def by_rule(self) -> int:
        return self._sum("by_rule")

    @property
    def followed_up(self) -> int:
        return self._sum("followed_up")

    @property
    def first_time(self) -> int:
        return self._sum("first_time")

    @property
    def settlements(self) -> int:
        return self._sum("settlements")

    @property
    def response_count(self) -> int:
        return self._sum("responded")

    @property
    def resolution_count(self) -> int:
        return self._sum("timed")

    @property
    def response_median(self) -> int | None:
        return self._percentile(self.responses, self.response_count, 50)

    @property
    def response_p90(self) -> int | None:
        return self._percentile(self.responses, self.response_count, 90)

    @property
    def resolution_median(self) -> int | None:
        return self._percentile(self.resolutions, self.resolution_count, 50)

    @property
    def resolution_p90(self) -> int | None:
        return self._percentile(self.resolutions, self.resolution_count, 90)

    def _percentile(self, times: Mapping[int, int], count: int, percent: int) -> int | None:
        if count and not self.has_times:
            raise TimesNotRead("read these figures with their times to ask for a percentile")
        return nearest_rank(times, percent)

    @property
    def response_in_time(self) -> Fraction | None:
        return self.whole.response_in_time

    @property
    def settlement_in_time(self) -> Fraction | None:
        return self.whole.settlement_in_time

    @property
    def resolution_mean(self) -> int | None:
        return self.whole.resolution_mean

    @property
    def resolution_rate(self) -> Fraction | None:
        return self.whole.resolution_rate

    @property
    def follow_up_rate(self) -> Fraction | None:
        return self.whole.follow_up_rate

    @property
    def first_contact_rate(self) -> Fraction | None:
        return self.whole.first_contact_rate

    @property
    def mean_compensation_fen(self) -> int | None:
        return self.whole.mean_compensation_fen

    @property
    def complaint_rate(self) -> Fraction | None:
        """Orders with a claim ÷ orders that platforms and imports have told of, both placed in the period."""
        return share(self.orders_claimed, self.orders)
