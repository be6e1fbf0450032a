"""Readers and senders that work at once, and senders that are killed."""

import multiprocessing
import os
import signal

import pytest

from aftersales.audit import trail
from aftersales.integration.models import WebhookDelivery, WebhookEvent
from tests.factories import NOW, seeing_everything
from tests.integration.listening import (
    address_of,
    allow,
    claim_on,
    deliver,
    fold,
    listen,
    make_events,
    minutes,
)
from tests.processes import at_once
from tests.receiver import Receiver, receiving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def receiver(settings):
    allow(settings)
    with receiving(Receiver()) as receiver:
        yield receiver


@pytest.fixture
def listener(receiver, transactional_db, cast):
    return listen(address_of(receiver))


def deliver_all(at):
    while deliver(at).is_more:
        pass


def states() -> dict[str, int]:
    with seeing_everything():
        rows = list(WebhookDelivery.objects.values_list("state", flat=True))
    return {state: rows.count(state) for state in set(rows)}


def kill_the_senders():
    for child in multiprocessing.active_children():
        os.kill(child.pid, signal.SIGKILL)


def test_four_readers_at_once_make_each_event_once(listener, cast):
    claim = claim_on(cast.guangcheng, by=cast.agent)
    with seeing_everything():
        for _ in range(50):
            trail.record("claim.started", by=cast.agent, obj=claim, at=NOW)

    outcomes = at_once(fold, [(NOW,)] * 4)

    assert [outcome.error for outcome in outcomes] == [""] * 4
    assert sum(outcome.value for outcome in outcomes) == 50
    with seeing_everything():
        assert (WebhookEvent.objects.count(), WebhookDelivery.objects.count()) == (50, 50)


def test_four_senders_at_once_send_each_event_once(receiver, listener):
    ids = make_events(listener, 300)

    outcomes = at_once(deliver_all, [(NOW,)] * 4)
    deliver_all(NOW)

    assert [outcome.error for outcome in outcomes] == [""] * 4
    assert sorted(receiver.ids) == sorted(ids)
    assert states() == {"delivered": 300}


def test_a_thousand_events_arrive_although_senders_are_killed_and_the_receiver_is_no_good(receiver, listener):
    """Every id arrives, none is unknown; of copies there are only what a killed sender had in hand."""
    ids = make_events(listener, 1000)
    kill_at = {150, 420, 700}

    def misbehave(call) -> int:
        count = len(receiver.calls)
        if count in kill_at:
            kill_the_senders()
        return 500 if count % 11 == 0 else 200

    receiver.answer = misbehave
    died = 0
    for minute in range(0, 400, 2):
        (outcome,) = at_once(deliver_all, [(minutes(minute),)])
        died += outcome.error == "Died"
        if states() == {"delivered": 1000}:
            break

    assert died == 3
    assert states() == {"delivered": 1000}
    assert set(receiver.ids) == set(ids)
    assert len(receiver.ids) < 1000 + 1000 // 8 + 3 * 64
