"""docs/rules/incentives.md: which claims were handled so well that their agent earns an incentive."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from claims.rules.follow_ups import LOW
from claims.rules.status import REOPENING_WINDOW, Status


class Against(StrEnum):
    """Why a claim earns no incentive, or not yet."""

    NOT_CLOSED = "not_closed"
    WINDOW_OPEN = "window_open"
    FOLLOW_UP_OPEN = "follow_up_open"
    REOPENED = "reopened"
    SCORE_LOW = "score_low"
    NO_SCORE = "no_score"
    FLAG_CONFIRMED = "flag_confirmed"
    NO_AGENT = "no_agent"
    NOT_CERTIFIED = "not_certified"
    LINE_PAID = "line_paid"
    NOT_OFFERED = "not_offered"


PASSING = frozenset({Against.NOT_CLOSED, Against.WINDOW_OPEN, Against.FOLLOW_UP_OPEN})
"""What time alone may change; every other reason is for good unless the facts behind it change."""


@dataclass(frozen=True)
class Facts:
    """What is known of one claim. `was_reopened`: a round that had ended in a settlement was taken up again.

    `scores` are those of the present round; `is_unreachable`: its follow-up ended with nobody reached.
    `certified_until` is the handler's, None without a certificate; `has_agent` says that the handler works at
    a village point or a township standby point. `is_line_paid`: another claim on the order line has earned.
    """

    status: Status
    resolved_at: datetime | None
    resolved_on: date | None
    was_reopened: bool
    is_follow_up_over: bool
    is_unreachable: bool
    scores: tuple[int, ...]
    has_confirmed_flag: bool
    has_agent: bool
    certified_until: date | None
    is_line_paid: bool
    amount_fen: int


def against(facts: Facts, *, now: datetime) -> tuple[Against, ...]:
    """Every reason why this claim earns nothing, or nothing yet; empty when its agent is due the incentive.

    Closed, not reopened within seven days, follow-up score of at least 3 or nobody reached after three
    attempts, no confirmed flag, agent certified on the day it was settled, nothing paid for the order line.
    Of several scores of a round the lowest counts: a second call answers a low score and does not undo it.
    """
    if facts.status != Status.CLOSED or facts.resolved_at is None or facts.resolved_on is None:
        return (Against.NOT_CLOSED,)
    found = {
        Against.WINDOW_OPEN: now <= facts.resolved_at + REOPENING_WINDOW,
        Against.REOPENED: facts.was_reopened,
        Against.FOLLOW_UP_OPEN: not facts.scores and not facts.is_follow_up_over,
        Against.SCORE_LOW: bool(facts.scores) and min(facts.scores) <= LOW,
        Against.NO_SCORE: not facts.scores and facts.is_follow_up_over and not facts.is_unreachable,
        Against.FLAG_CONFIRMED: facts.has_confirmed_flag,
        Against.NO_AGENT: not facts.has_agent,
        Against.NOT_CERTIFIED: facts.has_agent
        and (facts.certified_until is None or facts.certified_until < facts.resolved_on),
        Against.LINE_PAID: facts.is_line_paid,
        Against.NOT_OFFERED: facts.amount_fen <= 0,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def incentive_key(claim_id: int) -> str:
    """The business key of a payment: a claim is rewarded once for ever, whoever asks and however often."""
    return f"incentive:claim:{claim_id}"
