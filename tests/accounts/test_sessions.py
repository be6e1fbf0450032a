"""Signing in and out, what ends a session, and that guessing is slow."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from aftersales.audit.models import AuditEvent
from tests.factories import NOW, PASSWORD, seeing_everything

PROFILE = "/account/me/"
SIGN_IN = "/account/sign-in/"


def sign_in(client, username, password=PASSWORD):
    return client.post(SIGN_IN, {"username": username, "password": password})


def verbs():
    with seeing_everything():
        return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("agent", "home"),
        ("manager", "admin:index"),
        ("trainer", "training:home"),
        ("regulator", "reports:index"),
        ("nobody", "accounts:profile"),
    ],
)
def test_people_land_where_they_work(client, cast, who, where):
    response = sign_in(client, who)

    assert response.url == reverse("accounts:landing")
    assert client.get(response.url).url == reverse(where)


def test_sign_in_and_out_are_in_the_trail(client, cast):
    sign_in(client, "agent", "wrong-password-1")
    sign_in(client, "agent")
    client.post(reverse("accounts:logout"))

    assert verbs() == ["account.sign_in_failed", "account.signed_in", "account.signed_out"]


def test_a_name_nobody_has_is_not_written_down(client, cast):
    sign_in(client, "my-secret-password-typed-in-the-wrong-field")

    with seeing_everything():
        event = AuditEvent.objects.get()
    assert (event.actor_name, event.object_id, event.after) == ("", "", None)


def test_five_wrong_passwords_lock_the_pair_and_nobody_else(client, cast, settings):
    settings.AXES_ENABLED = True
    for _attempt in range(5):
        sign_in(client, "agent", "wrong-password-1")

    assert sign_in(client, "agent").status_code == 429
    assert sign_in(client, "neighbour").status_code == 302


def test_changed_password_ends_other_sessions_and_keeps_this_one(client, cast, client_factory):
    other = client_factory("agent")
    sign_in(client, "agent")

    client.post(
        reverse("accounts:password_change"),
        {"old_password": PASSWORD, "new_password1": "cellar-window-93", "new_password2": "cellar-window-93"},
    )

    assert client.get(PROFILE).status_code == 200
    assert other.get(PROFILE).status_code == 302


def test_sign_out_everywhere(client, cast, client_factory):
    other = client_factory("agent")
    sign_in(client, "agent")

    client.post(reverse("accounts:sign_out_everywhere"))

    assert client.get(PROFILE).status_code == 200
    assert other.get(PROFILE).status_code == 302


@pytest.mark.parametrize(
    ("who", "pause", "status"),
    [
        ("agent", timedelta(hours=3), 200),
        ("agent", timedelta(hours=5), 302),
        ("officer", timedelta(minutes=29), 200),
        ("officer", timedelta(minutes=31), 302),
    ],
)
def test_idle_sessions_end(client, cast, who, pause, status):
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, who)
        client.get(PROFILE)
        clock.shift(pause)

        assert client.get(PROFILE).status_code == status


def test_busy_session_ends_after_half_a_day(client, cast):
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, "agent")
        for _hour in range(12):
            clock.shift(timedelta(hours=1, minutes=1))
            answer = client.get(PROFILE).status_code

        assert answer == 302


def test_deactivated_account_is_out_at_once(client, cast):
    sign_in(client, "agent")
    cast.agent.is_active = False
    cast.agent.save()

    assert client.get(PROFILE).status_code == 302


def test_profile_says_what_each_role_means(client, cast):
    sign_in(client, "agent")

    page = client.get(PROFILE).content.decode()

    assert "广城村服务点" in page


def test_a_password_one_was_given_opens_nothing_but_the_change_of_it(client, cast):
    cast.agent.password_is_one_time = True
    cast.agent.save()
    sign_in(client, "agent")
    change = reverse("accounts:password_change")

    assert [client.get(path).url for path in ("/", PROFILE, "/claims/")] == [change] * 3
    own = "cellar-window-93"
    client.post(change, {"old_password": PASSWORD, "new_password1": own, "new_password2": own})

    assert client.get("/").status_code == 200
    cast.agent.refresh_from_db()
    assert not cast.agent.password_is_one_time
