"""Many messages that wait for one person and channel leave as one."""

from datetime import UTC, datetime, timedelta

import pytest

from aftersales.notices import outbox, posting
from aftersales.notices.channels.console import ConsoleChannel
from aftersales.notices.models import Delivery, Notice, Preference
from tests.factories import NOW, make_user, seeing_everything
from tests.notices.conftest import message, outside

NIGHT = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """Every batch that left, as its letters."""
    batches = []

    def send(channel, letters):
        batches.append(list(letters))
        return dict.fromkeys((letter.id for letter in letters), "")

    monkeypatch.setattr(ConsoleChannel, "send", send)
    return batches


@pytest.fixture
def reader(db):
    reader = make_user("reader")
    Preference.objects.create(user=reader, language="en")
    return reader


def states() -> dict:
    with seeing_everything():
        return {row.key or row.event: row for row in Delivery.objects.all()}


def post(reader, count, at=NOW, **fields):
    for number in range(count):
        posting.post(
            [message(reader, f"{number}", params={"number": f"AS{number}"}, **fields)],
            now=at + timedelta(seconds=number),
        )


def drain(at, **options):
    # The tests of the outbox make sure that nothing is sent inside a transaction; here everything is in one.
    return outbox.drain("console", now=at, **options)


@pytest.mark.parametrize(("waiting", "letters"), [(1, 1), (3, 3), (4, 1), (40, 1)])
def test_up_to_three_leave_one_by_one(reader, sent, waiting, letters):
    post(reader, waiting)

    drain(NOW + timedelta(minutes=5))

    assert [len(batch) for batch in sent] == [letters]
    assert Notice.objects.count() == waiting


def test_the_night_arrives_as_one_summary(reader, sent):
    post(reader, 7, at=NIGHT)
    drain(NIGHT + timedelta(minutes=1))
    assert sent == []

    assert drain(MORNING) == outbox.Drained(delivered=1)

    ((letter,),) = sent
    assert (letter.title, letter.text) == (
        "New messages: 7",
        "- Claim AS0 waits\n- Claim AS1 waits\n- Claim AS2 waits\n- Claim AS3 waits\n- Claim AS4 waits\n…\n"
        "They are waiting in your inbox.",
    )
    rows = states()
    summary = rows.pop("notices.summary")
    assert (summary.pk, summary.state, summary.url) == (letter.id, "delivered", "/inbox/")
    assert {(row.state, row.digest_id, row.tries) for row in rows.values()} == {("folded", summary.pk, 0)}
    assert drain(MORNING + timedelta(days=1)) == outbox.Drained()


def test_each_person_has_a_summary_of_their_own(reader, sent):
    other, third = make_user("other"), make_user("third")
    for person in (reader, other):
        post(person, 4)
    post(third, 2)

    assert drain(NOW + timedelta(minutes=5)) == outbox.Drained(delivered=4)
    assert sorted(letter.event for letter in sent[0]) == ["notices.summary"] * 2 + ["test.work"] * 2


def test_what_is_urgent_stays_alone(reader, sent):
    post(reader, 5)
    posting.post([message(reader, "now", event="test.alarm", params={"batch": "B1"})], now=NOW)

    drain(NOW + timedelta(minutes=5))

    assert sorted(letter.event for letter in sent[0]) == ["notices.summary", "test.alarm"]


def test_people_without_an_inbox_get_every_message(settings, sent, villagers):
    settings.NOTICE_CHANNELS = ["console"]
    posting.post_outside([outside(1, f"{n}", channel="console") for n in range(6)], now=NOW)

    assert drain(NOW) == outbox.Drained(delivered=6)


def test_a_flood_behind_the_end_of_the_batch_is_taken_in(reader, sent):
    post(reader, 9)

    assert drain(NOW + timedelta(minutes=5), limit=2).delivered == 1
    assert [letter.title for letter in sent[0]] == ["New messages: 9"]


def test_what_was_tried_before_keeps_its_own_id(reader, monkeypatch):
    ids = []

    def send(channel, letters):
        ids.append([letter.id for letter in letters])
        return dict.fromkeys(ids[-1], "http_500" if len(ids) == 1 else "")

    monkeypatch.setattr(ConsoleChannel, "send", send)
    posting.post([message(reader, "first")], now=NOW)
    drain(NOW)
    post(reader, 5)

    drain(NOW + timedelta(minutes=5))

    assert len(ids[1]) == 2
    assert ids[0][0] in ids[1]


def test_a_summary_that_failed_is_sent_again_as_it_was(reader, monkeypatch):
    batches = []

    def send(channel, letters):
        batches.append(list(letters))
        return dict.fromkeys((letter.id for letter in letters), "timeout" if len(batches) == 1 else "")

    monkeypatch.setattr(ConsoleChannel, "send", send)
    post(reader, 5)
    drain(NOW + timedelta(minutes=5))
    drain(NOW + timedelta(minutes=6))

    assert batches[0] == batches[1]
    assert states()["notices.summary"].tries == 2
