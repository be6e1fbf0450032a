"""docs/rules/providers.md: an order to a service provider, its fee, and the monthly statement."""

from __future__ import annotations

from enum import StrEnum

from claims.rules.visits import VisitState


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


WAITING = (OrderState.OFFERED, OrderState.ACCEPTED)
"""Somebody still has something to do."""


def order_end(visit_state: str, *, was_accepted: bool) -> OrderState | None:
    """How the order of a visit ends with it; None while the visit has not ended.

    Who carries a visit out without having answered has accepted it by doing so; what came to nothing before
    the provider had answered was no order yet.
    """
    if visit_state == VisitState.DONE:
        return OrderState.DONE
    if visit_state == VisitState.FAILED:
        return OrderState.FAILED if was_accepted else OrderState.WITHDRAWN
    return OrderState.WITHDRAWN if visit_state in (VisitState.MOVED, VisitState.CANCELLED) else None
