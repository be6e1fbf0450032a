"""docs/rules/payouts.md: the ways a refund takes to the consumer, and what can become of it on each."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How the consumer asked to be paid."""

    ORIGINAL = "original"
    BANK = "bank"
    CASH = "cash"


class PayoutState(StrEnum):
    HANDED_OVER = "handed_over"
    TO_SEND = "to_send"
    IN_FILE = "in_file"
    TO_INSTRUCT = "to_instruct"
    INSTRUCTED = "instructed"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    RETURNED = "returned"
    TAKEN_BACK = "taken_back"


class PayoutStep(StrEnum):
    """What happens to a payout after the money has left the books."""

    SEND = "send"
    INSTRUCT = "instruct"
    CONFIRM = "confirm"
    FAIL = "fail"
    RETURN = "return"
    TAKE_BACK = "take_back"


State, Step = PayoutState, PayoutStep


def can_be_chosen_from_afar(method: str, *, has_account: bool) -> bool:
    """Whether a way of paying may be chosen where nobody stands at a counter; "" where nothing is paid.

    Cash is handed over by somebody, and a transfer needs an account that a station has taken down.
    """
    return method != Channel.CASH and (has_account or method != Channel.BANK)


FIRST_STATE: dict[Channel, State] = {
    Channel.CASH: State.HANDED_OVER,
    Channel.BANK: State.TO_SEND,
    Channel.ORIGINAL: State.TO_INSTRUCT,
}
"""Where a payout begins: cash is in the consumer's hand at once, the others are under way."""

UNDER_WAY = frozenset({State.TO_SEND, State.IN_FILE, State.TO_INSTRUCT, State.INSTRUCTED})
ARRIVED = frozenset({State.HANDED_OVER, State.CONFIRMED})
CAME_BACK = frozenset({State.FAILED, State.RETURNED})
"""The money is in the fund again and still owed to the consumer."""

MOVES: dict[Step, dict[State, State]] = {
    Step.SEND: {State.TO_SEND: State.IN_FILE},
    Step.INSTRUCT: {State.TO_INSTRUCT: State.INSTRUCTED},
    Step.CONFIRM: {State.IN_FILE: State.CONFIRMED, State.INSTRUCTED: State.CONFIRMED},
    Step.FAIL: dict.fromkeys(UNDER_WAY, State.FAILED),
    Step.RETURN: {State.CONFIRMED: State.RETURNED},
    Step.TAKE_BACK: dict.fromkeys(UNDER_WAY | ARRIVED | CAME_BACK, State.TAKEN_BACK),
}
"""The whole table: what is not in it cannot happen."""

MOST_BOX_FEN = 500_000
"""What a cash box of a station may hold at most: 5,000 yuan."""

COUNT_DUE_DAYS = 1
"""A cash box is counted on every day on which something was in it; the second day without is late."""


def to_state(step: Step, state: str) -> State | None:
    """Where a step leads from a state; None when it is not possible there."""
    return MOVES[step].get(State(state))


def from_states(step: Step) -> frozenset[State]:
    """The states a step may begin in."""
    return frozenset(MOVES[step])


def payout_number(receipt_number: str, attempt: int) -> str:
    """What a payout is called in bank files and instructions: the receipt's number and which try it is."""
    return f"{receipt_number}-{attempt}"


def returned_key(payout_id: int) -> str:
    """A payout comes back to the books once."""
    return f"returned:{payout_id}"


def paid_again_key(compensation_id: int, attempt: int) -> str:
    """A compensation is paid once in each try."""
    return f"paid_again:{compensation_id}:{attempt}"


def float_key(float_id: int) -> str:
    """Cash to or from a box is booked once."""
    return f"float:{float_id}"


def difference_key(count_id: int) -> str:
    """The difference of a count is booked once."""
    return f"cash_difference:{count_id}"


def is_plausible_account(number: str) -> bool:
    """Whether a text can be the number of a Chinese bank account: 8 to 30 digits.

    A card of 16 or 19 digits that begins with 62 (UnionPay) also has to fit its check digit, which finds
    every single wrong digit (ISO/IEC 7812-1, Luhn). Numbers of passbooks have no common check digit.
    """
    if not (number.isascii() and number.isdigit() and 8 <= len(number) <= 30):
        return False
    if len(number) in (16, 19) and number.startswith("62"):
        return _luhn(number)
    return True


def _luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
