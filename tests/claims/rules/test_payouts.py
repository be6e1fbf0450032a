"""docs/rules/payouts.md: which step leads where, and what can be an account number."""

import pytest

from claims.rules.payouts import (
    ARRIVED,
    CAME_BACK,
    FIRST_STATE,
    UNDER_WAY,
    PayoutState,
    PayoutStep,
    can_be_chosen_from_afar,
    is_plausible_account,
    payout_number,
    to_state,
)

LEADS = {
    ("to_send", "send"): "in_file",
    ("to_send", "fail"): "failed",
    ("in_file", "confirm"): "confirmed",
    ("in_file", "fail"): "failed",
    ("to_instruct", "instruct"): "instructed",
    ("to_instruct", "fail"): "failed",
    ("instructed", "confirm"): "confirmed",
    ("instructed", "fail"): "failed",
    ("confirmed", "return"): "returned",
    **{(state, "take_back"): "taken_back" for state in (*UNDER_WAY, *ARRIVED, *CAME_BACK)},
}


def test_the_whole_table_of_steps():
    found = {
        (state.value, step.value): to_state(step, state)
        for state in PayoutState
        for step in PayoutStep
        if to_state(step, state) is not None
    }

    assert found == LEADS


def test_every_way_begins_where_it_should():
    assert FIRST_STATE == {"cash": "handed_over", "bank": "to_send", "original": "to_instruct"}
    assert set(PayoutState) == UNDER_WAY | ARRIVED | CAME_BACK | {"taken_back"}


@pytest.mark.parametrize(
    ("number", "is_plausible"),
    [
        ("6222021234567894", True),
        ("6222021234567895", False),
        ("6222021234567849", False),
        ("6222021234567890128", True),
        ("6222021234567890123", False),
        ("1111222233334444", True),
        ("12345678", True),
        ("1234567", False),
        ("1" * 30, True),
        ("1" * 31, False),
        ("12345678a", False),
        ("１２３４５６７８９", False),
        ("", False),
    ],
)
def test_account_numbers(number, is_plausible):
    """A card of UnionPay has a check digit: one wrong digit and most swapped neighbours are found."""
    assert is_plausible_account(number) is is_plausible


def test_a_payout_is_named_after_its_receipt_and_its_try():
    assert payout_number("XW20261122K7-1", 2) == "XW20261122K7-1-2"


@pytest.mark.parametrize(
    ("method", "has_account", "possible"),
    [
        ("original", False, True),
        ("", False, True),
        ("cash", True, False),
        ("bank", False, False),
        ("bank", True, True),
    ],
)
def test_what_can_be_chosen_where_nobody_stands_at_a_counter(method, has_account, possible):
    assert can_be_chosen_from_afar(method, has_account=has_account) is possible
