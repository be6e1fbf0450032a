"""How far an order is, and what a later message may say about it. docs/rules/orders.md."""

from enum import StrEnum


class OrderStep(StrEnum):
    PLACED = "placed"
    SHIPPED = "shipped"
    SIGNED = "signed"
    CANCELLED = "cancelled"
    CLOSED = "closed"


ORDER = (OrderStep.PLACED, OrderStep.SHIPPED, OrderStep.SIGNED, OrderStep.CLOSED)
UNSIGNED = frozenset({OrderStep.PLACED, OrderStep.SHIPPED})
FINAL = frozenset({OrderStep.CANCELLED, OrderStep.CLOSED})


class StepError(ValueError):
    """A message that contradicts itself or what is known; `code` says how."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def step_after(known: str, told: str, *, was_signed: bool, signed_told: bool) -> OrderStep:
    """The state of an order after a message; "" stands for an order that is new, a message that says nothing.

    Messages may come late and twice: the same state again changes nothing, an earlier one is an error and
    never undoes a later one. Raises StepError with signed_contradicts_state, signed_at_missing,
    state_final or state_goes_back.
    """
    is_signed = was_signed or signed_told
    if not told:
        if known and known not in UNSIGNED:
            return OrderStep(known)
        return OrderStep.SIGNED if is_signed else OrderStep(known or OrderStep.PLACED)
    wanted = OrderStep(told)
    if wanted in UNSIGNED and signed_told:
        raise StepError("signed_contradicts_state")
    if wanted == OrderStep.SIGNED and not is_signed:
        raise StepError("signed_at_missing")
    if known == wanted:
        return wanted
    if known in FINAL:
        raise StepError("state_final")
    if known and wanted in ORDER and ORDER.index(wanted) < ORDER.index(OrderStep(known)):
        raise StepError("state_goes_back")
    return wanted
