from datetime import timedelta

import pytest

from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import DayPlan
from claims.queries import day_plans as reading
from claims.services import day_plans as service
from stations.models import Grant
from tests.claims.routes.places import EIGHT, FOUR, TEN, put_on_the_map, visit_in
from tests.claims.visits.visit_cases import MONDAY, shanghai
from tests.factories import NOW, acting_as, give, seeing_everything

LATER = NOW + timedelta(minutes=5)


def day(cast, by=None, technician=None):
    by = by or cast.technician
    with acting_as(by):
        return reading.day_of(technician or cast.technician, MONDAY, by=by)


def keys(cast, **more):
    return [each.visit.pk for each in day(cast, **more).visits]


def move(cast, visit, step, version, *, by=None):
    by = by or cast.technician
    with acting_as(by):
        return service.move(
            technician=cast.technician,
            day=MONDAY,
            visit_id=visit.pk,
            step=step,
            version=version,
            by=by,
            now=LATER,
        )


def refusal(call) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


@pytest.fixture
def three(cast):
    """Two visits in one window, the farther one booked first, and one near by in a later window."""
    put_on_the_map(cast)
    far = visit_in(cast, cast.liuguang, EIGHT)
    near = visit_in(cast, cast.guangcheng, EIGHT, seat=1)
    late = visit_in(cast, cast.guangcheng, TEN)
    return far, near, late


def test_the_day_begins_at_the_station_and_goes_by_windows_then_by_the_shortest_way(cast, three):
    far, near, late = three
    visit_in(cast, cast.guangcheng, EIGHT + timedelta(days=1))
    visit_in(cast, cast.guangcheng, EIGHT, technician=cast.agent)

    found = day(cast)

    assert [each.visit for each in found.visits] == [near, far, late]
    assert [(each.number, each.way_m) for each in found.visits] == [(1, 1479), (2, 2958), (3, 2958)]
    assert [(each.can_go_up, each.can_go_down) for each in found.visits] == [
        (False, True),
        (True, False),
        (False, False),
    ]
    assert (found.station, found.start) == (cast.liuguang_point, (26.9, 106.6))
    assert (found.route.back_m, found.route.distance_m) == (1479, 8874)
    assert (found.plan, found.version, found.is_by_hand, found.unplaced, found.left) == (None, 0, False, 0, 3)


def test_moved_and_cancelled_visits_are_not_of_the_day_and_those_that_are_over_come_first(cast, three):
    far, near, late = three
    visit_in(cast, cast.guangcheng, EIGHT, state="cancelled", seat=2)
    visit_in(cast, cast.guangcheng, EIGHT, state="moved", seat=3)
    with seeing_everything():
        late.state, late.outcome, late.ended_at = "done", "solved", EIGHT
        late.save()

    found = day(cast)

    assert [each.visit for each in found.visits] == [late, near, far]
    assert (found.visits[0].can_go_up, found.visits[0].can_go_down) == (False, False)
    assert found.left == 2


def test_a_visit_without_a_place_on_the_map_is_counted_as_such(cast):
    visit = visit_in(cast, cast.liuguang)

    found = day(cast)

    assert [(each.visit, each.way_m, each.point) for each in found.visits] == [(visit, None, None)]
    assert (found.unplaced, found.route.distance_m) == (1, 0)


def test_a_village_without_a_point_stands_where_its_township_is(cast):
    put_on_the_map(cast)
    visit = visit_in(cast, cast.liuguang)
    visit.place.lat = visit.place.lon = None
    visit.place.save()

    assert [each.point for each in day(cast).visits] == [(26.9, 106.6)]


def test_a_day_without_visits(cast):
    found = day(cast)

    assert (found.visits, found.route.keys, found.station) == ((), (), cast.liuguang_point)


def test_an_order_by_hand_stays_and_is_written_down(cast, three):
    far, near, late = three

    plan = move(cast, far, "earlier", 0)

    assert keys(cast) == [far.pk, near.pk, late.pk]
    assert (plan.visit_ids, plan.is_by_hand, plan.version) == ([far.pk, near.pk, late.pk], True, 1)
    assert (plan.station, plan.county_code, plan.made_at) == (cast.liuguang_point, "520123000000", LATER)
    assert plan.distance_m == 4437 + 2958 + 0 + 1479
    found = day(cast)
    assert (found.is_by_hand, found.version, found.route.distance_m) == (True, 1, plan.distance_m)
    assert found.computed_m == 8874
    with seeing_everything():
        event = AuditEvent.objects.get(verb="day_plan.ordered")
    assert event.actor_id == cast.technician.pk
    assert event.after == {"day": "2026-11-23", "visits": plan.visit_ids, "distance_m": 8874}

    assert move(cast, near, "earlier", 1).version == 2
    assert keys(cast) == [near.pk, far.pk, late.pk]


