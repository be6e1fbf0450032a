"""The task that takes a provider's silence for an answer."""

from datetime import timedelta

import pytest
import time_machine

from aftersales.ops import tasks
from tests.claims.providers.order_cases import make_contract, make_visit, offer, states

pytestmark = pytest.mark.django_db


def test_silence_is_an_answer_once_its_time_is_over(cast):
    visit = make_visit(cast)
    contract = make_contract(cast.guangcheng, name="广城家电维修部", by=cast.manager)
    order, _token = offer(cast, visit, contract)

    with time_machine.travel(order.answer_by, tick=False):
        early = tasks.lapse_provider_orders()
    with time_machine.travel(order.answer_by + timedelta(minutes=1), tick=False):
        late = tasks.lapse_provider_orders()

    assert (early, late, states(visit)) == (0, 1, [("广城家电维修部", "lapsed")])
