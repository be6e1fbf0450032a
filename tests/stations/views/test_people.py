"""Taking somebody on, and the hand-over list of somebody who goes."""

import re

import pytest
from django.urls import reverse

from aftersales.accounts.models import User
from stations.models import Agent, Grant
from stations.services import hand_over
from tests.factories import seeing_everything
from tests.stations.services.test_hand_over import Parcels

NEW = {
    "full_name": "杨小梅",
    "username": "yang.xiaomei",
    "role": "agent",
    "origin": "returning",
    "dialects": "贵阳话",
    "skills": ["produce", "logistics"],
}


def agent_of(user):
    with seeing_everything():
        return Agent.objects.select_related("user", "station").get(user=user)


@pytest.fixture
def parcels(cast, monkeypatch):
    provider = Parcels({"a": cast.agent, "b": cast.agent})
    monkeypatch.setattr(hand_over, "_providers", {})
    hand_over.register("parcels", provider)
    return provider


def test_the_one_time_password_is_shown_once_and_works(cast, as_user, client):
    manager, url = as_user("manager"), reverse("stations:agent_new", args=[cast.guangcheng.pk])

    answer = manager.post(url, NEW)

    password = re.search(r'<code class="one-time">([^<]+)</code>', answer.content.decode())[1]
    assert client.login(username="yang.xiaomei", password=password)
    assert "no-store" in answer.headers["Cache-Control"]
    detail = manager.get(reverse("stations:station_detail", args=[cast.guangcheng.pk])).content.decode()
    assert "杨小梅" in detail
    assert password not in detail


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"username": "agent"}, "This user name is taken. Choose another one."),
        ({"role": "officer"}, "Select a valid choice. officer is not one of the available choices."),
        ({"full_name": "<b>x</b>"}, "Enter a name: letters or Chinese characters only."),
        ({"username": "a b"}, "Enter a valid username."),
    ],
    ids=str,
)
def test_who_cannot_be_taken_on_is_told_why(cast, as_user, change, sentence):
    accounts = User.objects.count()
    url = reverse("stations:agent_new", args=[cast.guangcheng.pk])

    answer = as_user("manager").post(url, {**NEW, **change})

    assert sentence in answer.content.decode()
    assert User.objects.count() == accounts


def test_only_roles_that_may_be_given_are_offered(cast, as_user):
    url = reverse("stations:agent_new", args=[cast.xiuwen_centre.pk])
    roles = re.compile(r'name="role" value="(\w+)"')

    assert roles.findall(as_user("manager").get(url).content.decode()) == ["officer", "trainer"]
    assert roles.findall(as_user("administrator").get(url).content.decode()) == [
        "officer",
        "trainer",
        "manager",
    ]


def test_everything_is_handed_over_before_somebody_leaves(cast, as_user, parcels):
    manager, agent = as_user("manager"), agent_of(cast.agent)
    url = reverse("stations:hand_over", args=[agent.pk])
    leave = {"outcome": "leave", "reason": "moved to the city"}

    page = manager.get(url).content.decode()
    assert "parcel a" in page and "parcel b" in page and 'name="outcome"' not in page
    assert manager.post(url, leave).status_code == 409

    to = agent_of(cast.neighbour).pk
    manager.post(url, {"kind": "parcels", "to": to, "keys": ["a"]})
    assert "parcel a" not in manager.get(url).content.decode()
    assert manager.post(url, leave).status_code == 409
    manager.post(url, {"kind": "parcels", "to": to, "takes_all": "1"})
    assert parcels.held == {"a": cast.neighbour, "b": cast.neighbour}

    answer = manager.post(url, leave, follow=True)

    assert "has left" in answer.content.decode()
    assert not User.objects.get(pk=cast.agent.pk).is_active
    assert 'name="outcome"' not in manager.get(url).content.decode()


def test_somebody_works_at_another_station_from_now_on(cast, as_user, parcels):
    parcels.held.clear()
    manager, agent = as_user("manager"), agent_of(cast.agent)
    url = reverse("stations:hand_over", args=[agent.pk])

    without = manager.post(url, {"outcome": "post", "reason": "covers leave"})
    assert "Choose the station." in without.content.decode()
    foreign = manager.post(url, {"outcome": "post", "reason": "covers leave", "station": cast.chenlou.pk})
    assert foreign.status_code == 200

    answer = manager.post(url, {"outcome": "post", "reason": "covers leave", "station": cast.fangmaping.pk})

    assert answer.headers["Location"] == reverse("stations:station_detail", args=[cast.fangmaping.pk])
    with seeing_everything():
        active = Grant.objects.get(user=cast.agent, withdrawn_at__isnull=True)
        assert active.station == cast.fangmaping


@pytest.mark.parametrize("to", ["agent", "suining_agent"])
def test_nothing_goes_to_somebody_out_of_reach(cast, as_user, parcels, to):
    url = reverse("stations:hand_over", args=[agent_of(cast.agent).pk])

    answer = as_user("manager").post(
        url, {"kind": "parcels", "to": agent_of(getattr(cast, to)).pk, "takes_all": "1"}
    )

    assert "Select a valid choice" in answer.content.decode()
    assert set(parcels.held.values()) == {cast.agent}


def test_ticking_nothing_is_told(cast, as_user, parcels):
    url = reverse("stations:hand_over", args=[agent_of(cast.agent).pk])

    answer = as_user("manager").post(url, {"kind": "parcels", "to": agent_of(cast.neighbour).pk})

    assert answer.status_code == 409
    assert "Choose what is to be handed over." in answer.content.decode()


@pytest.mark.parametrize("key", ["a\0b", "x" * 65, "a b", "<b>"])
def test_keys_that_cannot_be_are_refused_before_anybody_reads_them(cast, as_user, parcels, key):
    url = reverse("stations:hand_over", args=[agent_of(cast.agent).pk])

    answer = as_user("manager").post(
        url, {"kind": "parcels", "to": agent_of(cast.neighbour).pk, "keys": ["a", key]}
    )

    assert "Open the list again and choose once more." in answer.content.decode()
    assert set(parcels.held.values()) == {cast.agent}


@pytest.mark.parametrize(
    ("who", "status"),
    [("manager", 200), ("suining_manager", 404), ("officer", 403), ("agent", 403), ("regulator", 403)],
)
def test_who_may_see_a_hand_over_list(cast, as_user, who, status):
    url = reverse("stations:hand_over", args=[agent_of(cast.agent).pk])

    assert as_user(who).get(url).status_code == status
