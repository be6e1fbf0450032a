"""What waits leaves: at least once, with one id, later and later, and not for ever."""

import hashlib
import hmac
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.notices import outbox, posting, preferences
from aftersales.notices.channels.console import ConsoleChannel
from aftersales.notices.models import Delivery, Preference
from tests.factories import NOW, make_user, seeing_everything
from tests.notices.conftest import SECRET, message, outside

pytestmark = pytest.mark.django_db(transaction=True)


def rows(*fields) -> list:
    with seeing_everything():
        return list(Delivery.objects.order_by("created_at", "key", "pk").values_list(*fields))


def minutes(number) -> datetime:
    return NOW + timedelta(minutes=number)


def write_to(user, **fields):
    values = {"muted": [], "language": "en", "email": None, "phone": None, **fields}
    values = {
        "quiet_from": datetime(1, 1, 1, 21).time(),
        "quiet_until": datetime(1, 1, 1, 8).time(),
        **values,
    }
    return preferences.save(user=user, by=user, now=NOW, **values)


def test_gateway_gets_a_signed_letter(gateway, settings):
    settings.PUBLIC_URL = "https://aftersales.example"
    posting.post_outside([outside(1, params={"number": "AS1"}, url="/track/AS1/", language="en")], now=NOW)

    assert outbox.drain("sms", now=minutes(1)) == outbox.Drained(delivered=1)

    ((pk, state, tries, delivered_at, masked),) = rows(
        "pk", "state", "tries", "delivered_at", "address_masked"
    )
    (call,) = gateway.calls
    assert call.told == {
        "id": str(pk),
        "channel": "sms",
        "event": "test.result",
        "to": "17700000001",
        "title": "Your claim is settled",
        "text": "Number AS1",
        "url": "https://aftersales.example/track/AS1/",
        "language": "en",
        "posted_at": NOW.isoformat(),
    }
    signed = f"{pk}.{call.headers['Aftersales-Time']}.".encode() + call.body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert call.headers["Aftersales-Id"] == str(pk)
    assert call.headers["Aftersales-Signature"] == f"v1={expected}"
    assert abs(int(call.headers["Aftersales-Time"]) - datetime.now(UTC).timestamp()) < 600
    assert (state, tries, delivered_at, masked) == ("delivered", 1, minutes(1), "177****0001")


def test_nothing_due_costs_one_look(gateway):
    with CaptureQueriesContext(connection) as told:
        assert outbox.drain("sms", now=NOW) == outbox.Drained()
        assert outbox.channels_due(now=NOW) == []

    assert len([query for query in told if query["sql"].startswith("SELECT")]) == 2


def test_a_receiver_that_fails_is_asked_later_and_later_and_then_no_more(gateway):
    gateway.answer = lambda call: 500
    posting.post_outside([outside(1)], now=NOW)

    at, tried = NOW, []
    for _try in range(6):
        drained = outbox.drain("sms", now=at)
        ((state, tries, error, next_try_at),) = rows("state", "tries", "last_error", "next_try_at")
        tried.append((state, tries, error, drained.dead))
        assert outbox.drain("sms", now=next_try_at - timedelta(seconds=1)) == outbox.Drained()
        waits = (next_try_at - at) // timedelta(minutes=1)
        tried[-1] += (waits,) if state == "waiting" else ()
        at = next_try_at

    assert tried == [
        ("waiting", 1, "http_500", 0, 1),
        ("waiting", 2, "http_500", 0, 5),
        ("waiting", 3, "http_500", 0, 15),
        ("waiting", 4, "http_500", 0, 60),
        ("waiting", 5, "http_500", 0, 240),
        ("dead", 6, "http_500", 1),
    ]
    assert outbox.drain("sms", now=NOW + timedelta(days=9)) == outbox.Drained()
    assert (len(gateway.ids), len(set(gateway.ids))) == (6, 1)


def test_a_try_that_failed_is_forgotten_when_the_next_one_gets_through(gateway):
    gateway.answer = lambda call: 500 if len(gateway.calls) == 1 else 200
    posting.post_outside([outside(1)], now=NOW)

    drained = [outbox.drain("sms", now=moment) for moment in (NOW, minutes(1), minutes(60))]

    assert drained == [outbox.Drained(failed=1), outbox.Drained(delivered=1), outbox.Drained()]
    assert rows("state", "tries", "last_error") == [("delivered", 2, "")]
    assert len(set(gateway.ids)) == 1


def test_an_answer_after_the_time_limit_brings_the_same_id_again(gateway, monkeypatch):
    monkeypatch.setattr("aftersales.web.egress.post.__kwdefaults__", {"seconds": 1})
    gateway.answer = lambda call: gateway.release.wait(20) and 200
    posting.post_outside([outside(1)], now=NOW)

    outbox.drain("sms", now=NOW)
    assert rows("state", "last_error") == [("waiting", "timeout")]
    gateway.release.set()
    outbox.drain("sms", now=minutes(1))

    assert rows("state", "tries") == [("delivered", 2)]
    assert (len(gateway.ids), len(set(gateway.ids))) == (2, 1)


