"""docs/rules/recovery.md: how what liable parties owe is demanded, reminded of, spread and set against."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

REMINDER_DAYS = (1, 15, 30)
"""Days after the due day on which the first, second and third reminder are due."""

BETWEEN_REMINDERS = timedelta(days=7)
"""A late reminder does not bring the next one closer than this."""

DEMAND_LINES = 200
"""Claims in one demand: what somebody can still check, and a dossier that can still be sent."""

COLUMNS = {
    "advance": "advanced",
    "recovery": "recovered",
    "write_off": "written_off",
    "moved": "moved",
}
"""Columns of a settlement by kind of movement."""


def spread(amount_fen: int, open_fens: Iterable[int]) -> list[int]:
    """What each debt gets of an amount, in the order given: the first is paid in full before the next.

    Returns a list as long as the debts. What is left over when all are paid is not in it.
    """
    shares = []
    left = amount_fen
    for owed in open_fens:
        share = min(left, owed)
        shares.append(share)
        left -= share
    return shares


def next_reminder_on(due_on: date, sent_on: Sequence[date]) -> date | None:
    """The day from which the next reminder is due; None when the last one has been sent.

    `sent_on` holds the days of the reminders sent so far, in order.
    """
    if len(sent_on) >= len(REMINDER_DAYS):
        return None
    planned = due_on + timedelta(days=REMINDER_DAYS[len(sent_on)])
    return max(planned, sent_on[-1] + BETWEEN_REMINDERS) if sent_on else planned


def demand_number(county_code: str, year: int, sequence: int) -> str:
    """The number of a demand: ZC, county, year, running number: "ZC520123-2026-0007"."""
    return f"ZC{county_code[:6]}-{year}-{sequence:04d}"


def moved_key(advance_id: int, turn: int) -> str:
    """The business key of the turn-th move of an advance to another party."""
    return f"moved:{advance_id}:{turn}"


def column_of(kind: str, reversed_kind: str | None, *, grows: bool) -> str:
    """Where a movement on a party's account stands in its settlement.

    A counter-entry stands where what it takes back stands, and lessens it; the one of a payout has a column
    of its own, because it is not money that came back.
    """
    if kind != "reversal":
        return COLUMNS[kind]
    if reversed_kind == "advance" and not grows:
        return "taken_back"
    return COLUMNS[reversed_kind]
