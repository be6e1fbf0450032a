"""docs/rules/repairs.md: when repairing is enough, and goods are to be replaced or taken back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MOST_FAILURES = 2
"""After two repairs that did not help, the goods are replaced or taken back (three guarantees, 三包)."""
MOST_DAYS = 35
"""So they are when repairs took more than this in all (Zhejiang measures, article 26)."""


class RepairOutcome(StrEnum):
    """What became of one attempt."""

    FIXED = "fixed"
    FAILED = "failed"
    NOT_WORTH_IT = "not_worth_it"


class Because(StrEnum):
    """Why the goods no longer have to be repaired."""

    FAILED_TWICE = "failed_twice"
    TOOK_TOO_LONG = "took_too_long"
    NOT_WORTH_IT = "not_worth_it"


@dataclass(frozen=True)
class Attempt:
    """One repair: handed in, handed back (None while it lasts), and its outcome ("" while it lasts)."""

    began_on: date
    ended_on: date | None = None
    outcome: str = ""


def days_in_repair(attempts: Collection[Attempt], today: date) -> int:
    """Days the consumer was without the goods, the day of handing in not counted."""
    return sum(max(0, ((each.ended_on or today) - each.began_on).days) for each in attempts)


def may_replace(attempts: Collection[Attempt], today: date) -> tuple[Because, ...]:
    """Why the consumer may have the goods replaced or give them back; empty while repairing is enough."""
    outcomes = [each.outcome for each in attempts]
    found = []
    if outcomes.count(RepairOutcome.FAILED) >= MOST_FAILURES:
        found.append(Because.FAILED_TWICE)
    if days_in_repair(attempts, today) > MOST_DAYS:
        found.append(Because.TOOK_TOO_LONG)
    if RepairOutcome.NOT_WORTH_IT in outcomes:
        found.append(Because.NOT_WORTH_IT)
    return tuple(found)
