"""Parts of a visit: put aside, built in, put back; who comes too late is told where others lie."""

from datetime import timedelta

import pytest

from aftersales.lib.errors import Refused
from claims.queries.parts import shelves_for, sources_of
from claims.services import parts
from stations.models import Station
from tests.claims.parts.cases import (
    end,
    events,
    make_part,
    make_stock,
    make_visit,
    movements_of,
    shelf,
    uses_of,
)
from tests.factories import NOW, acting_as, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def pump(db):
    return make_part(old_part_comes_back=True)


@pytest.fixture
def stock(cast, pump):
    return make_stock(pump, cast.liuguang_point, on_hand=2, by=cast.technician)


def put_aside(cast, visit, part, *, station=None, by=None, quantity=1):
    by = by or cast.technician
    with acting_as(by):
        return parts.reserve(
            visit=visit,
            part=part,
            station=station or cast.liuguang_point,
            quantity=quantity,
            by=by,
            now=NOW,
        )


def refusal(call, by, **given) -> Refused:
    with acting_as(by), pytest.raises(Refused) as refused:
        call(by=by, now=NOW, **given)
    return refused.value


def test_a_part_is_put_aside_and_built_in(cast, pump, stock):
    visit = make_visit(cast)

    use = put_aside(cast, visit, pump, quantity=2)
    assert (shelf(stock), uses_of(visit)) == ((2, 2), [("X-PUMP", 2, "reserved", "none")])
    with acting_as(cast.technician):
        parts.use(use=use, old_part="taken_back", by=cast.technician, now=NOW)

    assert (shelf(stock), uses_of(visit)) == ((0, 0), [("X-PUMP", 2, "used", "taken_back")])
    assert movements_of(stock)[-1] == ("used", -2, 0, "")
    assert use.cost_fen == 9000
    said = {"part": "X-PUMP", "name": "排水泵", "quantity": 2, "visit": visit.pk}
    assert [
        (each.verb, each.claim_id, each.station_id, each.after)
        for each in events("part.put_aside", "part.used")
    ] == [
        ("part.put_aside", visit.claim_id, cast.liuguang_point.pk, said),
        ("part.used", visit.claim_id, cast.liuguang_point.pk, {**said, "old_part": "taken_back"}),
    ]


def test_a_part_that_is_not_needed_is_free_again(cast, pump, stock):
    visit = make_visit(cast)
    use = put_aside(cast, visit, pump)

    with acting_as(cast.technician):
        parts.release(use=use, by=cast.technician, now=NOW)

    assert (shelf(stock), uses_of(visit)) == ((2, 0), [("X-PUMP", 1, "released", "none")])
    for call, more in ((parts.release, {}), (parts.use, {"old_part": "taken_back"})):
        assert refusal(call, cast.technician, use=use, **more).code == "use_ended"
    assert shelf(stock) == (2, 0)


def test_whoever_comes_second_is_told_the_nearest_others(cast, pump, stock):
    points = {
        cast.liuguang_point: (26.95, 106.40),
        cast.xiuwen_centre: (26.84, 106.60),
        cast.longchang_point: (26.86, 106.58),
    }
    for station, (lat, lon) in points.items():
        Station._base_manager.filter(pk=station.pk).update(lat=lat, lon=lon)
    make_stock(pump, cast.xiuwen_centre, on_hand=4, by=cast.officer)
    make_stock(pump, cast.longchang_point, on_hand=1, by=cast.officer)
    make_stock(pump, cast.guangcheng, on_hand=1, by=cast.officer)
    with seeing_everything():
        parts.receive(part=pump, station=cast.wangji_point, quantity=9, by=cast.suining_officer, now=NOW)
    put_aside(cast, make_visit(cast), pump, quantity=2)

    refused = refusal(
        parts.reserve,
        cast.technician,
        visit=make_visit(cast),
        part=pump,
        station=cast.liuguang_point,
        quantity=1,
    )

    assert (refused.code, refused.field) == ("part_short", "quantity")
    assert refused.details == {
        "alternatives": [
            {"station": cast.longchang_point.pk, "free": 1, "distance_m": 20463},
            {"station": cast.xiuwen_centre.pk, "free": 4, "distance_m": 23302},
            {"station": cast.guangcheng.pk, "free": 1, "distance_m": None},
        ]
    }
    assert str(refused) == (
        "There are not enough free pieces at 六广镇乡镇备用处理点. Nearest: 龙场街道乡镇备用处理点 (20.5 km, "
        "free: 1); 修文县县域共配售后中心 (23.3 km, free: 4); 广城村服务点 (free: 1)."
    )
    assert shelf(stock) == (2, 2)


