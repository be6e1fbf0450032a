"""docs/rules/providers.md: an order to a service provider, its fee, and the monthly statement."""

from __future__ import annotations

from enum import StrEnum


class OrderState(StrEnum):
    """Where an order to a provider stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    DONE = "done"
    FAILED = "failed"


class StatementState(StrEnum):
    """Where a monthly statement stands."""

    DRAFT = "draft"
    SENT = "sent"
    AGREED = "agreed"
    DISPUTED = "disputed"
    PAID = "paid"


class ComplaintState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


ALIVE = frozenset({OrderState.OFFERED, OrderState.ACCEPTED, OrderState.DONE})
"""A visit has at most one order in these states: nobody is paid twice for the same way."""
