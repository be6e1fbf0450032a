"""docs/rules/fund.md: how movements of an emergency fund are named, signed, limited and aged."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date

GROWS_BY_CREDIT = frozenset({"budget", "unpaid", "cash_over"})
"""What the county has put in, still owes to consumers or found at a count; all others grow by debit."""

ONE_WAY = frozenset({"paid_again", "float", "cash_difference"})
"""Movements that no counter-entry takes back but a step of their own: a payout fails, cash is handed back,
the box is counted anew."""

AGE_LIMITS_DAYS = (30, 60, 90)
"""Upper ends of the age bands of open advances, included; the last band has none."""


def payout_key(claim_id: int, round_number: int) -> str:
    """The business key of a refund: a claim is paid once in a round, whoever asks and however often."""
    return f"advance:claim:{claim_id}:{round_number}"


def deposit_key(deposit_id: int) -> str:
    return f"deposit:{deposit_id}"


def recovery_key(advance_id: int, reference: str) -> str:
    """The same bank reference counts once on an advance."""
    return f"recovery:{advance_id}:{reference}"


def write_off_key(line_id: int) -> str:
    """A line of a write-off is booked once."""
    return f"write_off:{line_id}"


def reversal_key(movement_id: int) -> str:
    return f"reversal:{movement_id}"


def day_key(station_id: int, day: date) -> str:
    """The period of a station's daily limit: "17:2026-11-21"."""
    return f"{station_id}:{day.isoformat()}"


def month_key(day: date) -> str:
    """The period of a fund's monthly limit: "2026-11"."""
    return f"{day:%Y-%m}"


def digest(facts: Mapping[str, str | int | None]) -> str:
    """SHA-256 over what a movement says, in a form that does not depend on order or database."""
    text = json.dumps(dict(facts), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
