"""Senders that push the same orders at the same moment: each order once, each answered."""

import pytest

from claims.models import Claim, Consumer, Order, OrderLine
from tests.api_world import Api, make_client, make_token
from tests.factories import make_party, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ORDERS, ROUNDS = 30, 6


def _order(number: int) -> dict:
    return {
        "number": f"R{number:03d}",
        "station": "520123103204",
        "ordered_at": "2026-11-15T12:30:00+08:00",
        "consumer": {"name": "张桂英", "phone": f"1390000{number:04d}"},
        "merchant": "修文刺梨合作社",
        "lines": [{"product": "刺梨", "quantity": "1", "paid": "10"}],
    }


@pytest.fixture
def secret(transactional_db, cast):
    client = make_client(make_party("platform", "农优鲜"), region="520123000000")
    return make_token(client)[1]


def _push(secret: str, numbers: list[int], key: str) -> tuple[int, list[str]]:
    answer = Api(secret).post("orders/batches/", {"orders": [_order(each) for each in numbers]}, key=key)
    return answer.status_code, sorted(each["result"] for each in answer.json().get("orders", ()))


def _file_or_call_off(secret: str, number: str, is_filing: bool) -> tuple[int, str]:
    if is_filing:
        claim = {"order_number": number, "nature": "quality", "severity": "minor", "consented": True}
        answer = Api(secret).post("claims/", claim, key=f"file-{number}")
    else:
        cancelled = {"orders": [{"number": number, "state": "cancelled"}]}
        answer = Api(secret).post("orders/batches/", cancelled, key=f"cancel-{number}")
    told = answer.json()
    return answer.status_code, told.get("code") or told.get("status") or told["orders"][0]["result"]


def _counts() -> tuple[int, int, int]:
    with seeing_everything():
        return Order.objects.count(), OrderLine.objects.count(), Consumer.objects.count()


def test_the_same_orders_in_opposite_sequence_are_entered_once(secret):
    numbers = list(range(ORDERS))

    outcomes = at_once(_push, [(secret, numbers, "sender-one"), (secret, numbers[::-1], "sender-two")])

    assert [(outcome.error, outcome.value[0]) for outcome in outcomes] == [("", 200)] * 2
    assert sorted(outcome.value[1] for outcome in outcomes) == [["created"] * ORDERS, ["unchanged"] * ORDERS]
    assert _counts() == (ORDERS, ORDERS, ORDERS)


def test_one_key_sent_by_many_at_once_is_one_batch_with_one_answer(secret):
    outcomes = at_once(_push, [(secret, [1, 2, 3], "one-batch-key")] * 8)

    assert [(outcome.error, outcome.value) for outcome in outcomes] == [("", (200, ["created"] * 3))] * 8
    assert _counts() == (3, 3, 3)


def test_an_order_is_called_off_or_claimed_and_never_both(secret):
    _push(secret, list(range(ROUNDS)), "sender-one")

    for number in range(ROUNDS):
        found = {
            outcome.value or outcome.error
            for outcome in at_once(
                _file_or_call_off,
                [(secret, f"R{number:03d}", True), (secret, f"R{number:03d}", False)],
            )
        }
        assert found in (
            {(201, "submitted"), (200, "refused")},
            {(409, "order_cancelled"), (200, "updated")},
        )
    with seeing_everything():
        assert not Claim.objects.filter(order_line__order__state="cancelled").exists()
