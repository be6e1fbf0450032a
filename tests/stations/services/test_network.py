"""Stations: applied for, moved through their life, changed."""

from datetime import time

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from stations.models import Region, Station
from stations.rules.tiers import LIFE, Life, LifeAction
from stations.services import network
from tests.factories import NOW, acting_as, make_agent, make_station, make_user, seeing_everything


@pytest.fixture(autouse=True)
def _as_manager(cast):
    with acting_as(cast.manager):
        yield


def apply_for(cast, tier="village", region="520123103204", name="新站", **details):
    return network.create_station(
        tier=tier,
        region=Region.objects.get(pk=region),
        name=name,
        by=cast.manager,
        now=NOW,
        **details,
    )


def move(cast, station, action, **more):
    return network.move(station=station, action=action, by=cast.manager, now=NOW, **more)


def change(cast, station, **details):
    return network.change_details(station=station, by=cast.manager, now=NOW, **details)


def code_of(action):
    with pytest.raises(Refused) as refused:
        action()
    return refused.value.code


def test_an_application_hangs_on_the_station_above(cast):
    station = apply_for(cast, functions=["post"], opens_at=time(8), closes_at=time(18))

    assert (station.state, station.parent, station.county_code) == (
        "applied",
        cast.liuguang_point,
        "520123000000",
    )
    event = AuditEvent.objects.get(verb="station.applied")
    assert (event.object_id, event.station_id, event.actor_id) == (
        str(station.pk),
        station.pk,
        cast.manager.pk,
    )


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"region": "520123103000"}, "region_tier"),
        ({"tier": "township", "region": "520123103000"}, "taken"),
        ({"tier": "county", "region": "520123000000"}, "taken"),
        ({"name": "广城村服务点"}, "same_name"),
        ({"opens_at": time(8)}, "half_hours"),
        ({"opens_at": time(18), "closes_at": time(8)}, "hours_order"),
        ({"opens_at": time(8), "closes_at": time(18), "noon_closes_at": time(12)}, "half_hours"),
        ({"lon": 106.5}, "half_point"),
        ({"lon": 26.9, "lat": 106.5}, "far_point"),
        ({"point_is_own": True}, "half_point"),
        ({"radius_m": 99}, "radius"),
        ({"functions": ["bank"]}, "unknown_function"),
    ],
    ids=str,
)
def test_an_application_that_cannot_be_is_refused(cast, wanted, code):
    assert code_of(lambda: apply_for(cast, **wanted)) == code


def test_a_parent_of_another_tier_or_county_is_refused(cast):
    for parent in (cast.xiuwen_centre, cast.wangji_point, cast.liuguang):
        assert code_of(lambda parent=parent: apply_for(cast, parent=parent)) == "wrong_parent"
    assert apply_for(cast, parent=cast.longchang_point).parent == cast.longchang_point


def test_a_place_outside_the_reach_gets_no_station(cast):
    assert code_of(lambda: apply_for(cast, region="320324102217")) == "reach"
    with acting_as(cast.suining_manager):
        assert apply_for(cast, region="320324102217").parent == cast.wangji_point


def test_a_place_that_has_ended_gets_no_station(cast):
    Region.objects.filter(pk="520123103204").update(ended_on=NOW.date())

    assert code_of(lambda: apply_for(cast)) == "region_ended"


def test_the_whole_life_of_a_station(cast):
    station = apply_for(cast)

    for action, state in [
        ("approve", "approved"),
        ("accept", "accepted"),
        ("open", "operating"),
        ("suspend", "suspended"),
        ("resume", "operating"),
        ("close", "closed"),
    ]:
        station = move(cast, station, action, reason="as agreed")
        assert station.state == state

    assert (station.version, station.opened_on) == (7, NOW.date())
    history = Station.history.filter(id=station.pk).order_by("history_id")
    assert [each.state for each in history][-2:] == ["operating", "closed"]
    events = AuditEvent.objects.filter(verb="station.moved").order_by("id")
    assert [event.after["action"] for event in events] == [
        "approve",
        "accept",
        "open",
        "suspend",
        "resume",
        "close",
    ]


