"""docs/rules/fund.md, section 7: what a closed month of a fund says, and how months are chained."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date

from claims.rules.fund import GROWS_BY_CREDIT


@dataclass(frozen=True)
class AccountMonth:
    """One account over a month, in fen: what was in it, what was put on either side, what is in it."""

    account: int
    kind: str
    party: int | None
    station: int | None
    opening: int
    debit: int
    credit: int

    @property
    def grown(self) -> int:
        """What the account has grown by; below zero when it shrank."""
        moved = self.debit - self.credit
        return -moved if self.kind in GROWS_BY_CREDIT else moved

    @property
    def closing(self) -> int:
        return self.opening + self.grown


@dataclass(frozen=True)
class KindMonth:
    """All movements of one kind in a month, and what they put into and took out of the cash, in fen."""

    kind: str
    count: int
    total: int
    cash_in: int
    cash_out: int


@dataclass(frozen=True)
class MonthFigures:
    """What the movements of a month come to. `movements` is the digest over their digests, oldest first."""

    accounts: tuple[AccountMonth, ...]
    kinds: tuple[KindMonth, ...]
    count: int
    movements: str

    @property
    def is_balanced(self) -> bool:
        """Whether what grows by debit equals what grows by credit, at the start and at the end."""
        return not self._difference("opening") and not self._difference("closing")

    def sum_of(self, kind: str, name: str) -> int:
        """One figure over all accounts of a kind: `sum_of("cash", "closing")`."""
        return sum(getattr(each, name) for each in self.accounts if each.kind == kind)

    def _difference(self, name: str) -> int:
        return sum(
            -getattr(each, name) if each.kind in GROWS_BY_CREDIT else getattr(each, name)
            for each in self.accounts
        )

    def as_json(self) -> dict:
        """The same as it is kept in the row of a closed month."""
        return {
            "accounts": [asdict(each) for each in self.accounts],
            "kinds": [asdict(each) for each in self.kinds],
        }


def from_json(kept: Mapping, *, count: int, movements: str) -> MonthFigures:
    """The figures of a closed month as they were kept."""
    return MonthFigures(
        accounts=tuple(AccountMonth(**each) for each in kept["accounts"]),
        kinds=tuple(KindMonth(**each) for each in kept["kinds"]),
        count=count,
        movements=movements,
    )


def digest_of_all(digests: Iterable[str]) -> tuple[int, str]:
    """How many digests there are, and the SHA-256 over all of them in this order."""
    running, count = hashlib.sha256(), 0
    for count, each in enumerate(digests, start=1):  # noqa: B007 - the last number is the count
        running.update(each.encode())
    return count, running.hexdigest()


def month_digest(
    *, fund_id: int, county_code: str, first_day: date, figures: MonthFigures, previous: str
) -> str:
    """SHA-256 over everything a closed month says and the digest of the month before it."""
    text = json.dumps(
        {
            "fund": fund_id,
            "county": county_code,
            "month": first_day.isoformat(),
            "count": figures.count,
            "movements": figures.movements,
            "previous": previous,
            **figures.as_json(),
        },
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def next_month(first_day: date) -> date:
    """The first day of the month after."""
    return date(first_day.year + first_day.month // 12, first_day.month % 12 + 1, 1)