@pytest.mark.parametrize(("status", "error"), [(302, "http_302"), (404, "http_404"), (199, None)])
def test_only_a_success_is_one(gateway, status, error):
    gateway.answer = lambda call: status if error else 204
    gateway.location = gateway.url
    posting.post_outside([outside(1)], now=NOW)

    outbox.drain("sms", now=NOW)

    assert rows("last_error") == [(error or "",)]
    assert len(gateway.calls) == 1


def test_one_bad_receiver_does_not_stop_the_rest(gateway):
    gateway.answer = lambda call: 500 if call.told["to"].endswith("2") else 200
    posting.post_outside([outside(number, f"{number}") for number in (1, 2, 3)], now=NOW)

    assert outbox.drain("sms", now=NOW) == outbox.Drained(delivered=2, failed=1)
    assert rows("key", "state") == [("1", "delivered"), ("2", "waiting"), ("3", "delivered")]


def test_who_was_erased_is_given_up_at_once(gateway, villagers):
    posting.post_outside([outside(1, "1"), outside(2, "2")], now=NOW)
    del villagers[1]

    assert outbox.drain("sms", now=NOW) == outbox.Drained(delivered=1, failed=1, dead=1)
    assert rows("key", "state", "last_error") == [("1", "dead", "no_address"), ("2", "delivered", "")]
    assert [call.told["to"] for call in gateway.calls] == ["17700000002"]


def test_a_host_that_is_not_listed_is_never_called(gateway, settings):
    settings.NOTICE_HOSTS = ["sms.example.com"]
    posting.post_outside([outside(1)], now=NOW)

    outbox.drain("sms", now=NOW)

    assert (rows("last_error"), gateway.calls) == ([("host_not_listed",)], [])


def test_loopback_is_for_development_alone(gateway, settings):
    settings.NOTICE_LOCAL_GATEWAYS = False
    posting.post_outside([outside(1)], now=NOW)

    outbox.drain("sms", now=NOW)

    assert (rows("last_error"), gateway.calls) == ([("bad_url",)], [])


def test_a_thousand_events_arrive_once_each(gateway, villagers):
    villagers.update({number: f"177{number:08d}" for number in range(1000)})
    faults = {5: 500, 6: 503, 7: 404}
    seen = set()

    def first_time_some_fail(call):
        number = int(call.told["to"][3:])
        again = number in seen
        seen.add(number)
        return 200 if again else faults.get(number % 10, 200)

    gateway.answer = first_time_some_fail
    posting.post_outside([outside(number, f"{number:04d}") for number in range(1000)], now=NOW)
    known = {str(pk) for (pk,) in rows("pk")}

    for moment in (NOW, minutes(1)):
        while outbox.drain("sms", now=moment).is_more:
            pass

    assert set(gateway.ids) == known
    assert (len(known), len(gateway.ids)) == (1000, 1300)
    assert rows("state") == [("delivered",)] * 1000


def test_a_batch_of_any_size_takes_the_same_statements(settings, db):
    settings.NOTICE_CHANNELS = ["console"]
    people = [make_user(f"p{number}") for number in range(60)]
    used = []
    for size in (5, 60):
        posting.post([message(person, f"{size}") for person in people[:size]], now=NOW)
        with CaptureQueriesContext(connection) as told:
            assert outbox.drain("console", now=NOW) == outbox.Drained(delivered=size)
        used.append(len(told))

    assert used[0] == used[1] <= 12


def test_mail_is_written_in_the_persons_language(settings, django_user_model):
    settings.NOTICE_CHANNELS = ["email"]
    settings.PUBLIC_URL = "https://aftersales.example"
    reader = make_user("reader")
    write_to(reader, email="reader@example.com")
    params = {"number": "AS1", "due_at": "2026-11-23T02:40:00+00:00", "station": "广城村", "amount_fen": 1250}
    posting.post([message(reader, params={**params, "level": "county"}, url="/claims/AS1/")], now=NOW)

    assert outbox.drain("email", now=NOW) == outbox.Drained(delivered=1)

    (letter,) = mail.outbox
    ((pk, masked),) = rows("pk", "address_masked")
    assert (letter.to, letter.subject) == (["reader@example.com"], "Claim AS1 waits")
    assert letter.body == (
        "It is due 2026-11-23 10:40 at 广城村, worth ¥12.50, level county centre.\n\n"
        "https://aftersales.example/claims/AS1/"
    )
    assert letter.extra_headers["Message-ID"] == f"<{pk}@aftersales>"
    assert masked == "r****@example.com"


