"""The head of every county's chain at the end of a day, in one hash that people can copy outside.

Who keeps a copy of one day's hash can tell later whether anything that was sealed by then has been changed.
docs/rules/heads.md says how it is made and how to check it by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from aftersales.audit.models import AuditBlock, DailyHead
from aftersales.lib.canonical import canonical, sha256
from aftersales.lib.periods import SHANGHAI, Period, PeriodKind

SETTLES_WITHIN = timedelta(minutes=30)
"""So long after a day nothing can still be sealed under a moment of that day."""

Chain = tuple[str, int, str]
"""A county's code ("" for the programme), the number of its last block, and that block's hash."""


@dataclass(frozen=True)
class BrokenHead:
    """The first head that does not fit, and why."""

    day: date
    why: str


def text_of(day: date, chains: Sequence[Sequence], previous_hash: str) -> str:
    """What is hashed: the hash of the day before, then day and heads as JSON without blanks."""
    said = {"day": day.isoformat(), "heads": [list(chain) for chain in chains]}
    return previous_hash + canonical(said)


def text_of_head(head: DailyHead) -> str:
    """The text whose SHA-256 is the hash of a head."""
    return text_of(head.day, head.heads, head.previous_hash)


def make_due(*, now: datetime) -> int:
    """Write the heads of all days that are over and have none, oldest first; returns how many.

    The first one is of the day of the first block. A day on which nothing was sealed gets one as well.
    Runs in a system scope.
    """
    last = DailyHead.objects.order_by("-day").first()
    blocks = _Blocks(last)
    if last is None and blocks.first_at is None:
        return 0
    day = _day(last.day).following if last else _day_of(blocks.first_at)
    made = 0
    while day.ends_at + SETTLES_WITHIN <= now:
        chains = [list(chain) for chain in blocks.until(day.ends_at)]
        previous_hash = last.hash if last else ""
        with transaction.atomic():
            last, is_new = DailyHead.objects.get_or_create(
                day=day.first,
                defaults={
                    "heads": chains,
                    "previous_hash": previous_hash,
                    "hash": sha256(text_of(day.first, chains, previous_hash)),
                    "made_at": now,
                },
            )
        made += is_new
        day = day.following
    return made


def first_broken_head() -> BrokenHead | None:
    """Walk all heads and all blocks once; the first head that does not fit them or the one before, or None.

    What is inside the blocks is `sealing.first_broken_block`'s to check. Runs in a system scope.
    """
    blocks = _Blocks()
    before: DailyHead | None = None
    for head in DailyHead.objects.order_by("day").iterator(chunk_size=500):
        if before and head.day != before.day + timedelta(days=1):
            return BrokenHead(head.day, "a day before it is missing")
        if head.previous_hash != (before.hash if before else ""):
            return BrokenHead(head.day, "it does not follow from the day before")
        if head.hash != sha256(text_of_head(head)):
            return BrokenHead(head.day, "its hash is not that of its heads")
        if [list(chain) for chain in blocks.until(_day(head.day).ends_at)] != head.heads:
            return BrokenHead(head.day, "the blocks of that day are others now")
        before = head
    return None


class _Blocks:
    """Reads blocks once, in the order of sealing, and knows the head of each chain on the way.

    Begins behind a head that is known already, else with the first block there is.
    """

    def __init__(self, known: DailyHead | None = None):
        rows = AuditBlock.objects.order_by("sealed_at", "county_code", "number")
        if known:
            rows = rows.filter(sealed_at__gte=_day(known.day).ends_at)
        self._chains = {code: (number, hash_) for code, number, hash_ in known.heads} if known else {}
        self._rows = rows.values_list("sealed_at", "county_code", "number", "hash").iterator(chunk_size=2000)
        self._next = next(self._rows, None)

    @property
    def first_at(self) -> datetime | None:
        """When the block that comes next was sealed."""
        return self._next[0] if self._next else None

    def until(self, end: datetime) -> list[Chain]:
        """The heads of what was sealed before a moment, by county; moments come in ascending order."""
        while self._next and self._next[0] < end:
            _sealed_at, county_code, number, hash_ = self._next
            self._chains[county_code] = (number, hash_)
            self._next = next(self._rows, None)
        return [(county_code, *head) for county_code, head in sorted(self._chains.items())]


def _day(day: date) -> Period:
    return Period(day, PeriodKind.DAY)


def _day_of(moment: datetime) -> Period:
    return _day(moment.astimezone(SHANGHAI).date())
