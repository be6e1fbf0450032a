from datetime import timedelta

import pytest
from django.db import connection

from aftersales.web.paging import CappedCount, keyset_page
from claims.queries import holding
from claims.queries.claims import OPEN_ORDER
from claims.rules.clocks import Level
from tests.factories import NOW, acting_as, make_claim, make_consumer, make_line

XIUWEN, SUINING = "520123000000", "320324000000"


def held(station, level, holder, *, hours=24, status="accepted", **fields):
    """A claim as it stands after climbing, due in so many hours."""
    due = NOW + timedelta(hours=hours)
    return make_claim(station, status=status, level=level, holder=holder, next_due_at=due, **fields)


def test_a_station_holds_what_has_climbed_to_it_the_nearest_due_time_first(cast):
    filed = {"filed_by": cast.agent}
    later = held(cast.guangcheng, Level.TOWNSHIP, cast.liuguang_point, hours=5, **filed)
    sooner = held(cast.liuguang, Level.TOWNSHIP, cast.liuguang_point, hours=-1, **filed)
    held(cast.guangcheng, Level.VILLAGE, cast.guangcheng, **filed)
    held(cast.guangcheng, Level.COUNTY, cast.xiuwen_centre, **filed)
    held(cast.guangcheng, Level.TOWNSHIP, cast.liuguang_point, status="closed", **filed)

    with acting_as(cast.technician):
        assert list(holding.held_at(cast.liuguang_point)) == [sooner, later]
    with acting_as(cast.neighbour):
        assert list(holding.held_at(cast.liuguang_point)) == [sooner]
    with acting_as(cast.suining_manager):
        assert list(holding.held_at(cast.liuguang_point)) == []


def test_a_level_of_a_county_and_the_platform_desk(cast):
    township = held(cast.guangcheng, Level.TOWNSHIP, cast.liuguang_point, filed_by=cast.agent)
    county = held(cast.guangcheng, Level.COUNTY, cast.xiuwen_centre, filed_by=cast.agent)
    ours = held(cast.guangcheng, Level.PLATFORM, None, hours=2, filed_by=cast.agent)
    theirs = held(cast.chenlou, Level.PLATFORM, None, hours=1, filed_by=cast.suining_agent)
    village = held(cast.guangcheng, Level.VILLAGE, cast.guangcheng, filed_by=cast.agent)

    with acting_as(cast.platform):
        assert list(holding.at_the_platform_desk()) == [theirs, ours]
        assert list(holding.at_the_platform_desk(XIUWEN)) == [ours]
    with acting_as(cast.manager):
        assert list(holding.at_the_platform_desk()) == [ours]
        assert [list(holding.held_at_level(level, XIUWEN)) for level in Level] == [
            [village],
            [township],
            [county],
            [ours],
        ]
        assert holding.level_counts(XIUWEN) == {level: CappedCount(1) for level in Level}
        assert holding.level_counts(SUINING, [Level.PLATFORM]) == {Level.PLATFORM: CappedCount(0)}


def test_what_nobody_has_taken_over(cast):
    taken = held(cast.guangcheng, Level.COUNTY, cast.xiuwen_centre, filed_by=cast.agent, handler=cast.officer)
    waiting = held(cast.guangcheng, Level.COUNTY, cast.xiuwen_centre, filed_by=cast.agent, handler=None)

    with acting_as(cast.officer):
        assert list(holding.without_handler(holding.held_at(cast.xiuwen_centre))) == [waiting]
    assert taken.handler == cast.officer


def test_a_count_of_a_level_stops_at_its_cap(cast, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(holding.capped_count, "__kwdefaults__", {"cap": 2})
    for _each in range(3):
        held(cast.guangcheng, Level.TOWNSHIP, cast.liuguang_point, filed_by=cast.agent)

    with acting_as(cast.manager), django_assert_num_queries(4):
        assert holding.level_counts(XIUWEN)[Level.TOWNSHIP] == CappedCount(2, is_capped=True)


@pytest.mark.parametrize(
    ("who", "queue", "index"),
    [
        ("platform", lambda cast: holding.held_at(cast.liuguang_point), "claim_holder_open"),
        ("platform", lambda cast: holding.held_at_level(Level.TOWNSHIP, XIUWEN), "claim_climbed_open"),
        ("manager", lambda cast: holding.held_at_level(Level.COUNTY, XIUWEN), "claim_climbed_open"),
        ("platform", lambda cast: holding.at_the_platform_desk(), "claim_platform_open"),
        ("manager", lambda cast: holding.held_below(Level.COUNTY, XIUWEN), "claim_county_open"),
        (
            "agent",
            lambda cast: holding.climbed_above(Level.VILLAGE, station=cast.guangcheng),
            "claim_station_open",
        ),
    ],
)
def test_a_queue_is_read_from_its_index_in_order(cast, who, queue, index):
    line, consumer = make_line(cast.guangcheng), make_consumer(cast.guangcheng)
    same = {"filed_by": cast.agent, "line": line, "consumer": consumer}
    for level, holder in ((1, cast.liuguang_point), (2, cast.xiuwen_centre), (3, None)):
        for _each in range(5):
            held(cast.guangcheng, level, holder, **same)
    for _each in range(20):
        held(cast.guangcheng, Level.VILLAGE, cast.guangcheng, **same)
    if connection.vendor == "postgresql":
        # Few rows are sorted faster than looked up; what counts here is that the index can serve.
        with connection.cursor() as cursor:
            for way in ("seqscan", "bitmapscan", "sort"):
                cursor.execute(f"SET LOCAL enable_{way} = off")

    with acting_as(getattr(cast, who)):
        plan = queue(cast)[:50].explain()

    assert index in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def test_a_queue_is_paged_by_key(cast):
    claims = [
        held(cast.guangcheng, Level.TOWNSHIP, cast.liuguang_point, hours=hours, filed_by=cast.agent)
        for hours in (1, 2, 2, 3, 4)
    ]

    with acting_as(cast.technician):
        queue = holding.held_at(cast.liuguang_point)
        first = keyset_page(queue, order=OPEN_ORDER, size=3)
        second = keyset_page(queue, order=OPEN_ORDER, size=3, cursor=first.next)

    assert first.rows + second.rows == claims


def test_what_stands_below_and_what_climbed_away(cast):
    filed = {"filed_by": cast.agent}
    village = held(cast.guangcheng, Level.VILLAGE, cast.guangcheng, hours=3, **filed)
    township = held(cast.guangcheng, Level.TOWNSHIP, cast.liuguang_point, hours=2, **filed)
    next_door = held(cast.liuguang, Level.TOWNSHIP, cast.liuguang_point, hours=1, filed_by=cast.neighbour)
    county = held(cast.guangcheng, Level.COUNTY, cast.xiuwen_centre, hours=4, **filed)
    held(cast.guangcheng, Level.COUNTY, cast.xiuwen_centre, status="closed", **filed)
    held(cast.chenlou, Level.COUNTY, cast.suining_centre, filed_by=cast.suining_agent)

    with acting_as(cast.manager):
        assert list(holding.held_below(Level.COUNTY, XIUWEN)) == [next_door, township, village]
        assert list(holding.climbed_above(Level.VILLAGE, county_code=XIUWEN)) == [next_door, township, county]
        assert list(holding.climbed_above(Level.TOWNSHIP, county_code=XIUWEN)) == [county]
    with acting_as(cast.agent):
        assert list(holding.climbed_above(Level.VILLAGE, station=cast.guangcheng)) == [township, county]
