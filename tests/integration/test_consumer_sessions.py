"""Consumers sign in to an application with a code: what is sent, what is kept, when it ends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aftersales.accounts.api_scopes import ApiScope
from aftersales.audit.models import AuditEvent
from aftersales.integration.models import ApiToken, ConsumerSession, LoginCode
from aftersales.integration.services import consumer_sessions, login_codes
from aftersales.notices.models import Delivery
from aftersales.notices.wording import Wordings
from aftersales.web.models import SubmissionKey
from claims.models import Consumer
from tests.api_world import Api, make_client, make_token
from tests.factories import NOW, make_consumer, make_line, make_party, seeing_everything

XIUWEN = "520123000000"
PHONE = "19912345678"


@pytest.fixture(autouse=True)
def _morning(time_machine, settings):
    time_machine.move_to(NOW + timedelta(minutes=1), tick=False)
    settings.NOTICE_CHANNELS = ["sms"]
    settings.NOTICE_GATEWAYS = {"sms": {"url": "https://sms.example/", "secret": "s" * 32}}


@pytest.fixture
def consumer(cast):
    return make_consumer(cast.guangcheng, phone=PHONE)


@pytest.fixture
def platform(cast, consumer):
    make_line(cast.guangcheng, consumer=consumer)
    return make_client(make_party("platform"), region=XIUWEN, name="农优鲜小程序")


@pytest.fixture
def api(platform):
    return Api(make_token(platform)[1])


def ask(api: Api, phone: str = PHONE) -> str:
    answer = api.post("sessions/codes/", {"phone": phone})
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def sign_in(api: Api) -> Api:
    key = ask(api)
    answer = api.post("sessions/", {"id": key, "code": login_codes.digits_of(key)})
    return Api(answer.json()["secret"])


def deliveries() -> list[Delivery]:
    with seeing_everything():
        return list(Delivery.objects.all())


def test_a_code_opens_a_session_for_a_day(api):
    asked = api.post("sessions/codes/", {"phone": "199 1234 5678"})
    key = asked.json()["id"]
    opened = api.post("sessions/", {"id": key, "code": login_codes.digits_of(key)})

    assert (asked.status_code, asked.json()) == (
        201,
        {"id": key, "expires_at": "2026-11-20T10:36:00+08:00"},
    )
    assert opened.status_code == 201
    secret = opened.json()["secret"]
    assert opened.json() == {
        "secret": secret,
        "opened_at": "2026-11-20T10:31:00+08:00",
        "expires_at": "2026-11-21T10:31:00+08:00",
    }
    current = Api(secret).get("sessions/current/")
    assert current.json() == {
        "application": "农优鲜小程序",
        "opened_at": "2026-11-20T10:31:00+08:00",
        "expires_at": "2026-11-21T10:31:00+08:00",
    }
    with seeing_everything():
        events = list(AuditEvent.objects.values_list("verb", "county_code"))
    assert events == [("consumer_session.opened", XIUWEN)]


def test_the_code_lies_in_no_table(api):
    key = ask(api)
    (letter,) = deliveries()
    digits = login_codes.digits_of(key)
    words = Wordings([letter.event])
    shown = words.words(letter.event, letter.params, channel="sms", language="en")
    leaving = words.words(letter.event, letter.params, channel="sms", language="en", is_leaving=True)

    assert letter.params == {"code": key, "minutes": 5}
    assert (shown.title, leaving.title) == ("Your code is ••••••", f"Your code is {digits}")
    assert digits not in LoginCode.objects.get().digest
    assert letter.is_urgent


def test_neither_phone_nor_secret_lies_with_the_keys_of_requests(api):
    session = sign_in(api)
    kept = str(list(SubmissionKey.objects.values()))

    assert PHONE not in kept
    assert session.headers["authorization"].split()[1] not in kept


def test_the_answer_does_not_tell_who_is_known(api, cast):
    make_consumer(cast.liuguang, phone="19900000001")  # of no order of this platform
    known, unknown, foreign = (
        api.post("sessions/codes/", {"phone": phone}) for phone in (PHONE, "19987654321", "19900000001")
    )

    assert {answer.status_code for answer in (known, unknown, foreign)} == {201}
    assert len({frozenset(answer.json()) for answer in (known, unknown, foreign)}) == 1
    assert len(deliveries()) == 1
    for answer in (unknown, foreign):
        key = answer.json()["id"]
        tried = api.post("sessions/", {"id": key, "code": login_codes.digits_of(key)})
        assert (tried.status_code, tried.json()["code"]) == (409, "code_wrong")


def test_a_county_reaches_its_own_consumers_only(consumer, cast):
    partner = Api(make_token(make_client(make_party("partner"), region=XIUWEN))[1])
    elsewhere = Api(make_token(make_client(make_party("partner"), region="320324000000"))[1])

    ask(partner)
    ask(elsewhere)

    assert len(deliveries()) == 1


@pytest.mark.parametrize("phone", ["", "12", "sms", "1" * 30, "1991234567８x"])
def test_nonsense_is_no_phone(api, phone):
    answer = api.post("sessions/codes/", {"phone": phone})

    assert answer.status_code in (400, 409)
    assert LoginCode.objects.count() == 0


def test_a_code_counts_for_five_tries(api):
    key = ask(api)
    right = login_codes.digits_of(key)
    wrong = f"{(int(right) + 1) % 10**6:06d}"

    codes = [api.post("sessions/", {"id": key, "code": wrong}).json()["code"] for _ in range(5)]
    late = api.post("sessions/", {"id": key, "code": right})

    assert codes == ["code_wrong"] * 5
    assert (late.status_code, late.json()["code"]) == (409, "code_expired")
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="consumer_session.code_wrong").count() == 5


def test_the_fifth_try_still_counts(api):
    key = ask(api)
    right = login_codes.digits_of(key)
    for _ in range(4):
        api.post("sessions/", {"id": key, "code": f"{(int(right) + 1) % 10**6:06d}"})

    assert api.post("sessions/", {"id": key, "code": right}).status_code == 201


@pytest.mark.parametrize(("minutes", "status"), [(4, 201), (5, 409)])
def test_a_code_counts_for_five_minutes(api, time_machine, minutes, status):
    key = ask(api)
    time_machine.move_to(NOW + timedelta(minutes=1 + minutes), tick=False)

    answer = api.post("sessions/", {"id": key, "code": login_codes.digits_of(key)})

    assert answer.status_code == status


def test_a_code_opens_one_session_and_a_repeated_request_the_same(api):
    key = ask(api)
    body = {"id": key, "code": login_codes.digits_of(key)}

    first, again = (api.post("sessions/", body, key="the-same-key-1") for _ in range(2))
    other = api.post("sessions/", body)

    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (409, "code_expired")
    assert ConsumerSession.objects.count() == 1


def test_a_code_belongs_to_the_application_that_asked(api, cast):
    key = ask(api)
    another = Api(make_token(make_client(make_party("platform"), region=XIUWEN))[1])

    answer = another.post("sessions/", {"id": key, "code": login_codes.digits_of(key)})

    assert answer.status_code == 404


def test_at_most_three_codes_for_a_phone_in_a_quarter_of_an_hour(api, time_machine):
    statuses = [api.post("sessions/codes/", {"phone": PHONE}).status_code for _ in range(4)]
    refused = api.post("sessions/codes/", {"phone": PHONE})
    other = api.post("sessions/codes/", {"phone": "19987654321"})
    time_machine.move_to(NOW + timedelta(minutes=17), tick=False)
    later = api.post("sessions/codes/", {"phone": PHONE})

    assert statuses == [201, 201, 201, 429]
    assert (refused.json()["code"], refused["Retry-After"]) == ("throttled", "900")
    assert (other.status_code, later.status_code) == (201, 201)
    assert LoginCode.objects.count() == 5


def test_twenty_wrong_codes_close_a_phone_for_a_day(api, monkeypatch):
    monkeypatch.setattr(login_codes, "MOST_TRIES", 100)
    key = ask(api)
    wrong = f"{(int(login_codes.digits_of(key)) + 1) % 10**6:06d}"
    LoginCode.objects.update(tries=0)
    for _ in range(20):
        api.post("sessions/", {"id": key, "code": wrong})
        LoginCode.objects.update(tries=0)

    right = api.post("sessions/", {"id": key, "code": login_codes.digits_of(key)})

    assert (right.status_code, right.json()["code"]) == (429, "throttled")
    assert api.post("sessions/codes/", {"phone": PHONE}).status_code == 429


def test_a_session_is_good_for_what_consumers_may(api, platform):
    session = sign_in(api)
    answer = session.post("sessions/codes/", {"phone": PHONE})

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert session.get("token/").status_code == 200


def test_a_token_without_the_scope_sends_no_codes(platform):
    api = Api(make_token(platform, [ApiScope.CLAIMS_READ])[1])

    answer = api.post("sessions/codes/", {"phone": PHONE})

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_an_application_has_no_session_of_its_own(api):
    shown, ended = api.get("sessions/current/"), api.send("delete", "sessions/current/")

    assert {answer.json()["code"] for answer in (shown, ended)} == {"consumers_only"}
    assert {answer.status_code for answer in (shown, ended)} == {403}


def test_a_session_ends_when_the_consumer_says_so(api):
    session = sign_in(api)

    ended = session.send("delete", "sessions/current/")
    after = session.get("sessions/current/")

    assert ended.status_code == 204
    assert (after.status_code, after.json()["code"]) == (401, "session_ended")


def test_a_session_ends_after_a_day(api, time_machine):
    session = sign_in(api)
    time_machine.move_to(NOW + timedelta(days=1, minutes=1), tick=False)

    assert session.get("sessions/current/").json()["code"] == "session_ended"


def test_a_session_ends_with_its_token(api):
    session = sign_in(api)
    with seeing_everything():
        ApiToken.objects.update(revoked_at=NOW)

    assert session.get("sessions/current/").json()["code"] == "token_revoked"


def test_a_session_ends_when_the_consumer_is_erased(api, consumer):
    session = sign_in(api)
    with seeing_everything():
        erased = Consumer.objects.get(pk=consumer.pk)
        erased.save(update_fields=erased.erase_personal(now=NOW))

    assert session.get("sessions/current/").json()["code"] == "session_ended"


def test_what_has_ended_is_forgotten_and_a_session_outlives_its_code(api):
    session = sign_in(api)

    assert login_codes.purge(before=timezone.now() + timedelta(hours=1)) == 1
    assert session.get("sessions/current/").status_code == 200
    assert consumer_sessions.purge(before=timezone.now() + timedelta(days=2)) == 1
    assert session.get("sessions/current/").json()["code"] == "token_unknown"