def test_where_nobody_has_one_that_is_said(cast, pump):
    refused = refusal(
        parts.reserve,
        cast.technician,
        visit=make_visit(cast),
        part=pump,
        station=cast.liuguang_point,
        quantity=1,
    )

    assert refused.details == {"alternatives": []}
    assert str(refused) == (
        "There are not enough free pieces at 六广镇乡镇备用处理点, nor anywhere else in the county."
    )


def test_the_agent_takes_parts_from_the_way_up_and_nowhere_else(cast, pump, stock):
    visit = make_visit(cast)
    make_stock(pump, cast.longchang_point, on_hand=1, by=cast.officer)
    make_stock(pump, cast.liuguang, on_hand=1, by=cast.officer)

    with acting_as(cast.agent):
        offered = set(sources_of(visit))
        shelves = [(each.station, each.free) for each in shelves_for(visit, pump)]
    assert offered == {cast.guangcheng, cast.liuguang_point, cast.xiuwen_centre}
    assert shelves == [(cast.liuguang_point, 2)]
    for station in (cast.longchang_point, cast.liuguang, cast.wangji_point):
        refused = refusal(parts.reserve, cast.agent, visit=visit, part=pump, station=station, quantity=1)
        assert refused.code == "unknown_station"

    use = put_aside(cast, visit, pump, by=cast.agent)
    with acting_as(cast.agent):
        parts.use(use=use, old_part="left", by=cast.agent, now=NOW)
    assert (shelf(stock), uses_of(visit)) == ((1, 0), [("X-PUMP", 1, "used", "left")])


def test_a_visit_out_of_reach_takes_nothing(cast, pump, stock):
    visit = make_visit(cast)
    use = put_aside(cast, visit, pump)

    given = {"visit": visit, "part": pump, "station": cast.liuguang_point, "quantity": 1}
    for by in (cast.neighbour, cast.suining_officer):
        assert refusal(parts.reserve, by, **given).code == "unknown_visit"
        assert refusal(parts.release, by, use=use).code == "unknown_visit"
        assert refusal(parts.use, by, use=use, old_part="left").code == "unknown_visit"
        assert refusal(parts.use_unreserved, by, old_part="left", **given).code == "unknown_visit"
    assert shelf(stock) == (2, 1)


def test_the_same_part_is_put_aside_once(cast, pump, stock):
    visit = make_visit(cast)
    put_aside(cast, visit, pump)

    given = {"part": pump, "station": cast.liuguang_point, "quantity": 1}
    assert refusal(parts.reserve, cast.technician, visit=visit, **given).code == "already_put_aside"
    assert shelf(stock) == (2, 1)
    put_aside(cast, make_visit(cast), pump)
    assert shelf(stock) == (2, 2)


@pytest.mark.parametrize("quantity", [0, -1, 21, "2"])
def test_a_visit_takes_a_number_that_makes_sense(cast, pump, stock, quantity):
    given = {"visit": make_visit(cast), "part": pump, "station": cast.liuguang_point}

    refused = refusal(parts.reserve, cast.technician, quantity=quantity, **given)

    assert (refused.code, shelf(stock)) == ("quantity_out_of_range", (2, 0))


@pytest.mark.parametrize("state", ["done", "failed", "moved", "cancelled"])
def test_nothing_is_put_aside_for_a_visit_that_has_ended(cast, pump, stock, state):
    visit = make_visit(cast, state=state)

    given = {"visit": visit, "part": pump, "station": cast.liuguang_point, "quantity": 1}
    assert refusal(parts.reserve, cast.technician, **given).code == "visit_ended"
    assert shelf(stock) == (2, 0)


