"""docs/rules/supervision.md: special inspections, spot checks, findings and what follows from them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from aftersales.lib.errors import InvalidValue

PERMILLE = 1000
MOST_DRAWN = 500
"""More than that nobody goes through by hand in one check."""
SEED = re.compile(r"[0-9a-f]{16,32}")
LONGEST_DAYS = 90
"""The latest day by which a finding is to be rectified, counted from the day it is made."""
DUE_SOON_DAYS, REMIND_EVERY_DAYS = 3, 7


class CheckKind(StrEnum):
    SPOT_CHECK = "spot_check"
    SPECIAL = "special"


class Theme(StrEnum):
    """What a special inspection is about (虚假宣传, 乱收费, 推诿)."""

    FALSE_ADVERTISING = "false_advertising"
    ARBITRARY_CHARGES = "arbitrary_charges"
    SHIRKING = "shirking"
    QUALITY = "quality"


class Department(StrEnum):
    """The three authorities of the group that watches over the service."""

    MARKET_REGULATION = "market_regulation"
    COMMERCE = "commerce"
    AGRICULTURE = "agriculture"


class FindingState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Severity(StrEnum):
    MINOR = "minor"
    SERIOUS = "serious"


class MeasureState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"


REMINDED_STATES = frozenset({FindingState.OPEN, FindingState.RETURNED})
"""The states in which the county has to act."""


@dataclass(frozen=True)
class DrawRule:
    """How many claims are drawn: a share in thousandths, but at least `least` and at most `most`.

    Raises InvalidValue("draw_rule") for what is no such rule.
    """

    permille: int
    least: int
    most: int

    def __post_init__(self):
        if not (0 <= self.permille <= PERMILLE and 1 <= self.least <= self.most <= MOST_DRAWN):
            raise InvalidValue("draw_rule", "a share of 0 to 1000, 1 <= least <= most <= 500")

    def size(self, count: int) -> int:
        """How many of `count` claims are drawn: the share rounded up, within least and most, never more
        than there are."""
        share = -(-count * self.permille // PERMILLE)
        return min(count, max(self.least, min(share, self.most)))


@dataclass(frozen=True)
class Candidate:
    """A claim that may be drawn: its number, the goods it is about, and the station it was filed at."""

    key: str
    goods: str
    station: int


def draw(candidates: Iterable[Candidate], rule: DrawRule, seed: str) -> list[Candidate]:
    """The sample of a check, the same for the same claims, rule and seed, in whatever order they come.

    Claims are put in line by goods, then station, then a number from seed and key, and every so many-th one
    is taken, from a start that the seed gives. So any stretch of the line - all claims about a kind of goods,
    all of one station within it - has its share of the sample to within one claim. The sample comes in the
    order of the numbers, so that the order says nothing about goods or place.
    """
    line = sorted(candidates, key=lambda each: (each.goods, each.station, _number(seed, each.key), each.key))
    count, size = len(line), rule.size(len(line))
    if not size:
        return []
    start = _number(seed, "start") % count
    taken = [line[(start + turn * count) // size] for turn in range(size)]
    return sorted(taken, key=lambda each: (_number(seed, each.key), each.key))


def _number(seed: str, key: str) -> int:
    return int.from_bytes(hashlib.sha256(f"check {seed} {key}".encode()).digest()[:8])


def needs_reminder(state: str, due_on: date, reminded_on: date | None, today: date) -> bool:
    """Whether a county is told again today of a finding it has not answered: first when the day is three
    days off, then every seven days."""
    if state not in REMINDED_STATES or due_on > today + timedelta(days=DUE_SOON_DAYS):
        return False
    return reminded_on is None or reminded_on <= today - timedelta(days=REMIND_EVERY_DAYS)


_GAP = r"[ \u3000-]?"
_MOBILE = rf"(?:\+?86{_GAP})?1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}"
_IDENTITY = rf"[1-9][0-9]{{5}}{_GAP}[0-9]{{8}}{_GAP}[0-9]{{3}}[0-9Xx]"
_ACCOUNT = rf"[0-9]{{4}}(?:{_GAP}[0-9]{{4}}){{3}}(?:{_GAP}[0-9]{{1,3}})?"
_NUMBERS = re.compile(rf"(?<![0-9A-Za-z])(?:{_MOBILE}|{_IDENTITY}|{_ACCOUNT})(?![0-9])")


def names_a_person(words: str) -> bool:
    """Whether a text holds a mobile number, an identity number or a bank account, also in groups with blanks
    or dashes between them."""
    return bool(_NUMBERS.search(words))


def without_numbers(words: str) -> str:
    """The text with mobile, identity and account numbers left out, for who checks a claim."""
    return _NUMBERS.sub("****", words)
