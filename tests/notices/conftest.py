"""Events of these tests alone."""

import pytest

from aftersales.notices import events, reach
from aftersales.notices.events import Event
from aftersales.notices.posting import Message, OutsideMessage
from tests.receiver import Receiver, receiving

SECRET = "a secret of the tests, thirty-two signs"

WORK = Event(
    "test.work",
    "Claim %(number)s waits",
    "It is due %(due_at)s at %(station)s, worth %(amount_fen)s, level %(level)s.",
    labels={"level": {"county": "county centre"}},
    more=("village",),
)
ALARM = Event("test.alarm", "Alarm", "Batch %(batch)s is unsafe.", urgent=True, outside=True)
RESULT = Event("test.result", "Your claim is settled", "Number %(number)s", outside=True)


@pytest.fixture(autouse=True)
def _events(monkeypatch):
    monkeypatch.setattr(events, "_registered", dict(events._registered))
    events.register(WORK, ALARM, RESULT)


@pytest.fixture
def villagers(monkeypatch):
    """People without an account, by their number, and their phones."""
    phones = {}
    monkeypatch.setattr(
        reach, "_readers", {"test.villager": lambda keys: {k: phones[k] for k in keys if k in phones}}
    )
    return phones


@pytest.fixture
def gateway(settings, villagers):
    """A working gateway for SMS, and three villagers with telephones."""
    villagers.update({1: "17700000001", 2: "17700000002", 3: "17700000003"})
    with receiving(Receiver()) as receiver:
        settings.NOTICE_CHANNELS = ["sms"]
        settings.NOTICE_GATEWAYS = {"sms": {"url": receiver.url, "secret": SECRET}}
        settings.NOTICE_HOSTS = ["127.0.0.1"]
        settings.NOTICE_LOCAL_GATEWAYS = True
        yield receiver


def message(recipient, key="1", event="test.work", **fields) -> Message:
    return Message(event=event, recipient_id=recipient.pk, key=key, **fields)


def outside(number: int, key="1", event="test.result", **fields) -> OutsideMessage:
    return OutsideMessage(event=event, reach_kind="test.villager", reach_id=number, key=key, **fields)