def test_where_the_old_part_must_come_back_somebody_says_where_it_is(cast, pump, stock):
    visit = make_visit(cast)
    use = put_aside(cast, visit, pump)

    for old_part in ("none", "sent_on", "", "lost"):
        refused = refusal(parts.use, cast.technician, use=use, old_part=old_part)
        assert (refused.code, refused.field) == ("old_part_unknown", "old_part")
    assert shelf(stock) == (2, 1)

    belt = make_part("X-BELT", old_part_comes_back=False)
    make_stock(belt, cast.liuguang_point, on_hand=1, by=cast.technician)
    worn = put_aside(cast, visit, belt)
    with acting_as(cast.technician):
        parts.use(use=use, old_part="missing", by=cast.technician, now=NOW)
        parts.use(use=worn, old_part="none", by=cast.technician, now=NOW)
    assert uses_of(visit) == [("X-PUMP", 1, "used", "missing"), ("X-BELT", 1, "used", "none")]


def test_what_is_left_over_when_a_visit_ends_is_put_back_once(cast, pump, stock):
    belt = make_part("X-BELT")
    belts = make_stock(belt, cast.xiuwen_centre, on_hand=1, by=cast.officer)
    visit, other = make_visit(cast), make_visit(cast)
    used = put_aside(cast, visit, pump)
    put_aside(cast, visit, belt, station=cast.xiuwen_centre)
    put_aside(cast, other, pump)
    with acting_as(cast.agent):
        parts.use(use=used, old_part="taken_back", by=cast.agent, now=NOW)
        ended = end(visit, "done")

        settled = [parts.settle(visit=ended, by=cast.agent, now=NOW) for _press in range(2)]

    assert settled == [1, 0]
    assert uses_of(visit) == [("X-PUMP", 1, "used", "taken_back"), ("X-BELT", 1, "released", "none")]
    assert (shelf(stock), shelf(belts)) == ((1, 1), (1, 0))
    assert len(events("part.put_back")) == 1


def test_what_is_put_aside_goes_along_to_another_time(cast, pump, stock):
    visit = make_visit(cast)
    put_aside(cast, visit, pump)
    later = make_visit(cast, claim=end(visit, "moved").claim)

    with acting_as(cast.technician):
        moved = parts.carry_over(visit=visit, to=later, by=cast.technician, now=NOW)

    assert (moved, uses_of(visit), uses_of(later)) == (1, [], [("X-PUMP", 1, "reserved", "none")])
    (event,) = events("part.carried_over")
    assert (event.claim_id, event.before, event.after) == (
        visit.claim_id,
        {"visit": visit.pk},
        {"parts": 1},
    )


def test_a_part_out_of_the_bag_is_written_down_also_some_days_afterwards(cast, pump, stock):
    visit = end(make_visit(cast), "done")
    given = {"visit": visit, "part": pump, "station": cast.liuguang_point, "quantity": 1}

    with acting_as(cast.technician):
        parts.use_unreserved(
            old_part="taken_back", by=cast.technician, now=NOW + timedelta(days=6, hours=23), **given
        )
        with pytest.raises(Refused) as refused:
            parts.use_unreserved(
                old_part="taken_back", by=cast.technician, now=NOW + timedelta(days=7), **given
            )

    assert refused.value.code == "visit_ended"
    assert (shelf(stock), uses_of(visit)) == ((1, 0), [("X-PUMP", 1, "used", "taken_back")])
    assert movements_of(stock)[-1] == ("used", -1, 1, "")


def test_a_part_that_is_put_aside_for_others_does_not_come_out_of_the_bag(cast, pump, stock):
    put_aside(cast, make_visit(cast), pump, quantity=2)
    visit = make_visit(cast)

    given = {"visit": visit, "part": pump, "station": cast.liuguang_point, "quantity": 1}
    refused = refusal(parts.use_unreserved, cast.technician, old_part="left", **given)

    assert (refused.code, shelf(stock), uses_of(visit)) == ("part_short", (2, 2), [])
