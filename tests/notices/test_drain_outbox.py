"""The command and the tasks that drain the outbox."""

from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django_q.models import OrmQ

from aftersales.notices import posting
from aftersales.notices.channels.console import ConsoleChannel
from aftersales.notices.models import Delivery
from aftersales.ops import tasks
from tests.factories import NOW, make_user, seeing_everything
from tests.notices.conftest import message, outside

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _the_clock_stands():
    with time_machine.travel(NOW, tick=False):
        yield


def queued() -> list:
    return [(line.func(), line.args()) for line in OrmQ.objects.order_by("id")]


def test_the_command_sends_everything_and_says_how_much(gateway, settings):
    settings.NOTICE_CHANNELS = ["console", "sms"]
    for number in range(5):
        posting.post([message(make_user(f"p{number}"))], now=NOW)
    posting.post_outside([outside(1, "1"), outside(2, "2"), outside(99, "gone")], now=NOW)
    gateway.answer = lambda call: 500 if call.told["to"].endswith("2") else 200
    out = StringIO()

    call_command("drain_outbox", stdout=out)
    call_command("drain_outbox", stdout=out)

    assert out.getvalue() == "delivered 6, failed 2, given up 1\ndelivered 0, failed 0, given up 0\n"


def test_each_channel_with_something_due_gets_a_task():
    assert tasks.drain_outbox() == []

    posting.post([message(make_user("reader"))], now=NOW)

    assert tasks.drain_outbox() == ["console"]
    assert queued() == [("aftersales.ops.tasks.drain_channel", ("console",))]


def test_a_full_batch_is_followed_by_another(monkeypatch):
    monkeypatch.setattr(ConsoleChannel, "batch", 2)
    for number in range(3):
        posting.post([message(make_user(f"p{number}"))], now=NOW)

    assert tasks.drain_channel("console") == 2
    assert queued() == [("aftersales.ops.tasks.drain_channel", ("console",))]
    assert tasks.drain_channel("console") == 1
    assert len(queued()) == 1
    assert tasks.drain_channel("pigeon") == 0


def test_the_purge_is_a_task():
    posting.post([message(make_user("reader"))], now=NOW)

    assert tasks.purge_notices() == {"notices": 0, "deliveries": 0}
    with seeing_everything():
        assert Delivery.objects.count() == 1
