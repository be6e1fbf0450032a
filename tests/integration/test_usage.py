"""How much tokens are used: counted by the minute, shown by day and hour; who is told that one ends."""

from datetime import date, timedelta

import pytest

from aftersales.integration import queries
from aftersales.integration.api.token import TokenView
from aftersales.integration.models import ApiToken, TokenMinute
from aftersales.integration.queries import Usage
from aftersales.integration.services import usage
from aftersales.notices.models import Notice
from tests.api_world import Api, make_client, make_token
from tests.factories import NOW, make_party, seeing_everything

XIUWEN = "520123000000"


@pytest.fixture(autouse=True)
def _morning(time_machine):
    time_machine.move_to(NOW + timedelta(minutes=1), tick=False)


@pytest.fixture
def client(cast):
    return make_client(make_party("platform", "农优鲜"), region=XIUWEN, name="订单推送")


def minute(token, at, **counts):
    TokenMinute.objects.create(token=token, subject=f"t{token.pk}", minute=at, **counts)


def test_every_answer_is_counted_under_its_token(client, monkeypatch):
    token, secret = make_token(client, ["claims:read"], rate_per_minute=5)
    api = Api(secret)
    api.get("token/")
    api.get("token/", {"debug": "1"})
    api.post("sessions/codes/", {"phone": "19912345678"})
    monkeypatch.setattr(TokenView, "one", lambda *_: 1 / 0)
    statuses = [api.http.get("/api/v1/token/", headers=api.headers).status_code for _ in range(3)]

    (row,) = TokenMinute.objects.all()
    assert statuses == [500, 500, 429]
    assert (row.subject, row.requests, row.refused, row.faults, row.throttled) == (
        f"t{token.pk}",
        6,
        2,
        2,
        1,
    )


def test_what_is_tried_with_a_revoked_token_is_seen(client):
    token, secret = make_token(client, revoked_at=NOW)
    statuses = [Api(secret).get("token/").status_code for _ in range(3)]

    assert statuses == [401, 401, 401]
    assert list(TokenMinute.objects.values_list("token", "requests", "refused")) == [(token.pk, 3, 3)]


def test_what_no_token_asked_is_counted_nowhere(client):
    Api("aft_nobody").get("token/")
    Api().get("token/")

    assert TokenMinute.objects.count() == 0


def test_days_and_hours_are_those_of_the_county(client):
    token, _secret = make_token(client)
    midnight = NOW.replace(hour=16, minute=0)  # 24:00 in Shanghai
    minute(token, midnight - timedelta(minutes=1), requests=5, refused=2)
    minute(token, midnight, requests=7, faults=1)

    with seeing_everything():
        days = queries.by_day(client, first=date(2026, 11, 19), last=date(2026, 11, 21))
        hours = queries.by_hour(client, date(2026, 11, 20))
        told = queries.by_token(client, since=midnight - timedelta(days=1), until=midnight)

    assert days == {
        date(2026, 11, 19): Usage(),
        date(2026, 11, 20): Usage(5, 2, 0, 0),
        date(2026, 11, 21): Usage(7, 0, 1, 0),
    }
    assert {hour: its for hour, its in hours.items() if its.requests} == {23: Usage(5, 2, 0, 0)}
    assert told == [(token, Usage(5, 2, 0, 0))]


@pytest.mark.parametrize("day", ["", "2026-11-20", "2026-13-45", "1999-01-01", "tomorrow", "9" * 40])
def test_the_page_shows_the_days_whatever_is_asked(client, as_user, day):
    token, _secret = make_token(client)
    minute(token, NOW, requests=1234, throttled=3)

    answer = as_user("manager").get(f"/integration/applications/{client.pk}/usage/", {"day": day})

    assert answer.status_code == 200
    assert answer.context["day"] == date(2026, 11, 20)
    assert "1,234" in answer.content.decode()


def test_minutes_are_kept_for_three_months(client):
    token, _secret = make_token(client)
    minute(token, NOW - timedelta(days=91), requests=1)
    minute(token, NOW - timedelta(days=89), requests=1)

    assert usage.purge(now=NOW) == 1
    assert TokenMinute.objects.count() == 1


def test_who_issued_a_token_is_told_twice_before_it_ends(client, cast):
    manager = cast.manager
    make_token(client, created_by=manager, expires_at=NOW + timedelta(days=20))
    with seeing_everything():
        told = [usage.warn_of_ends(now=NOW + timedelta(days=days)) for days in (5, 6, 16, 17, 18, 21)]
        notices = list(Notice.objects.values_list("recipient", "event", "params", "url"))

    assert told == [0, 1, 0, 1, 0, 0]
    assert [row[:2] for row in notices] == [(manager.pk, "api_token.ends_soon")] * 2
    assert notices[0][2]["ends_on"] == "2026-12-10"
    assert notices[0][3] == f"/integration/applications/{client.pk}/"


@pytest.mark.parametrize("change", ["revoked", "replaced", "suspended", "far"])
def test_nobody_is_told_of_what_needs_no_hand(client, cast, change):
    token, _secret = make_token(client, created_by=cast.manager, expires_at=NOW + timedelta(days=2))
    with seeing_everything():
        if change == "revoked":
            ApiToken.objects.update(revoked_at=NOW)
        elif change == "replaced":
            make_token(client, replaces=token)
        elif change == "suspended":
            type(client).objects.update(is_suspended=True)
        else:
            ApiToken.objects.update(expires_at=NOW + timedelta(days=15))

        assert usage.warn_of_ends(now=NOW) == 0


def test_who_has_left_is_told_nothing_and_the_next_one_is(client, cast):
    cast.officer.is_active = False
    cast.officer.save()
    with seeing_everything():
        type(client).objects.update(created_by=cast.manager)
        make_token(client, created_by=cast.officer, expires_at=NOW + timedelta(days=2))
        assert usage.warn_of_ends(now=NOW) == 1
        assert Notice.objects.get().recipient == cast.manager
