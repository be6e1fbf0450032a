"""docs/rules/certificates.md: numbers with a check sign, validity, what a visitor is told."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from aftersales.lib.months import years_after

VALID_YEARS = 2
RENEWAL_FROM = timedelta(days=90)
"""How long before its end a certificate may be renewed."""

RESULTS_COUNT = timedelta(days=365)
"""How old a passed exam may be on the day of issue; theory and practice alike."""

REMINDED_BEFORE = (timedelta(days=60), timedelta(days=30), timedelta(days=7))
"""How long before the last valid day the holder is reminded."""

ENDED = timedelta(days=-1)
"""The step after the reminders: the first day that is no longer valid."""

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs without 0 and O, 1 and I: five bits each, and no two that print alike."""

RANDOM_SIGNS = 12
SIGNS = RANDOM_SIGNS + 1
GROUP = 4

_FIELD = 0b100101
"""x⁵ + x² + 1, which has no factors: sums and products of signs stay among the 32."""


class Standing(StrEnum):
    """What the public page says about a number."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


def make_number(random_bytes: bytes | None = None) -> str:
    """A certificate number: twelve random signs and a check sign. 60 bits, so no number tells of another.

    Eight random bytes may be passed in, else they come from the system.
    """
    bits = int.from_bytes(secrets.token_bytes(8) if random_bytes is None else random_bytes)
    signs = "".join(ALPHABET[bits >> 5 * place & 31] for place in range(RANDOM_SIGNS))
    return signs + check_sign(signs)


def check_sign(signs: str) -> str:
    """The sign that makes the weighted sum of all signs zero.

    The weights of the places are different powers of x, none of them zero. One wrong sign changes the sum,
    and so does a swap of any two different signs, neighbours or not.
    """
    total, weight = 0, 1
    for sign in reversed(signs):
        weight = _times_x(weight)
        total ^= _product(weight, ALPHABET.index(sign))
    return ALPHABET[total]


def normalise(text: str) -> str:
    """What a person typed, as the number is kept: upper case, no blanks, dashes or dots, full-width signs
    understood. Nothing is guessed: a sign that the alphabet does not have stays, and is refused."""
    written = unicodedata.normalize("NFKC", text).upper()
    return "".join(
        each for each in written if unicodedata.category(each) not in ("Zs", "Pd", "Cf", "Cc", "Po")
    )


def is_well_formed(number: str) -> bool:
    """Whether a normalised text has the length, the signs and the check sign of a number."""
    return (
        len(number) == SIGNS
        and all(sign in ALPHABET for sign in number)
        and check_sign(number[:-1]) == number[-1]
    )


def grouped(number: str) -> str:
    """A number as it is printed and read out: in groups of four, the check sign last."""
    return "-".join(number[start : start + GROUP] for start in range(0, len(number), GROUP))


def valid_until(issued_on: date, renewed_end: date | None = None) -> date:
    """The last valid day: two years from the day of issue, or from the end of the one that is renewed.

    One that has ended already is not lengthened: what it left open stays open.
    """
    if renewed_end is not None and renewed_end >= issued_on:
        issued_on = renewed_end + timedelta(days=1)
    return years_after(issued_on, VALID_YEARS) - timedelta(days=1)


def renewable_from(end: date) -> date:
    """The first day on which a certificate with this last day may be renewed."""
    return end - RENEWAL_FROM


def standing(end: date | None, *, is_revoked: bool, today: date) -> Standing:
    """What is said about a certificate with this last day; without one, about a number nobody holds."""
    if end is None:
        return Standing.UNKNOWN
    if is_revoked:
        return Standing.REVOKED
    return Standing.VALID if today <= end else Standing.EXPIRED


def certified(spans: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """The days on which somebody is certified, as first and last ones without gaps and in their order, from
    those of the certificates that are not revoked."""
    found: list[tuple[date, date]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + timedelta(days=1):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def reminder_due(end: date, *, reminded_on: date | None, today: date) -> timedelta | None:
    """Which step is due to be told: of those that have come, the one nearest to the end, once.

    One of REMINDED_BEFORE, or ENDED. A step that was missed is not made up for when a later one has come.
    """
    come = [before for before in (*REMINDED_BEFORE, ENDED) if end - before <= today]
    if not come:
        return None
    step = min(come)
    return None if reminded_on is not None and reminded_on >= end - step else step


def _times_x(value: int) -> int:
    value <<= 1
    return value ^ _FIELD if value & 32 else value


def _product(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left = _times_x(left)
        right >>= 1
    return product
