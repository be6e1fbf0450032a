"""Codes asked for, tried and used at the same moment: limits hold, one code is one session."""

from collections import Counter

import pytest
from django.utils import timezone

from aftersales.integration.models import ConsumerSession, LoginCode
from aftersales.integration.services import login_codes, tokens
from tests.api_world import Api, make_client, make_token
from tests.cast import make_cast
from tests.factories import acting_as, make_consumer, make_line, make_party
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
XIUWEN = "520123000000"
PHONE = "19912345678"


@pytest.fixture
def cast(transactional_db):
    return make_cast()


@pytest.fixture
def client(cast):
    make_line(cast.guangcheng, consumer=make_consumer(cast.guangcheng, phone=PHONE))
    return make_client(make_party("platform"), region=XIUWEN)


@pytest.fixture
def secret(client):
    return make_token(client)[1]


def at_the_same_moment(secret: str, path: str, requests) -> list[dict]:
    def one(number, key, body):
        answer = Api(secret).post(path, body, key=key or f"race-key-{number:04d}")
        return {"status": answer.status_code, **answer.json()}

    outcomes = at_once(one, [(number, *request) for number, request in enumerate(requests)])
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    return [outcome.value for outcome in outcomes]


def test_ten_at_once_are_sent_three_codes(secret):
    told = at_the_same_moment(secret, "sessions/codes/", [("", {"phone": PHONE})] * 10)

    assert Counter(each["status"] for each in told) == {201: 3, 429: 7}
    assert LoginCode.objects.count() == 3


def test_one_code_is_one_session_whoever_comes_first(secret):
    asked = Api(secret).post("sessions/codes/", {"phone": PHONE}).json()
    body = {"id": asked["id"], "code": login_codes.digits_of(asked["id"])}

    told = at_the_same_moment(secret, "sessions/", [("", body)] * 5)

    assert Counter(each.get("code", each["status"]) for each in told) == {201: 1, "code_expired": 4}
    assert ConsumerSession.objects.count() == 1


def test_a_program_that_repeats_itself_gets_the_same_session(secret):
    asked = Api(secret).post("sessions/codes/", {"phone": PHONE}).json()
    body = {"id": asked["id"], "code": login_codes.digits_of(asked["id"])}

    told = at_the_same_moment(secret, "sessions/", [("the-same-key-1", body)] * 4)

    assert {each["status"] for each in told} == {201}
    assert len({each["secret"] for each in told}) == 1
    assert ConsumerSession.objects.count() == 1


def test_ten_guesses_at_once_are_five_tries(secret):
    asked = Api(secret).post("sessions/codes/", {"phone": PHONE}).json()
    wrong = f"{(int(login_codes.digits_of(asked['id'])) + 1) % 10**6:06d}"

    told = at_the_same_moment(secret, "sessions/", [("", {"id": asked["id"], "code": wrong})] * 10)

    assert Counter(each["code"] for each in told) == {"code_wrong": 5, "code_expired": 5}


def test_a_token_is_revoked_once(client, cast):
    token, _secret = make_token(client)

    def revoke(reason):
        with acting_as(cast.manager):
            return tokens.revoke(token=token, reason=reason, by=cast.manager, now=timezone.now()).pk

    outcomes = at_once(revoke, [(f"reason {number}",) for number in range(4)])

    assert Counter(outcome.error for outcome in outcomes) == {"": 1, "Refused": 3}
