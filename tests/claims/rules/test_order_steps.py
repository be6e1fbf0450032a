"""How far an order is, after a message that may come late or twice."""

import pytest

from claims.rules.orders import StepError, step_after


def after(known, told, *, was_signed=False, signed_told=False):
    try:
        return step_after(known, told, was_signed=was_signed, signed_told=signed_told).value
    except StepError as error:
        return error.code


@pytest.mark.parametrize(
    ("known", "told", "was_signed", "signed_told", "then"),
    [
        ("", "", False, False, "placed"),
        ("", "", False, True, "signed"),
        ("", "cancelled", False, False, "cancelled"),
        ("", "signed", False, False, "signed_at_missing"),
        ("", "shipped", False, True, "signed_contradicts_state"),
        ("placed", "", False, False, "placed"),
        ("placed", "shipped", False, False, "shipped"),
        ("shipped", "", False, True, "signed"),
        ("shipped", "placed", False, False, "state_goes_back"),
        ("shipped", "closed", False, False, "closed"),
        ("signed", "", True, False, "signed"),
        ("signed", "signed", True, False, "signed"),
        ("signed", "shipped", True, False, "state_goes_back"),
        ("signed", "cancelled", True, False, "cancelled"),
        ("closed", "", False, True, "closed"),
        ("closed", "cancelled", True, False, "state_final"),
        ("cancelled", "cancelled", False, False, "cancelled"),
        ("cancelled", "placed", False, False, "state_final"),
        ("cancelled", "", False, False, "cancelled"),
    ],
)
def test_an_order_only_moves_on(known, told, was_signed, signed_told, then):
    assert after(known, told, was_signed=was_signed, signed_told=signed_told) == then
