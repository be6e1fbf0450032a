"""The first door: what a token is answered, and what every other secret is answered."""

from datetime import timedelta

import pytest
from django.utils.translation import gettext as _

from aftersales.accounts.api_scopes import ApiScope
from aftersales.integration.models import ApiToken, TokenMinute
from tests.api_world import Api, make_client, make_token
from tests.factories import NOW, make_party, seeing_everything

XIUWEN = "520123000000"


@pytest.fixture
def client(db, cast):
    return make_client(make_party("platform", "农优鲜"), region=XIUWEN, name="农优鲜小程序")


def test_a_token_is_told_what_it_is_good_for(client):
    token, secret = make_token(client, [ApiScope.CLAIMS_READ], rate_per_minute=60)

    answer = Api(secret).get("token/")

    assert answer.status_code == 200
    assert answer.json() == {
        "application": "农优鲜小程序",
        "party": "农优鲜",
        "label": "test",
        "prefix": token.prefix,
        "scopes": ["claims:read"],
        "rate_per_minute": 60,
        "issued_at": "2026-11-20T10:30:00+08:00",
        "expires_at": "2036-11-17T10:30:00+08:00",
    }
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"revoked_at": NOW}, "token_revoked"),
        ({"expires_at": NOW + timedelta(seconds=1)}, "token_expired"),
    ],
)
def test_a_token_that_has_ended_opens_nothing(client, change, code, time_machine):
    token, secret = make_token(client)
    with seeing_everything():
        ApiToken.objects.filter(pk=token.pk).update(**change)
    time_machine.move_to(NOW + timedelta(minutes=1))

    answer = Api(secret).get("token/")

    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_without_a_token_nothing_is_told(db):
    answer = Api().get("token/")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_token_nobody_issued_is_unknown(client):
    answer = Api("aft_nobody").get("token/", **{"accept-language": "en"})

    assert answer.json()["detail"] == "There is no such token."
    assert answer.status_code == 401


def test_the_rate_of_a_token_holds_within_a_minute(client, time_machine):
    _token, secret = make_token(client, rate_per_minute=2)
    time_machine.move_to(NOW + timedelta(seconds=20), tick=False)

    statuses = [Api(secret).get("token/").status_code for _ in range(3)]
    late = Api(secret).get("token/")
    time_machine.move_to(NOW + timedelta(seconds=60), tick=False)

    assert statuses == [200, 200, 429]
    assert (late.json()["code"], late["Retry-After"]) == ("throttled", "40")
    assert Api(secret).get("token/").status_code == 200
    assert [row.requests for row in TokenMinute.objects.order_by("minute")] == [4, 1]


def test_only_the_fields_that_are_asked_for(client):
    _token, secret = make_token(client)

    some = Api(secret).get("token/", {"fields": "label,party"})
    unknown = Api(secret).get("token/", {"fields": "digest"})

    assert some.json() == {"label": "test", "party": "农优鲜"}
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (400, "unknown_field")


def test_a_parameter_nobody_knows_is_an_error(client):
    _token, secret = make_token(client)

    answer = Api(secret).get("token/", {"debug": "1"})

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"pointer": "/debug", "detail": str(_("This list has no such filter.")), "code": "unknown_parameter"}
    ]
