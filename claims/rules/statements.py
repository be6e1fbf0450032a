"""docs/rules/providers.md, Statements: how one is named and keyed, and what a complaint may change."""

from __future__ import annotations

from datetime import date, timedelta

from aftersales.lib.errors import Refused
from claims.rules.provider_orders import OrderState, StatementState

ENDED = (OrderState.DONE, OrderState.FAILED)
"""Orders that earn a fee: the visit was made, or the way was in vain."""

OPEN = (StatementState.DRAFT, StatementState.SENT, StatementState.DISPUTED)
"""The fees of these statements may still be corrected."""

SENDABLE = OPEN
"""A statement may be sent again: the provider has lost the link, or a fee was corrected."""

LINK_VALID = timedelta(days=30)
"""How long the link to a statement opens it."""


def statement_number(county_code: str, month: date, provider_id: int) -> str:
    """What both sides call a statement: "FW520123-202610-17". A provider has one in a county and month."""
    return f"FW{county_code[:6]}-{month:%Y%m}-{provider_id}"


def statement_key(statement_id: int, times_taken_back: int) -> str:
    """The business key of a payment: a statement is paid once, and once more for each that was taken back."""
    first = f"provider_statement:{statement_id}"
    return first if times_taken_back == 0 else f"{first}:{times_taken_back + 1}"


def corrected_fee(fee_fen: int, claimed_fen: int, answer_fen: int) -> int:
    """The fee after an answer to a complaint: never less than before, never more than was asked for.

    Raises Refused("fee_out_of_range").
    """
    if not fee_fen <= answer_fen <= claimed_fen:
        raise Refused(
            "The fee after the answer lies between the present fee and the one asked for.",
            code="fee_out_of_range",
            details={"least_fen": fee_fen, "most_fen": claimed_fen},
        )
    return answer_fen
