"""Accounts in the admin: one's own people below one's own rank, and nobody's rights by the back door."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from stations.models import Agent, Grant
from stations.services import accounts
from tests.factories import NOW, PASSWORD, give, make_user, seeing_everything

LIST = reverse("admin:accounts_user_changelist")
ADD = reverse("admin:accounts_user_add")
SIGN_IN = "/account/sign-in/"
NEWCOMER = {"full_name": "李小梅", "username": "li.xiaomei", "role": "", "origin": "graduate"}


@pytest.fixture(autouse=True)
def _the_clock_stands():
    with time_machine.travel(NOW, tick=False):
        yield


def url_of(step, user):
    return reverse(f"admin:accounts_user_{step}", args=[user.pk])


def names(by):
    return set(accounts.looked_after(by=by, now=NOW).values_list("username", flat=True))


def listed(client, query=""):
    return {user.username for user in client.get(f"{LIST}{query}").context["cl"].result_list}


def events(verb):
    with seeing_everything():
        return list(
            AuditEvent.objects.filter(verb=verb).values_list("actor_id", "object_id", "county_code", "door")
        )


def sign_in(username, password):
    return Client().post(SIGN_IN, {"username": username, "password": password})


OUR_PEOPLE = {"agent", "neighbour", "uncertified", "technician", "officer", "officer2", "trainer"}
THEIR_PEOPLE = {"suining_agent", "suining_officer"}


def test_a_manager_looks_after_people_of_the_county_below_their_own_rank(as_user, cast):
    assert listed(as_user("manager")) == names(cast.manager) == OUR_PEOPLE
    assert listed(as_user("suining_manager")) == THEIR_PEOPLE


def test_an_administrator_looks_after_everybody_but_their_own_kind(as_user, cast):
    make_user("root", is_superuser=True, is_staff=True)
    give(make_user("administrator2"), Role.ADMINISTRATOR)

    assert names(cast.administrator) == OUR_PEOPLE | THEIR_PEOPLE | {
        "manager",
        "suining_manager",
        "supervisor",
        "platform",
        "regulator",
        "nobody",
    }


@pytest.mark.parametrize("who", ["officer", "technician", "agent", "supervisor", "platform", "regulator"])
def test_nobody_else_sees_accounts(as_user, cast, who):
    assert names(getattr(cast, who)) == set()
    assert as_user(who).get(LIST).status_code == 403


@pytest.mark.parametrize(
    "grant",
    [
        {"role": Role.MANAGER, "region": "520123000000"},
        {"role": Role.REGULATOR, "region": "320324000000"},
        {"role": Role.PLATFORM, "starts_at": NOW + timedelta(days=9)},
    ],
)
def test_a_role_as_high_as_ones_own_takes_an_account_out_of_reach(cast, grant):
    give(cast.officer, grant.pop("role"), **grant)

    assert names(cast.manager) == OUR_PEOPLE - {"officer"}


@pytest.mark.parametrize("ended", ["withdrawn_at", "expires_at"])
def test_a_high_role_that_is_over_does_not_count(cast, ended):
    give(cast.officer, Role.PLATFORM, **{ended: NOW - timedelta(days=1)})

    assert "officer" in names(cast.manager)


def test_filters_and_search(as_user, cast):
    with seeing_everything():
        User.objects.filter(pk=cast.neighbour.pk).update(is_active=False)
    client = as_user("manager")

    assert listed(client) == OUR_PEOPLE - {"neighbour"}
    assert listed(client, "?state=closed") == {"neighbour"}
    assert listed(client, "?role=officer") == {"officer", "officer2"}
    assert listed(client, "?role=administrator") == set()
    assert listed(client, "?q=王秀兰") == {"agent"}
    assert listed(client, "?q=suining") == set()


def test_the_list_costs_the_same_for_few_and_many(as_user, cast):
    client = as_user("manager")
    counts = []
    for more in (0, 8):
        for number in range(more):
            give(make_user(f"extra{number}", county="520123000000"), Role.AGENT, station=cast.guangcheng)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))

    assert counts == [9, 9]


@pytest.mark.parametrize("who", ["manager", "administrator"])
def test_no_hash_and_no_flag_is_ever_shown(as_user, cast, who):
    client = as_user(who)

    text = client.get(LIST).content.decode() + client.get(url_of("change", cast.agent)).content.decode()

    assert cast.agent.password not in text and "md5$" not in text
    assert [word for word in ("is_staff", "is_superuser", "session_epoch", "groups") if word in text] == []


@pytest.mark.parametrize("step", ["change", "rename", "password", "unlock", "history"])
@pytest.mark.parametrize("whom", ["manager", "administrator", "suining_agent", "suining_manager", "platform"])
def test_accounts_one_does_not_look_after_are_not_found(as_user, cast, step, whom):
    client = as_user("manager")
    foreign = url_of(step, getattr(cast, whom))

    answers = [client.get(foreign).status_code]
    if step not in ("change", "history"):
        answers.append(client.post(foreign, {"full_name": "改名"}).status_code)

    user = User.objects.get(username=getattr(cast, whom).username)
    assert set(answers) == {404}
    assert (user.full_name, user.check_password(PASSWORD)) == (getattr(cast, whom).full_name, True)
    assert client.get(url_of(step, cast.agent)).status_code in (200, 302)


def test_nothing_is_assigned_by_extra_fields(as_user, cast):
    tempting = {
        "is_staff": "1",
        "is_superuser": "1",
        "is_active": "",
        "password": "x",
        "county_code": "320324000000",
        "groups": "1",
        "username": "other",
    }
    client = as_user("manager")

    by_change = client.post(url_of("change", cast.agent), tempting)
    client.post(url_of("rename", cast.agent), {**tempting, "full_name": "王秀莲"})

    after = User.objects.get(pk=cast.agent.pk)
    assert by_change.status_code == 403
    assert (after.full_name, after.username, after.county_code) == ("王秀莲", "agent", "520123000000")
    assert (after.is_staff, after.is_superuser, after.is_active) == (False, False, True)
    assert after.check_password(PASSWORD)
    assert events("account.renamed") == [
        (cast.manager.pk, str(cast.agent.pk), "520123000000", "admin"),
    ]


def test_accounts_are_never_deleted(as_user, cast):
    response = as_user("administrator").post(url_of("delete", cast.agent), {"post": "yes"})

    assert (response.status_code, User.objects.filter(pk=cast.agent.pk).exists()) == (403, True)


def test_somebody_is_taken_on_and_signs_in_with_the_password_shown_once(as_user, cast):
    client = as_user("manager")

    response = client.post(ADD, {**NEWCOMER, "station": cast.liuguang.pk})

    password = response.context["password"]
    user = User.objects.get(username="li.xiaomei")
    with seeing_everything():
        agent = Agent.objects.get(user=user)
        grant = Grant.objects.get(user=user)
    assert (agent.station, grant.role, grant.station) == (cast.liuguang, "agent", cast.liuguang)
    assert response.content.decode().count(password) == 1
    assert "no-store" in response["Cache-Control"]
    assert sign_in("li.xiaomei", password).status_code == 302
    assert password not in client.get(url_of("change", user)).content.decode()


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"username": "agent"}, 409),
        ({"username": "a b"}, 409),
        ({"full_name": "<b>"}, 200),
        ({"role": "manager"}, 409),
        ({"role": "administrator"}, 200),
        ({"station": ""}, 200),
        ({"station": "chenlou"}, 200),
        ({"origin": "x"}, 200),
    ],
)
def test_who_cannot_be_taken_on(as_user, cast, changed, status):
    station = changed.pop("station", "liuguang")
    values = {**NEWCOMER, "station": getattr(cast, station).pk if station else "", **changed}
    before = User.objects.count()

    response = as_user("manager").post(ADD, values)

    assert (response.status_code, User.objects.count()) == (status, before)


def test_an_administrator_opens_an_account_for_somebody_without_a_station(as_user, cast):
    response = as_user("administrator").post(ADD, {**NEWCOMER, "username": "supervisor2"})

    user = User.objects.get(username="supervisor2")
    with seeing_everything():
        held = Grant.objects.filter(user=user).count()
    assert (user.county_code, held) == ("", 0)
    assert sign_in("supervisor2", response.context["password"]).status_code == 302
    assert events("account.opened") == [(cast.administrator.pk, str(user.pk), "", "admin")]


def test_a_one_time_password_ends_sessions_and_locks(as_user, cast, settings):
    settings.AXES_ENABLED = True
    other_device = Client()
    other_device.force_login(cast.agent, backend="stations.access.backend.GrantBackend")
    for _attempt in range(5):
        sign_in("agent", "wrong-password-1")
    client = as_user("manager")

    response = client.post(url_of("password", cast.agent))

    password = response.context["password"]
    assert other_device.get("/account/me/").status_code == 302
    assert sign_in("agent", PASSWORD).status_code != 302
    assert sign_in("agent", password).status_code == 302
    assert events("account.password_reset") == [
        (cast.manager.pk, str(cast.agent.pk), "520123000000", "admin")
    ]
    with seeing_everything():
        assert not [event for event in AuditEvent.objects.all() if password in str(event.__dict__)]


def test_a_lock_is_shown_and_taken_off(as_user, cast, settings):
    settings.AXES_ENABLED = True
    client = as_user("manager")
    for _attempt in range(5):
        sign_in("agent", "wrong-password-1")
    assert listed(client, "?state=locked") == {"agent"}

    client.post(url_of("unlock", cast.agent))
    again = client.post(url_of("unlock", cast.agent))

    assert listed(client, "?state=locked") == set()
    assert sign_in("agent", PASSWORD).status_code == 302
    assert len(events("account.unlocked")) == 1
    assert again.status_code == 409


def test_a_closed_account_gets_no_password(as_user, cast):
    User.objects.filter(pk=cast.agent.pk).update(is_active=False)

    response = as_user("manager").post(url_of("password", cast.agent))

    assert (response.status_code, events("account.password_reset")) == (409, [])


def test_looking_changes_nothing(as_user, cast):
    client = as_user("manager")

    for step in ("rename", "password", "unlock"):
        assert client.get(url_of(step, cast.agent)).status_code == 200

    assert User.objects.get(pk=cast.agent.pk).check_password(PASSWORD)
    assert [events(f"account.{verb}") for verb in ("renamed", "password_reset", "unlocked")] == [[], [], []]


def test_a_page_tells_roles_of_ones_own_reach_only(as_user, cast):
    give(cast.agent, Role.AGENT, station=cast.chenlou)

    text = as_user("manager").get(url_of("change", cast.agent)).content.decode()

    assert "广城村服务点" in text and "陈楼" not in text