def test_mail_that_the_server_refuses_is_tried_again(settings, monkeypatch):
    settings.NOTICE_CHANNELS = ["email"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    reader = make_user("reader")
    write_to(reader, email="reader@example.com")
    posting.post([message(reader)], now=NOW)

    assert outbox.drain("email", now=NOW) == outbox.Drained(failed=1)
    assert rows("state", "last_error") == [("waiting", "unreachable")]


def test_an_address_taken_back_is_no_longer_written_to(settings):
    settings.NOTICE_CHANNELS = ["email"]
    reader = make_user("reader")
    write_to(reader, email="reader@example.com")
    posting.post([message(reader)], now=NOW)
    write_to(reader, email="")

    assert outbox.drain("email", now=NOW) == outbox.Drained(failed=1, dead=1)
    assert (rows("last_error"), mail.outbox) == ([("no_address",)], [])


def test_who_has_left_is_no_longer_written_to(settings):
    settings.NOTICE_CHANNELS = ["email"]
    reader = make_user("reader")
    write_to(reader, email="reader@example.com")
    posting.post([message(reader)], now=NOW)
    reader.is_active = False
    reader.save()

    outbox.drain("email", now=NOW)

    assert (rows("last_error"), mail.outbox) == ([("no_address",)], [])


def test_an_address_that_cannot_be_opened_waits_for_its_key(settings):
    settings.NOTICE_CHANNELS = ["email"]
    reader = make_user("reader")
    write_to(reader, email="reader@example.com")
    posting.post([message(reader)], now=NOW)
    Preference.objects.update(person_key="lost:key")

    outbox.drain("email", now=NOW)

    assert rows("state", "last_error") == [("waiting", "unreadable_address")]


def test_a_channel_that_was_switched_off_is_given_up(settings):
    posting.post([message(make_user("reader"))], now=NOW)
    settings.NOTICE_CHANNELS = ["email"]

    assert outbox.channels_due(now=NOW) == []
    assert rows("state", "last_error") == [("dead", "channel_off")]


def test_channels_with_something_due_are_named(settings):
    posting.post([message(make_user("reader"))], now=NOW)

    assert outbox.channels_due(now=NOW - timedelta(seconds=1)) == []
    assert outbox.channels_due(now=NOW) == ["console"]


def test_who_sleeps_by_now_is_not_woken_and_no_try_is_counted():
    reader = make_user("reader")
    posting.post([message(reader)], now=NOW)
    write_to(reader, quiet_from=time(10), quiet_until=time(11))

    assert outbox.drain("console", now=NOW) == outbox.Drained()
    assert rows("state", "tries", "next_try_at") == [("waiting", 0, minutes(30))]
    assert outbox.drain("console", now=minutes(30)) == outbox.Drained(delivered=1)


def test_a_try_is_counted_and_committed_before_it_is_made(monkeypatch):
    seen = []

    def send(channel, letters):
        assert not connection.in_atomic_block
        seen.extend(rows("tries", "tried_at", "next_try_at"))
        return {letter.id: "" for letter in letters}

    monkeypatch.setattr(ConsoleChannel, "send", send)
    posting.post([message(make_user("reader"))], now=NOW)
    outbox.drain("console", now=NOW)

    assert seen == [(1, NOW, minutes(1))]


def test_no_person_is_named_in_the_log(gateway, caplog):
    caplog.set_level("DEBUG")
    gateway.answer = lambda call: 500
    posting.post_outside([outside(1)], now=NOW)

    outbox.drain("sms", now=NOW)

    assert "17700000001" not in caplog.text
    assert SECRET not in caplog.text
    assert "17700000001" not in str(rows())


@pytest.mark.parametrize(("fails", "goes_on"), [((1, 2), False), ((1,), True), ((), True)])
def test_a_channel_that_gets_nothing_through_is_left_until_the_next_minute(gateway, fails, goes_on):
    gateway.answer = lambda call: 500 if int(call.told["to"][-1]) in fails else 200
    posting.post_outside([outside(number, str(number)) for number in (1, 2)], now=NOW)

    drained = outbox.drain("sms", now=NOW, limit=2)

    assert drained == outbox.Drained(delivered=2 - len(fails), failed=len(fails), is_more=goes_on)


def test_people_without_an_address_do_not_hold_up_the_others(gateway):
    posting.post_outside([outside(number, str(number)) for number in (98, 99)], now=NOW)

    assert outbox.drain("sms", now=NOW, limit=2) == outbox.Drained(failed=2, dead=2, is_more=True)


def test_what_was_put_off_by_a_clock_that_was_fast_does_not_wait_for_it(gateway):
    fast = NOW + timedelta(days=400)
    gateway.answer = lambda call: 500
    posting.post_outside([outside(1, "before")], now=fast)
    outbox.drain("sms", now=fast)
    posting.post_outside([outside(2, "night")], now=NOW.replace(hour=14))
    night = rows("next_try_at")[0]

    assert outbox.channels_due(now=NOW) == ["sms"]

    assert rows("key", "next_try_at") == [("night", *night), ("before", NOW)]
