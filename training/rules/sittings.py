"""docs/rules/exams.md, sections 4 to 6: time, late answers, attempts, and when somebody may try again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from aftersales.lib.months import start_of
from aftersales.lib.worktime import SHANGHAI
from training.rules.certificates import RENEWAL_FROM, RESULTS_COUNT
from training.rules.exams import Purpose
from training.rules.skills import next_quarter, quarter_of

GRACE = timedelta(seconds=30)
"""For what was under way when the time ended: a slow network is not the candidate's fault."""

REST = timedelta(days=30)
"""When all attempts at the exam for the certificate are used up: learn again, then count from the start."""

AGAIN_AFTER_PASS = RESULTS_COUNT - RENEWAL_FROM
"""A passed exam for the certificate may be sat again when it soon no longer counts."""

MILLISECOND = timedelta(milliseconds=1)


class Phase(StrEnum):
    """What the clock says of a sitting that nobody has handed in."""

    RUNNING = "running"
    CLOSING = "closing"
    OVER = "over"


class Bar(StrEnum):
    """Why somebody may not begin now."""

    NONE = ""
    WAITING = "waiting"
    USED_UP = "used_up"
    PASSED = "passed"


@dataclass(frozen=True)
class Terms:
    """What an exam says about trying: how often, and how long to wait after a failed attempt."""

    purpose: str
    attempts: int
    wait: timedelta


@dataclass(frozen=True)
class Past:
    """An attempt that has ended. `is_spent`: its pass went into a certificate that was revoked."""

    ended_at: datetime
    has_passed: bool
    is_spent: bool = False


@dataclass(frozen=True)
class Turn:
    """Whether somebody may begin: attempts used and left in the running round; else from when, and why."""

    used: int
    left: int
    bar: Bar = Bar.NONE
    from_at: datetime | None = None

    @property
    def may_begin(self) -> bool:
        return self.bar == Bar.NONE


def phase(ends_at: datetime, now: datetime) -> Phase:
    """Running up to the last moment, closing for the grace after it, then over."""
    if now <= ends_at:
        return Phase.RUNNING
    return Phase.CLOSING if now <= ends_at + GRACE else Phase.OVER


def seconds_left(ends_at: datetime, now: datetime) -> int:
    """Whole seconds until the end, never below zero."""
    return max(0, int((ends_at - now).total_seconds()))


def elapsed(started_at: datetime, now: datetime) -> int:
    """Milliseconds since the beginning, never below zero: the scale on which answers are ordered."""
    return max(0, (now - started_at) // MILLISECOND)


def order_of(sent: int | None, started_at: datetime, now: datetime) -> int:
    """When an answer was given, in milliseconds since the beginning.

    As the device says, but never after it has arrived; one that says nothing counts as given on arrival.
    """
    arrived = elapsed(started_at, now)
    return arrived if sent is None else max(0, min(sent, arrived))


def as_asked(order: Sequence[int], shown: Sequence[int]) -> list[int]:
    """Positions on the paper as positions in the bank. Raises IndexError for one that is not there."""
    if any(place < 0 for place in shown):
        raise IndexError("a place is counted from 0")
    return [order[place] for place in shown]


def as_shown(order: Sequence[int], asked: Sequence[int]) -> list[int]:
    """Positions in the bank as positions on the paper."""
    return [order.index(place) for place in asked]


def turn(past: Sequence[Past], terms: Terms, now: datetime) -> Turn:
    """Whether somebody with these ended attempts, the oldest first, may begin another one now.

    Attempts are counted in rounds. A pass ends a round, and so do used-up attempts; rounds of the quarterly
    check end with the quarter, rounds of practice with the day.
    """
    fresh = Turn(used=0, left=terms.attempts)
    if not past:
        return fresh
    used, last = _used(past, terms), past[-1]
    from_at = again_at(last, used, terms)
    bar = _bar(last, used, terms)
    if now < from_at:
        return Turn(used, max(0, terms.attempts - used), bar, from_at)
    if bar != Bar.WAITING or _period(last.ended_at, terms) != _period(now, terms):
        return fresh
    return Turn(used, terms.attempts - used)


def retaken_from(past: Sequence[Past], terms: Terms) -> datetime:
    """From when the exam may be sat again after the last of these attempts."""
    return again_at(past[-1], _used(past, terms), terms)


def again_at(last: Past, used: int, terms: Terms) -> datetime:
    """From when, after an attempt that was the `used`-th of its round."""
    if last.has_passed:
        return _after_pass(last, terms)
    if used < terms.attempts:
        return last.ended_at + terms.wait
    if terms.purpose == Purpose.CERTIFICATE:
        return last.ended_at + REST
    return _next_period(last.ended_at, terms)


def _after_pass(last: Past, terms: Terms) -> datetime:
    if terms.purpose == Purpose.PRACTICE or last.is_spent:
        return last.ended_at
    if terms.purpose == Purpose.CERTIFICATE:
        return last.ended_at + AGAIN_AFTER_PASS
    return _next_period(last.ended_at, terms)


def _bar(last: Past, used: int, terms: Terms) -> Bar:
    if last.has_passed:
        return Bar.PASSED
    return Bar.WAITING if used < terms.attempts else Bar.USED_UP


def _used(past: Sequence[Past], terms: Terms) -> int:
    """How many attempts the round of the last one has used."""
    used, before = 0, None
    for attempt in past:
        is_new_round = before is None or (
            before.has_passed
            or used >= terms.attempts
            or _period(before.ended_at, terms) != _period(attempt.ended_at, terms)
        )
        used = 1 if is_new_round else used + 1
        before = attempt
    return used


def _period(moment: datetime, terms: Terms) -> date | None:
    """First day of the span in which attempts are counted together; None where they always are."""
    day = moment.astimezone(SHANGHAI).date()
    if terms.purpose == Purpose.SKILLS_CHECK:
        return quarter_of(day)
    return day if terms.purpose == Purpose.PRACTICE else None


def _next_period(moment: datetime, terms: Terms) -> datetime:
    first = _period(moment, terms)
    following = first + timedelta(days=1) if terms.purpose == Purpose.PRACTICE else next_quarter(first)
    return start_of(following)
