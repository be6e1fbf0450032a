"""Senders that work at once, and senders that are killed."""

import multiprocessing
import os
import signal
from datetime import timedelta

import pytest
from django.db import connection, connections

from aftersales.notices import outbox, posting
from aftersales.notices.models import Delivery
from tests.factories import NOW, make_user, seeing_everything
from tests.notices.conftest import message, outside
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

MOST_WRITES = 20


@pytest.fixture
def waiting(gateway, villagers):
    """The ids of 120 messages that wait for as many villagers."""
    villagers.update({number: f"177{number:08d}" for number in range(120)})
    posting.post_outside([outside(number, f"{number:03d}") for number in range(120)], now=NOW)
    with seeing_everything():
        return {str(pk) for pk in Delivery.objects.values_list("pk", flat=True)}


def states() -> dict:
    with seeing_everything():
        rows = Delivery.objects.values_list("state", "tries", "last_error")
        return {row: list(rows).count(row) for row in set(rows)}


def drain_all(at):
    while outbox.drain("sms", now=at, limit=25).is_more:
        pass


def kill_the_senders():
    for child in multiprocessing.active_children():
        os.kill(child.pid, signal.SIGKILL)


def test_four_senders_at_once_send_each_message_once(gateway, waiting):
    outcomes = at_once(drain_all, [(NOW,)] * 4)
    drain_all(NOW)

    assert [outcome.error for outcome in outcomes] == [""] * 4
    assert sorted(gateway.ids) == sorted(waiting)
    assert states() == {("delivered", 1, ""): 120}


def test_a_killed_sender_leaves_messages_that_come_again_with_the_same_ids(gateway, waiting):
    def kill_in_the_middle(call):
        if len(gateway.calls) == 40:
            kill_the_senders()
        return 200

    gateway.answer = kill_in_the_middle
    (outcome,) = at_once(drain_all, [(NOW,)])
    gateway.answer = lambda call: 200
    before = list(gateway.ids)

    assert outcome.error == "Died"
    drain_all(NOW)
    drain_all(NOW + timedelta(minutes=1))

    assert set(gateway.ids) == waiting
    assert len(before) >= 40
    again = [each for each in gateway.ids if gateway.ids.count(each) > 1]
    # Only what the killed process held was sent twice: at most one batch.
    assert 0 < len(set(again)) <= 25
    assert sum(states().values()) == 120
    assert {state for state, _tries, _error in states()} == {"delivered"}


def test_a_sender_killed_at_its_last_try_leaves_a_dead_letter(gateway, waiting):
    with seeing_everything():
        Delivery.objects.exclude(key="000").delete()
        Delivery.objects.update(tries=outbox.MOST_TRIES - 1)
    gateway.answer = lambda call: kill_the_senders() or 200

    (outcome,) = at_once(lambda: outbox.drain("sms", now=NOW), [()])
    assert outcome.error == "Died"

    assert outbox.drain("sms", now=NOW + timedelta(minutes=1)) == outbox.Drained(dead=1)
    assert states() == {("dead", outbox.MOST_TRIES, outbox.SENDER_DIED): 1}


class Killer:
    """Kills its own process in front of the n-th statement that writes."""

    def __init__(self, at_write: int):
        self.left = at_write

    def __call__(self, execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)


def test_killed_in_front_of_every_write_nothing_is_lost_or_folded_twice(transactional_db):
    flooded, other = make_user("flooded"), make_user("other")
    posting.post([message(flooded, f"{number}") for number in range(5)], now=NOW)
    posting.post([message(other, "one")], now=NOW)
    kills = 0
    for at_write in range(1, MOST_WRITES):

        def run(nth, at):
            with connection.execute_wrapper(Killer(nth)):
                return outbox.drain("console", now=at)

        (outcome,) = at_once(run, [(at_write, NOW + timedelta(hours=at_write - 1))])
        if outcome.error != "Died":
            assert outcome.error == "", outcome.message
            break
        kills += 1
    connections.close_all()

    with seeing_everything():
        rows = Delivery.objects.order_by("event", "key").values_list("event", "state")
        summary = Delivery.objects.get(event="notices.summary")
        members = Delivery.objects.filter(digest_id=summary.pk).count()
        assert list(rows) == [
            ("notices.summary", "delivered"),
            *[("test.work", "folded")] * 5,
            ("test.work", "delivered"),
        ]
    assert (members, summary.params) == (5, {"count": 5})
    assert kills >= 3