def test_new_visits_join_an_order_by_hand_and_cancelled_ones_leave_it(cast, three):
    far, near, late = three
    move(cast, far, "earlier", 0)
    new = visit_in(cast, cast.guangcheng, EIGHT, seat=2)
    with seeing_everything():
        near.state, near.ended_at = "cancelled", NOW
        near.save()

    assert keys(cast) == [far.pk, new.pk, late.pk]


def test_a_window_is_a_promise_so_no_visit_leaves_its_own(cast, three):
    far, near, late = three

    assert refusal(lambda: move(cast, late, "earlier", 0)) == "other_window"
    assert refusal(lambda: move(cast, far, "later", 0)) == "other_window"
    assert refusal(lambda: move(cast, near, "earlier", 0)) == "other_window"
    assert not DayPlan._base_manager.exists()
    move(cast, near, "later", 0)


def test_a_visit_of_another_day_or_of_nobody_is_not_moved(cast, three):
    other = visit_in(cast, cast.guangcheng, FOUR + timedelta(days=1))

    assert refusal(lambda: move(cast, other, "earlier", 0)) == "other_window"
    assert refusal(lambda: move(cast, three[0], "sideways", 0)) == "unknown_step"


def test_who_saw_an_older_order_does_not_overwrite_a_newer_one(cast, three):
    far, near, _late = three
    move(cast, far, "earlier", 0)

    assert refusal(lambda: move(cast, near, "earlier", 0)) == "stale"
    assert refusal(lambda: move(cast, near, "earlier", 2)) == "stale"
    assert keys(cast)[:2] == [far.pk, near.pk]
    assert move(cast, near, "earlier", 1).version == 2


def test_the_first_of_two_who_begin_at_once_is_kept(cast, three, monkeypatch):
    far, near, _late = three
    seen = reading.day_of
    with acting_as(cast.technician):
        before = seen(cast.technician, MONDAY, by=cast.technician)
    move(cast, far, "earlier", 0)
    monkeypatch.setattr(reading, "day_of", lambda *_args, **_more: before)

    assert refusal(lambda: move(cast, far, "earlier", 0)) == "stale"
    monkeypatch.undo()
    assert keys(cast)[:2] == [far.pk, near.pk]


def test_computing_again_gives_the_order_by_hand_up(cast, three):
    far, near, late = three
    move(cast, far, "earlier", 0)

    def again(version):
        with acting_as(cast.technician):
            return service.compute_again(
                technician=cast.technician, day=MONDAY, version=version, by=cast.technician, now=LATER
            )

    assert refusal(lambda: again(0)) == "stale"
    plan = again(1)

    assert (plan.is_by_hand, plan.version, plan.visit_ids) == (False, 2, [near.pk, far.pk, late.pk])
    assert keys(cast) == [near.pk, far.pk, late.pk]
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="day_plan.computed").count() == 1
    assert refusal(lambda: again(2)) == "nothing_by_hand"


def test_everybody_sees_of_a_day_what_lies_in_their_reach(cast):
    here = visit_in(cast, cast.guangcheng, EIGHT)
    elsewhere = visit_in(cast, cast.fangmaping, TEN)

    assert keys(cast) == [here.pk]
    lent = give(cast.technician, Role.AGENT, station=cast.fangmaping)
    assert keys(cast) == [here.pk, elsewhere.pk]
    with seeing_everything():
        Grant.objects.filter(pk=lent.pk).update(withdrawn_at=NOW)
    assert keys(cast) == [here.pk]
    assert keys(cast, by=cast.manager) == [here.pk, elsewhere.pk]
    assert keys(cast, by=cast.agent) == [here.pk]
    assert keys(cast, by=cast.suining_manager) == []


def test_people_of_a_day_are_those_who_make_visits_in_reach(cast):
    visit_in(cast, cast.guangcheng, EIGHT)
    visit_in(cast, cast.liuguang, TEN)
    visit_in(cast, cast.liuguang, TEN, technician=cast.neighbour)
    visit_in(cast, cast.liuguang, TEN, technician=cast.agent, state="cancelled")
    visit_in(cast, cast.liuguang, shanghai(MONDAY, 23) - timedelta(days=1), technician=cast.agent)

    with acting_as(cast.manager):
        people = reading.people_on(MONDAY)
    with acting_as(cast.suining_manager):
        foreign = reading.people_on(MONDAY)

    assert set(people) == {(cast.neighbour.pk, "杨光明", 1), (cast.technician.pk, "陈大勇", 2)}
    assert foreign == []


def test_reading_a_day_takes_the_same_number_of_statements_however_full_it_is(
    cast, three, django_assert_num_queries
):
    for seat in range(2, 8):
        visit_in(cast, cast.guangcheng, EIGHT, seat=seat)
    move(cast, three[0], "earlier", 0)

    with acting_as(cast.technician), django_assert_num_queries(3):
        reading.day_of(cast.technician, MONDAY, by=cast.technician)
