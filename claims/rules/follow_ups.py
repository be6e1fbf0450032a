"""docs/rules/follow-ups.md: when a follow-up is over, what a low score is, who may not make the call."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from aftersales.lib.errors import InvalidValue

ALLOWANCE = timedelta(days=7)
"""A follow-up is due within this time where the claim's clock policy says nothing else (U-01)."""

ANSWER_ALLOWANCE = timedelta(hours=48)
"""A low score is answered within this time."""

REOPENING_AFTER_CALL = timedelta(hours=48)
"""After a low score at the second call the claim can be taken up again for this long, whatever its age."""

OWN_SCORE_WINDOW = timedelta(days=30)
"""How long after the end of a claim its consumer may still score it on the public page."""

TRIES, TRY_DAYS = 3, 2
"""Nobody is unreachable before so many attempts on so many different days."""

LOWEST, HIGHEST, LOW = 1, 5, 2
"""Scores run from 1 to 5; up to LOW a second person calls, and above it nobody does."""


class Outcome(StrEnum):
    """What came of one call or visit."""

    ANSWERED = "answered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    WRONG_NUMBER = "wrong_number"


FRUITLESS = frozenset({Outcome.UNREACHABLE, Outcome.WRONG_NUMBER})
"""Nobody was spoken to: only more attempts, on another day too, end the follow-up."""


@dataclass(frozen=True)
class Attempt:
    """One call or visit: its day in Shanghai and what came of it."""

    day: date
    outcome: Outcome


def checked_stars(stars: int) -> int:
    """A score as it may be kept. Raises InvalidValue("score_invalid") for anything but 1 to 5."""
    if type(stars) is not int or not LOWEST <= stars <= HIGHEST:
        raise InvalidValue("score_invalid", "A score is a whole number from 1 to 5.")
    return stars


def is_low(stars: int) -> bool:
    """Whether a score asks for a second call by somebody else: 1 and 2 do, 3 does not."""
    return checked_stars(stars) <= LOW


def is_exhausted(attempts: Iterable[Attempt]) -> bool:
    """Whether somebody has been tried often enough, on enough days, to count as unreachable."""
    fruitless = [each.day for each in attempts if each.outcome in FRUITLESS]
    return len(fruitless) >= TRIES and len(set(fruitless)) >= TRY_DAYS


def needs_another_day(attempts: Iterable[Attempt]) -> bool:
    """Whether attempts were made often enough, but all on one day."""
    fruitless = [each.day for each in attempts if each.outcome in FRUITLESS]
    return len(fruitless) >= TRIES and len(set(fruitless)) < TRY_DAYS


def may_call(person_id: int, *, handlers: Iterable[int], earlier_callers: Iterable[int]) -> bool:
    """Whether somebody may make this call: nobody who handled the claim, and nobody who has made the call
    that a second one follows."""
    return person_id not in {*handlers, *earlier_callers}
