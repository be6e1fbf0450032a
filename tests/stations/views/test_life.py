"""Applying for a station, taking its steps, changing its details."""

import pytest
from django.urls import reverse

from stations.models import Station
from tests.factories import seeing_everything

DETAILS = {
    "name": "广城村邮站",
    "phase": "pilot",
    "functions": ["post"],
    "opens_at": "08:00",
    "closes_at": "18:00",
    "noon_closes_at": "",
    "noon_opens_at": "",
    "phone": "",
    "lon": "106.55",
    "lat": "26.95",
    "point_is_own": "on",
    "radius_m": "3000",
}


def station(pk=None, **which):
    with seeing_everything():
        return Station.objects.filter(**({"pk": pk} if pk else which)).first()


def place(tier, code):
    return f"{reverse('stations:station_new')}?tier={tier}&place={code}"


def test_a_manager_finds_a_place_and_applies(as_user):
    client = as_user("manager")
    found = client.get(reverse("stations:station_new"), {"tier": "village", "q": "广城"})
    assert "?tier=village&amp;place=520123103204" in found.content.decode()

    form = client.get(place("village", "520123103204"))
    assert 'value="广城村服务点"' in form.content.decode()
    answer = client.post(place("village", "520123103204"), DETAILS)

    entered = station(name="广城村邮站")
    assert answer.headers["Location"] == reverse("stations:station_detail", args=[entered.pk])
    assert (entered.state, entered.parent.name, entered.functions, entered.lon, entered.phase) == (
        "applied",
        "六广镇乡镇备用处理点",
        ["post"],
        106.55,
        "pilot",
    )


def test_without_a_name_the_places_without_station_are_offered(cast, as_user):
    with seeing_everything():
        Station.objects.filter(pk=cast.fangmaping.pk).update(state="closed")

    page = as_user("manager").get(reverse("stations:station_new"), {"tier": "village", "q": ""})

    offered = page.content.decode()
    assert "place=520123001208" in offered
    assert "place=520123103204" not in offered
    assert "place=320324102217" not in offered


@pytest.mark.parametrize(
    ("tier", "code"),
    [
        ("village", "320324102217"),
        ("village", "520123103000"),
        ("shop", "520123103204"),
        ("village", "52"),
        ("village", "x" * 40),
    ],
)
def test_a_place_that_is_not_ours_is_not_found(as_user, tier, code):
    client = as_user("manager")

    assert client.get(place(tier, code)).status_code == 404
    assert client.post(place(tier, code), DETAILS).status_code == 404


def test_a_refused_application_says_why_and_keeps_what_was_typed(as_user):
    client = as_user("manager")

    answer = client.post(place("village", "520123103204"), {**DETAILS, "closes_at": "07:00"})

    assert answer.status_code == 409
    assert "The opening hours must follow one another." in answer.content.decode()
    assert 'value="广城村邮站"' in answer.content.decode()
    assert station(name="广城村邮站") is None


@pytest.mark.parametrize("who", ["officer", "agent", "technician", "supervisor", "platform", "regulator"])
def test_only_who_runs_stations_applies_and_moves(cast, as_user, who):
    client = as_user(who)

    for url in (
        reverse("stations:station_new"),
        reverse("stations:station_move", args=[cast.guangcheng.pk, "suspend"]),
        reverse("stations:station_edit", args=[cast.guangcheng.pk]),
        reverse("stations:agent_new", args=[cast.guangcheng.pk]),
    ):
        assert client.get(url).status_code == 403
        assert client.post(url, {"reason": "flood", "version": 1}).status_code == 403
    assert station(cast.guangcheng.pk).state == "operating"


def test_a_step_is_confirmed_with_a_reason(cast, as_user):
    client, url = as_user("manager"), reverse("stations:station_move", args=[cast.guangcheng.pk, "suspend"])
    assert b'name="version" value="1"' in client.get(url).content

    without = client.post(url, {"reason": "", "version": 1})
    assert (without.status_code, station(cast.guangcheng.pk).state) == (200, "operating")

    answer = client.post(url, {"reason": "flood", "version": 1}, follow=True)
    assert "The station is suspended." in answer.content.decode()
    assert station(cast.guangcheng.pk).state == "suspended"

    again = client.post(url, {"reason": "flood", "version": 2})
    assert again.status_code == 409


def test_an_old_page_does_not_overrun_a_newer_state(cast, as_user):
    client = as_user("manager")
    client.post(
        reverse("stations:station_move", args=[cast.guangcheng.pk, "suspend"]),
        {"reason": "flood", "version": 1},
    )

    answer = client.post(
        reverse("stations:station_move", args=[cast.guangcheng.pk, "close"]),
        {"reason": "flood", "version": 1},
    )

    assert answer.status_code == 409
    assert station(cast.guangcheng.pk).state == "suspended"


@pytest.mark.parametrize("action", ["explode", "edit2", "new"])
def test_an_unknown_step_is_not_found(cast, as_user, action):
    assert as_user("manager").get(f"/stations/{cast.guangcheng.pk}/{action}/").status_code == 404


def test_somebody_elses_station_is_not_found(cast, as_user):
    client = as_user("manager")

    for name, arguments in (("station_move", ["suspend"]), ("station_edit", []), ("agent_new", [])):
        url = reverse(f"stations:{name}", args=[cast.chenlou.pk, *arguments])
        assert client.get(url).status_code == 404
        assert client.post(url, {"reason": "flood", "version": 1}).status_code == 404


def test_details_are_changed(cast, as_user):
    client, url = as_user("manager"), reverse("stations:station_edit", args=[cast.guangcheng.pk])
    assert 'value="广城村服务点"' in client.get(url).content.decode()

    answer = client.post(url, {**DETAILS, "version": 1, "parent": cast.longchang_point.pk})

    assert answer.status_code == 302
    changed = station(cast.guangcheng.pk)
    assert (changed.name, changed.parent_id, changed.version) == (
        "广城村邮站",
        cast.longchang_point.pk,
        2,
    )
    assert client.post(url, {**DETAILS, "version": 1, "parent": cast.liuguang_point.pk}).status_code == 409


def test_a_parent_of_another_county_is_not_offered(cast, as_user):
    client, url = as_user("manager"), reverse("stations:station_edit", args=[cast.guangcheng.pk])

    assert "王集镇" not in client.get(url).content.decode()
    answer = client.post(url, {**DETAILS, "version": 1, "parent": cast.wangji_point.pk})

    assert answer.status_code == 200
    assert station(cast.guangcheng.pk).parent_id == cast.liuguang_point.pk


def test_a_centre_has_nobody_to_hand_over_to(cast, as_user):
    url = reverse("stations:station_edit", args=[cast.xiuwen_centre.pk])

    assert b'name="parent"' not in as_user("manager").get(url).content
