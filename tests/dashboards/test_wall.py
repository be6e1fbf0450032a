"""The display on the wall: what it shows, to whom, and a session that can do nothing else."""

import re
from datetime import timedelta

import pytest
import time_machine

from aftersales.dashboards.wall import PAGES
from claims.services import figures
from tests.factories import NOW, make_claim, seeing_everything

WALL = "/dashboards/wall/520123000000/"


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def claims(cast):
    make_claim(cast.guangcheng, filed_by=cast.agent, handling_due_at=NOW - timedelta(hours=1))
    make_claim(cast.liuguang, filed_by=cast.neighbour)
    make_claim(cast.chenlou, filed_by=cast.suining_agent)
    with seeing_everything():
        figures.rebuild(now=NOW)


def test_pages_follow_one_another(as_user, claims):
    client = as_user("manager")

    turns = [
        re.search(r'data-refresh="\?page=(\d)"', client.get(WALL, {"page": n}).content.decode())[1]
        for n in range(1, len(PAGES) + 1)
    ]

    assert turns == ["2", "3", "4", "5", "6", "1"]


def test_without_the_script_the_page_turns_as_well(as_user, claims):
    page = as_user("manager").get(WALL, {"page": 2}).content.decode()

    assert '<noscript><meta http-equiv="refresh" content="20;url=?page=3"></noscript>' in page


def test_it_shows_the_county_and_nobody(as_user, cast, claims):
    client = as_user("manager")

    shown = [client.get(WALL, {"page": n}) for n in range(1, len(PAGES) + 1)]

    assert [(stat.label, stat.value) for stat in shown[0].context["stats"]] == [
        ("Open now", "2"),
        ("Overdue", "1"),
        ("Climbed today", "0"),
    ]
    assert shown[1].context["stats"][0].value == "2"
    assert shown[4].context["rows"][0]["station"] == cast.guangcheng
    text = "".join(page.content.decode() for page in shown)
    for hidden in (cast.agent.full_name, cast.manager.full_name, "¥", "/claims/"):
        assert hidden not in re.sub(r'data-user="\d+"', "", text)


@pytest.mark.parametrize("page", ["0", "7", "x", "１", "-1", ""])
def test_pages_that_do_not_exist(as_user, page):
    assert as_user("manager").get(WALL, {"page": page}).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [("manager", 200), ("officer", 200), ("technician", 404), ("suining_manager", 404), ("agent", 403)],
)
def test_who_may_hang_it_up(as_user, who, status):
    assert as_user(who).get(WALL).status_code == status


def test_few_statements_a_page(as_user, claims, django_assert_max_num_queries):
    client = as_user("manager")

    for number in range(1, len(PAGES) + 1):
        with django_assert_max_num_queries(11):
            client.get(WALL, {"page": number})


def test_a_screen_that_is_kept_opens_nothing_else(as_user, cast):
    client = as_user("manager")
    assert "Keep on this screen for the day" in client.get(WALL).content.decode()

    assert client.post(WALL).url == WALL

    assert "Keep on this screen for the day" not in client.get(WALL, {"page": 3}).content.decode()
    assert client.get("/dashboards/county/520123000000/").url.startswith("/account/sign-in/")
    assert client.get(WALL).url.startswith("/account/sign-in/")


def test_a_screen_that_is_kept_stays_on_for_half_a_day(as_user, _on_that_day):
    client, unbound = as_user("manager"), as_user("manager")
    client.post(WALL)
    unbound.get(WALL)

    answers = []
    for hours in (1, 11, 13):
        _on_that_day.move_to(NOW + timedelta(hours=hours))
        answers.append((client.get(WALL).status_code, unbound.get(WALL).status_code))

    assert answers == [(200, 302), (200, 302), (302, 302)]


def test_looking_alone_keeps_no_session_alive(as_user, cast, _on_that_day):
    watched, used = as_user("manager"), as_user("manager")
    for client in (watched, used):
        client.get("/dashboards/county/520123000000/")

    for minutes in (20, 29):
        _on_that_day.move_to(NOW + timedelta(minutes=minutes))
        assert watched.get(WALL, headers={"X-Unattended": "1"}).status_code == 200
        assert used.get(WALL).status_code == 200
    _on_that_day.move_to(NOW + timedelta(minutes=40))

    assert (watched.get(WALL).status_code, used.get(WALL).status_code) == (302, 200)
