"""What waits leaves: signed, at least once, with one id, later and later, and not for ever."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from aftersales.integration.models import WebhookDelivery, WebhookSubscription
from aftersales.integration.services import deliveries, replays, stopping, webhooks
from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from aftersales.web import egress
from tests.api_world import make_client
from tests.factories import NOW, make_party, seeing_everything
from tests.integration.listening import (
    address_of,
    allow,
    deliver,
    listen,
    make_events,
    minutes,
    standing,
    waiting,
)
from tests.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db(transaction=True)

Delivered = deliveries.Delivered


@pytest.fixture
def receiver(settings):
    allow(settings)
    with receiving(Receiver()) as receiver:
        yield receiver


@pytest.fixture
def listener(receiver, transactional_db, cast):
    return listen(address_of(receiver))


def signed_by(secret: str, call) -> str:
    text = f"{call.headers['Aftersales-Id']}.{call.headers['Aftersales-Time']}.".encode() + call.body
    return "v1=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def test_a_call_carries_the_document_and_its_signature(receiver, listener):
    (event,) = make_events(listener, 1)

    assert deliver(minutes(1)) == Delivered(delivered=1)

    (call,) = receiver.calls
    assert json.loads(call.body) == {
        "id": event,
        "kind": "claim.accepted",
        "occurred_at": NOW.isoformat(),
        "data": {"claim": "AS000000"},
    }
    assert call.path == "/hook"
    assert call.headers["Aftersales-Id"] == event
    assert call.headers["Aftersales-Signature"] == signed_by(listener.secret, call)
    assert abs(int(call.headers["Aftersales-Time"]) - datetime.now(UTC).timestamp()) < 600
    assert waiting("state", "tries", "delivered_at", "last_error") == [("delivered", 1, minutes(1), "")]


def test_for_a_day_after_a_change_both_secrets_sign(receiver, listener, cast):
    with seeing_everything():
        renewed = webhooks.renew_secret(subscription=listener.subscription, by=cast.manager, now=NOW)
    make_events(listener, 1)

    deliver(NOW)
    with seeing_everything():
        sent = WebhookDelivery.objects.get()
        replays.replay(delivery=sent, by=cast.manager, now=NOW + webhooks.OVERLAP)
    deliver(NOW + webhooks.OVERLAP)

    both, new = receiver.calls
    assert both.headers["Aftersales-Signature"] == ",".join(
        [signed_by(renewed.secret, both), signed_by(listener.secret, both)]
    )
    assert new.headers["Aftersales-Signature"] == signed_by(renewed.secret, new)


def test_an_address_that_fails_is_asked_later_and_later_and_then_no_more(receiver, listener, settings):
    """One event alone: each try comes after the wait that docs/webhooks.md promises."""
    receiver.answer = lambda call: 500
    make_events(listener, 1)
    at, waits = NOW, []

    for _try in range(deliveries.MOST_TRIES):
        with seeing_everything():
            WebhookSubscription.objects.update(rests_until=None, failing_since=None)
        deliver(at)
        ((state, next_try_at, error),) = waiting("state", "next_try_at", "last_error")
        if state == "waiting":
            waits.append((next_try_at - at) // timedelta(minutes=1))
        at = next_try_at

    assert waits == [1, 5, 15, 60, 240, *[360] * 11]
    assert (state, error, len(receiver.calls)) == ("dead", "http_500", 17)
    assert len(set(receiver.ids)) == 1


def test_an_address_that_was_down_for_an_hour_gets_everything(receiver, listener):
    """It is asked with one event now and then, and sent the rest as soon as it answers."""
    receiver.answer = lambda call: 503
    ids = make_events(listener, 300)
    for minute in range(60):
        deliver(minutes(minute))
    asked = len(receiver.calls)
    receiver.answer = lambda call: 200

    for minute in range(60, 80):
        while deliver(minutes(minute)).is_more:
            pass

    assert asked < 40
    assert set(receiver.ids) == set(ids)
    assert {state for (state,) in waiting("state")} == {"delivered"}
    assert standing(listener.subscription, "failing_since", "rests_until") == (None, None)


def test_an_answer_after_the_time_limit_is_a_failure_and_the_copy_has_the_same_id(
    receiver, listener, monkeypatch
):
    monkeypatch.setattr(egress.post, "__kwdefaults__", {"seconds": 1})
    receiver.answer = lambda call: 200 if receiver.release.wait(20) else 500
    make_events(listener, 1)

    first = deliver(NOW)
    receiver.release.set()
    second = deliver(minutes(1))

    assert (first, second) == (Delivered(failed=1), Delivered(delivered=1, is_more=True))
    assert len(set(receiver.ids)) == 1
    assert waiting("state", "tries") == [("delivered", 2)]


@pytest.mark.parametrize(
    ("status", "error"), [(302, "http_302"), (404, "http_404"), (500, "http_500"), (204, "")]
)
def test_only_two_hundreds_are_an_arrival_and_no_redirect_is_followed(receiver, listener, status, error):
    receiver.answer = lambda call: status
    receiver.location = f"http://127.0.0.1:{receiver.port}/elsewhere"
    make_events(listener, 1)

    deliver(NOW)

    assert [call.path for call in receiver.calls] == ["/hook"]
    assert waiting("last_error") == [(error,)]


def test_an_event_that_one_receiver_refuses_does_not_hold_up_the_others(receiver, listener):
    ids = make_events(listener, 40)
    receiver.answer = lambda call: 500 if call.headers["Aftersales-Id"] == ids[20] else 200

    sent = deliver(NOW)

    assert (sent.delivered, sent.failed) == (39, 1)
    assert standing(listener.subscription, "failing_since") == (None,)


def test_a_slow_address_does_not_hold_up_the_others(receiver, listener, monkeypatch, cast):
    """The slow one waits until the quick one has everything."""
    quick = Receiver()
    with receiving(quick):
        other = listen(address_of(quick), client=make_client(make_party("merchant")))
        slow_ids, quick_ids = make_events(listener, 5), make_events(other, 60)

        def hold(call) -> int:
            receiver.release.wait(4)
            return 200

        def count(call) -> int:
            if len(quick.calls) == 60:
                receiver.release.set()
            return 200

        receiver.answer, quick.answer = hold, count
        sent = deliver(NOW)

    assert receiver.release.is_set()
    assert sent.delivered == 65
    assert (set(receiver.ids), set(quick.ids)) == (set(slow_ids), set(quick_ids))


def test_after_three_days_without_an_answer_it_stops_and_says_so(receiver, listener, cast):
    receiver.answer = lambda call: 500
    with seeing_everything():
        listener.client.created_by = cast.manager
        listener.client.save()
    make_events(listener, 90)

    stopped_at = None
    for hour in range(80):
        if deliver(NOW + timedelta(hours=hour)).stopped:
            stopped_at = hour
    calls = len(receiver.calls)

    assert stopped_at == 72
    assert standing(listener.subscription, "is_active", "stopped_reason", "version") == (
        False,
        "no_answer",
        2,
    )
    assert list(Notice.objects.values_list("recipient", "event", "params", "url")) == [
        (
            cast.manager.pk,
            "webhook.stopped",
            {"application": listener.client.name},
            f"/integration/subscriptions/{listener.subscription.pk}/",
        )
    ]
    receiver.answer = lambda call: 200
    with seeing_everything():
        stopping.resume(subscription=listener.subscription, by=cast.manager, now=NOW + timedelta(hours=80))
    assert deliver(NOW + timedelta(hours=80)) == Delivered(delivered=64, is_more=True)
    assert deliver(NOW + timedelta(hours=80)) == Delivered(delivered=26)
    assert len(receiver.calls) == calls + 90


def test_what_happens_while_it_is_stopped_waits_for_the_resumption(receiver, listener, cast):
    with seeing_everything():
        stopping.stop(subscription=listener.subscription, by=cast.manager, now=NOW)
    make_events(listener, 3)

    assert deliver(NOW) == Delivered()

    with seeing_everything():
        stopping.resume(subscription=listener.subscription, by=cast.manager, now=minutes(5))
    assert deliver(minutes(5)) == Delivered(delivered=3)


def test_nothing_goes_to_a_suspended_application_or_an_ended_subscription(receiver, listener, cast):
    make_events(listener, 1)
    with seeing_everything():
        listener.client.is_suspended = True
        listener.client.save()

    assert deliver(NOW) == Delivered()

    with seeing_everything():
        listener.client.is_suspended = False
        listener.client.save()
        webhooks.end(subscription=listener.subscription, by=cast.manager, now=NOW)
    assert deliver(NOW) == Delivered()
    assert waiting("state", "last_error") == [("dead", "ended")]


def test_what_was_given_up_is_sent_again_with_its_id(receiver, listener, cast):
    ids = make_events(listener, 3)
    with seeing_everything():
        deliveries._waiting().update(state="dead", tries=17, last_error="http_500")
        one = WebhookDelivery.objects.earliest("pk")
        replays.replay(delivery=one, by=cast.manager, now=NOW)
        assert deliver(NOW) == Delivered(delivered=1)
        count = replays.replay_dead(subscription=listener.subscription, by=cast.manager, now=NOW)

        assert (count, deliver(NOW)) == (2, Delivered(delivered=2))
        with pytest.raises(Refused) as refused:
            replays.replay_dead(subscription=listener.subscription, by=cast.manager, now=NOW)

    assert refused.value.code == "nothing_given_up"
    assert sorted(receiver.ids) == sorted(ids)


def test_a_host_that_is_no_longer_listed_is_not_called(receiver, listener, settings):
    make_events(listener, 1)
    settings.WEBHOOK_HOSTS = ["elsewhere.example"]

    assert deliver(NOW) == Delivered(failed=1)

    assert receiver.calls == []
    assert waiting("last_error") == [("host_not_listed",)]


def test_in_production_nothing_is_sent_into_our_own_network(receiver, listener, settings):
    """tests/web/test_egress.py tries every spelling of this machine; here it is the setting that counts."""
    make_events(listener, 1)
    settings.WEBHOOK_LOCAL_RECEIVERS = False
    with seeing_everything():
        WebhookSubscription.objects.update(url=f"https://127.0.0.1:{receiver.port}/hook")

    assert deliver(NOW) == Delivered(failed=1)

    assert receiver.calls == []
    assert waiting("last_error") == [("address_not_public",)]


def test_a_delivery_far_ahead_was_put_off_by_a_fast_clock_and_is_due(receiver, listener):
    make_events(listener, 1)
    with seeing_everything():
        deliveries._waiting().update(next_try_at=NOW + timedelta(days=300))

    assert deliver(NOW) == Delivered(delivered=1)