@pytest.mark.parametrize("action", LifeAction)
@pytest.mark.parametrize("state", Life)
def test_the_table_decides_every_step(cast, state, action):
    station = make_station("village", "520123103204", cast.liuguang_point, name="站", state=state.value)

    if (state, action) in LIFE:
        assert move(cast, station, action, reason="as agreed").state == LIFE[state, action]
    else:
        assert code_of(lambda: move(cast, station, action, reason="as agreed")) == "illegal_move"


@pytest.mark.parametrize("action", ["suspend", "close"])
def test_suspending_and_closing_need_a_reason(cast, action):
    station = make_station("village", "520123103204", cast.liuguang_point, name="站")

    assert code_of(lambda: move(cast, station, action, reason=" . ")) == "reason_missing"
    assert move(cast, station, action, reason="flood").version == 2


def test_a_step_from_an_old_page_is_refused(cast):
    station = make_station("village", "520123103204", cast.liuguang_point, name="站")
    move(cast, station, "suspend", reason="flood", expected_version=1)

    assert code_of(lambda: move(cast, station, "resume", expected_version=1)) == "stale"
    assert move(cast, station, "resume", expected_version=2).state == "operating"


def test_nothing_opens_under_a_station_that_does_not_operate(cast):
    station = make_station("village", "520123103204", cast.liuguang_point, name="站", state="accepted")
    move(cast, cast.liuguang_point, "suspend", reason="flood")

    assert code_of(lambda: move(cast, station, "open")) == "parent_not_open"
    move(cast, cast.liuguang_point, "resume")
    assert move(cast, station, "open").state == "operating"


def test_nothing_closes_above_open_stations_or_with_people(cast):
    assert code_of(lambda: move(cast, cast.liuguang_point, "close", reason="merged")) == "has_children"
    assert code_of(lambda: move(cast, cast.guangcheng, "close", reason="merged")) == "has_people"

    empty = make_station("village", "520123103204", cast.liuguang_point, name="站")
    agent = make_agent(make_user("late"), empty)
    assert code_of(lambda: move(cast, empty, "close", reason="merged")) == "has_people"
    with seeing_everything():
        type(agent).objects.filter(pk=agent.pk).update(left_on=NOW.date())
    assert move(cast, empty, "close", reason="merged").state == "closed"


def test_a_place_gets_a_new_centre_once_the_old_one_is_closed(cast):
    with seeing_everything():
        Station.objects.filter(pk=cast.longchang_point.pk).update(state="closed")

    station = apply_for(cast, tier="township", region="520123001000", name="新处理点")

    assert station.parent == cast.xiuwen_centre


def test_details_change_and_the_trail_says_from_what(cast):
    changed = change(cast, cast.guangcheng, phone="0851-82320000", radius_m=5000, name="广城村服务点")

    assert (changed.phone, changed.radius_m, changed.version) == ("0851-82320000", 5000, 2)
    event = AuditEvent.objects.get(verb="station.changed")
    assert (event.before, event.after) == (
        {"phone": "", "radius_m": 3000},
        {"phone": "0851-82320000", "radius_m": 5000},
    )


def test_nothing_changed_leaves_no_trace(cast):
    change(cast, cast.guangcheng, name="广城村服务点")

    assert not AuditEvent.objects.filter(verb="station.changed").exists()


def test_a_closed_station_does_not_change(cast):
    station = make_station("village", "520123103204", cast.liuguang_point, name="站", state="closed")

    assert code_of(lambda: change(cast, station, name="别的站")) == "closed"


def test_what_is_no_detail_cannot_be_set(cast):
    with pytest.raises(TypeError):
        change(cast, cast.guangcheng, state="closed")


def test_somebody_elses_station_is_out_of_reach(cast):
    assert code_of(lambda: move(cast, cast.chenlou, "suspend", reason="not ours")) == "stale"
    assert code_of(lambda: change(cast, cast.chenlou, name="别人的站")) == "stale"
