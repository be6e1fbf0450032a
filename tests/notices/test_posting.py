"""Messages are written with what they tell of, once, in a few statements."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from aftersales.notices import events, posting
from aftersales.notices.events import Event
from aftersales.notices.models import Delivery, Notice, Preference
from tests.factories import NOW, make_user, seeing_everything
from tests.notices.conftest import message, outside

NIGHT = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
"""22:30 in Shanghai."""
MORNING = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
"""08:00 in Shanghai."""

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(db):
    return make_user("reader")


def rows(model, *fields) -> list:
    with seeing_everything():
        return list(model.objects.order_by("key").values_list(*fields))


def test_message_stands_in_the_inbox_and_in_the_outbox(reader):
    sent = posting.post(
        [
            message(
                reader,
                "a",
                params={"number": "AS1", "count": 2},
                url="/claims/AS1/",
                county_code="520123000000",
            )
        ],
        now=NOW,
    )

    fields = ("recipient_id", "event", "params", "url", "county_code", "is_urgent", "created_at")
    same = (reader.pk, "test.work", {"number": "AS1", "count": 2}, "/claims/AS1/", "520123000000", False, NOW)
    assert sent == 1
    assert rows(Notice, *fields, "read_at") == [(*same, None)]
    assert rows(Delivery, *fields, "channel", "state", "tries", "next_try_at") == [
        (*same, "console", "waiting", 0, NOW)
    ]


def test_same_key_again_is_nothing(reader):
    other = make_user("other")
    posting.post([message(reader, "a")], now=NOW)

    assert posting.post([message(reader, "a", params={"number": "new"})], now=NOW) == 0
    assert posting.post([message(reader, "a"), message(reader, "b"), message(other, "a")], now=NOW) == 2
    assert rows(Notice, "key", "recipient_id", "params") == [
        ("a", reader.pk, {}),
        ("a", other.pk, {}),
        ("b", reader.pk, {}),
    ]
    assert len(rows(Delivery, "key")) == 3


def test_same_key_twice_at_once_is_one(reader):
    assert posting.post([message(reader, "a"), message(reader, "a")], now=NOW) == 1
    assert len(rows(Delivery, "key")) == 1


def test_no_messages_are_nothing(db):
    assert (posting.post([], now=NOW), posting.post_outside([], now=NOW)) == (0, 0)


def test_undone_work_tells_nobody(reader):
    with pytest.raises(RuntimeError), transaction.atomic():
        posting.post([message(reader, "a")], now=NOW)
        raise RuntimeError

    assert (rows(Notice, "key"), rows(Delivery, "key")) == ([], [])


def test_statements_do_not_grow_with_the_messages(reader):
    people = [reader, *(make_user(f"p{number}") for number in range(4))]

    def statements(count, prefix):
        with CaptureQueriesContext(connection) as told:
            posting.post([message(people[n % 5], f"{prefix}{n}") for n in range(count)], now=NOW)
        return len([query for query in told if "SAVEPOINT" not in query["sql"]])

    few = 3 if connection.vendor == "postgresql" else 4
    assert (statements(1, "one"), statements(40, "many")) == (few, few)


def test_without_channels_only_the_inbox_is_filled(reader, settings):
    settings.NOTICE_CHANNELS = []

    assert posting.post([message(reader)], now=NOW) == 1
    assert (len(rows(Notice, "key")), rows(Delivery, "key")) == (1, [])


def test_a_muted_channel_stays_silent(reader):
    Preference.objects.create(user=reader, muted=["console"])

    posting.post([message(reader)], now=NOW)

    assert (len(rows(Notice, "key")), rows(Delivery, "key")) == (1, [])


@pytest.mark.parametrize(
    ("event", "urgent", "first"),
    [("test.work", False, MORNING), ("test.work", True, NIGHT), ("test.alarm", False, NIGHT)],
)
def test_at_night_only_what_is_urgent_leaves(reader, event, urgent, first):
    posting.post([message(reader, event=event, urgent=urgent)], now=NIGHT)

    assert rows(Delivery, "next_try_at") == [(first,)]


def test_unknown_event_is_refused(reader):
    with pytest.raises(events.UnknownEvent):
        posting.post([message(reader, event="test.nothing")], now=NOW)


@pytest.mark.parametrize("value", [None, 1.5, ["a"], True, NOW])
def test_parameters_are_text_or_whole_numbers(reader, value):
    with pytest.raises(ValueError, match="number"):
        posting.post([message(reader, params={"number": value})], now=NOW)


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere", "claims/"]
)
def test_pages_are_ours(reader, url):
    with pytest.raises(ValueError, match="path of ours"):
        posting.post([message(reader, url=url)], now=NOW)


def test_outside_message_waits_without_an_address(settings, db):
    settings.NOTICE_CHANNELS = ["console", "sms"]

    told = posting.post_outside(
        [outside(12, "a", params={"number": "AS1"}), outside(13, "a2"), outside(12, "a")], now=NOW
    )

    assert told == 2
    assert posting.post_outside([outside(12, "a")], now=NOW) == 0
    fields = ("reach_kind", "reach_id", "recipient_id", "key", "params", "channel", "address_masked")
    assert rows(Delivery, *fields) == [
        ("test.villager", 12, None, "a", {"number": "AS1"}, "sms", ""),
        ("test.villager", 13, None, "a2", {}, "sms", ""),
    ]
    assert rows(Notice, "key") == []


def test_outside_message_for_a_channel_that_is_off_is_nothing(db):
    assert posting.post_outside([outside(12)], now=NOW) == 0
    assert rows(Delivery, "key") == []


def test_inside_events_do_not_go_outside(settings, db):
    settings.NOTICE_CHANNELS = ["sms"]

    with pytest.raises(ValueError, match="not meant for people without an account"):
        posting.post_outside([outside(12, event="test.work")], now=NOW)


def test_events_are_registered_once():
    same = Event("test.work", "Claim %(number)s waits", events.get("test.work").body, more=("village",))
    events.register(same)

    with pytest.raises(ValueError, match="Two events"):
        events.register(Event("test.work", "Other", "words"))
    assert events.get("test.work").placeholders == {
        "number",
        "due_at",
        "station",
        "amount_fen",
        "level",
        "village",
    }
