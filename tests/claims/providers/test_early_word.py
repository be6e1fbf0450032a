"""A provider is paid for what it says of a visit, so nothing is said before the day of the visit."""

from datetime import timedelta

import pytest
import time_machine

from claims.services import provider_orders, provider_visits
from tests.claims.providers.order_cases import MONDAY_TWO, again, offer, refusal

MIDNIGHT = MONDAY_TWO - timedelta(hours=14)
EARLY = MIDNIGHT - timedelta(seconds=1)


@pytest.fixture
def accepted(cast, visit, workshop):
    order, token = offer(cast, visit, workshop)
    provider_orders.accept(order=order, by=None, now=order.offered_at)
    return order, token


def finish(order, now):
    given = {"outcome": "solved", "found": "", "done": "清理排水泵"}
    return provider_visits.finish(order=order, by=None, now=now, **given)


def test_before_the_day_nothing_is_said_and_nothing_is_paid(accepted, visit):
    order, _token = accepted

    codes = [
        refusal(provider_visits.set_out, order=order, by=None, now=EARLY),
        refusal(finish, order, EARLY),
        *(
            refusal(provider_visits.fail, order=order, failure=failure, by=None, now=EARLY)
            for failure in ("nobody_home", "refused", "road", "no_part")
        ),
    ]

    assert set(codes) == {"too_early"}
    assert (again(order).state, again(visit).state) == ("accepted", "planned")


def test_nobody_is_missed_before_the_window_begins(accepted):
    order, _token = accepted
    said = {"order": order, "failure": "nobody_home", "by": None}

    assert refusal(provider_visits.fail, **said, now=MONDAY_TWO - timedelta(seconds=1)) == "too_early"
    provider_visits.fail(**said, now=MONDAY_TWO)
    assert (again(order).state, again(order).fee_fen) == ("failed", 2400)


def test_on_the_day_itself_the_consumer_may_want_it_earlier(accepted):
    order, _token = accepted

    provider_visits.set_out(order=order, by=None, now=MIDNIGHT)
    finish(order, MIDNIGHT + timedelta(hours=8))

    assert (again(order).state, again(order).fee_fen) == ("done", 8000)


def test_the_page_offers_no_word_before_the_day(accepted, door):
    _order, token = accepted
    ahead = door().get(f"/p/{token}/").content.decode()
    sent = door().post(f"/p/{token}/", {"step": "fail", "failure": "road"})
    with time_machine.travel(MONDAY_TWO, tick=False):
        there = door().get(f"/p/{token}/").content.decode()

    steps = [f'value="{step}"' for step in ("reveal", "set_out", "finish", "fail")]
    assert [step in ahead for step in steps] == [True, False, False, False]
    assert [step in there for step in steps] == [True, True, True, True]
    assert (sent.status_code, "call the county centre" in ahead) == (409, True)
