"""Changes between two editions of the codes: places end, what stands there moves, nothing is lost."""

import pytest
from django.utils.translation import override

from aftersales.audit.models import AuditEvent
from aftersales.lib.tally import Tally
from stations.models import Grant, Region, RegionChange, Station
from tests.factories import NOW, make_station, seeing_everything

HEADING = "county_code,code_2016,name_2016,code_2023,name_2023,change"
MOVED = "520123000000,520123103000,六广镇,520123003000,六广街道,new code"


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def changes(lists, write):
    return lambda *rows, **options: lists.changes(write("changes.csv", HEADING, *rows), **options)


def region(code):
    return Region.objects.get(pk=code)


def ended(code):
    return region(code).ended_on, region(code).replaced_by_id


TODAY = NOW.date()


def test_each_kind_of_change_is_applied_once(cast, changes, lists):
    rows = (
        "520123000000,520123001000,龙场街道,520123001000,龙场镇,renamed",
        "520123000000,520123400000,龙岗社区服务中心,,,gone",
        "520123000000,,,520123002000,阳明洞街道,new",
        MOVED,
    )

    assert changes(*rows) == Tally(imported=2, updated=2)
    assert lists.refusals == []
    assert region("520123001000").name == "龙场镇"
    assert ended("520123400000") == (TODAY, None)
    assert (region("520123002000").name, region("520123002000").parent_id) == ("阳明洞街道", "520123000000")
    assert ended("520123103000") == (TODAY, "520123003000")
    assert RegionChange.objects.count() == 4

    before = list(Region.objects.order_by("code").values())
    assert changes(*rows) == Tally(unchanged=4)
    assert list(Region.objects.order_by("code").values()) == before
    assert RegionChange.objects.count() == 4


def test_stations_people_and_rights_follow_a_new_code(cast, changes):
    changes(MOVED)

    with seeing_everything():
        places = dict(Station.objects.values_list("name", "region_id"))
        assert places["六广镇乡镇备用处理点"] == "520123003000"
        assert places["广城村服务点"] == "520123003204"
        assert places["六广村服务点"] == "520123003201"
        assert places["放马坪村服务点"] == "520123001208"
        assert ended("520123103204") == (TODAY, "520123003204")
        rights = Grant.objects.filter(user=cast.technician).order_by("id")
        assert [(each.region_id, each.withdrawn_at is None) for each in rights] == [
            ("520123103000", False),
            ("520123003000", True),
        ]
        history = Station.history.filter(id=cast.guangcheng.pk).first()
        assert history.history_change_reason == "code changed from 520123103204 to 520123003204"
        assert AuditEvent.objects.filter(verb="station.region_changed").count() == 3


def test_villages_of_an_imported_new_township_are_found_by_name(cast, changes, lists, write):
    lists.regions(
        write("new.csv", "code,name", "520123003000,六广街道", "520123003001,广城村", "520123003002,六广村")
    )

    changes(MOVED)

    with seeing_everything():
        assert dict(Station.objects.filter(tier="village").values_list("name", "region_id")) == {
            "广城村服务点": "520123003001",
            "六广村服务点": "520123003002",
            "放马坪村服务点": "520123001208",
            "陈楼村服务点": "320324102217",
        }


def test_a_station_whose_village_is_in_no_new_list_stops_its_row(cast, changes, lists, write):
    lists.regions(write("new.csv", "code,name", "520123003000,六广街道", "520123003001,六广村"))

    assert changes(MOVED, "520123000000,,,520123002000,阳明洞街道,new") == Tally(imported=1, refused=1)
    assert lists.refusals == [
        (
            "changes.csv",
            2,
            "广城村 has a station but no place under the new code; import its villages first",
        )
    ]
    with seeing_everything():
        assert Station.objects.get(pk=cast.guangcheng.pk).region_id == "520123103204"
    assert ended("520123103000") == (None, None)


def test_a_village_without_station_ends_in_the_township(cast, changes, lists, write):
    lists.regions(
        write(
            "new.csv",
            "code,name",
            "520123103209,无站村",
            "520123003000,六广街道",
            "520123003001,广城村",
            "520123003002,六广村",
        )
    )

    assert changes(MOVED) == Tally(updated=1)
    assert ended("520123103209") == (TODAY, "520123003000")


def test_merged_townships_must_not_have_two_standby_points(cast, changes, lists):
    merged = "520123000000,520123103000,六广镇,520123001000,龙场街道,merged"

    assert changes(merged) == Tally(refused=1)
    assert lists.refusals[0][2] == "龙场街道 would have two stations of one tier; close one of them first"

    with seeing_everything():
        Station.objects.filter(pk=cast.liuguang_point.pk).update(state="closed")
        Station.objects.filter(parent=cast.liuguang_point).update(state="closed")
    assert changes(merged) == Tally(updated=1)


def test_an_old_place_that_was_never_imported_is_kept_as_ended(cast, changes):
    changes("520123000000,520123202000,小箐乡,520123108000,小箐镇,new code")

    assert ended("520123202000") == (TODAY, "520123108000")
    assert region("520123202000").name == "小箐乡"


def test_a_place_that_comes_back_lives_again(cast, changes):
    changes("520123000000,520123103000,六广镇,,,gone")

    changes("520123000000,,,520123103000,六广镇,back")

    assert ended("520123103000") == (None, None)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("520123000000,,,,,", "the row has neither an old nor a new code"),
        ("520123000000,5201,短,,,gone", "the code must have 12 digits"),
        ("520123000000,,,520123002000,,new", "the name is empty"),
        ("320324000000,,,520123002000,阳明洞街道,new", "520123002000 lies in another county"),
        (
            "520123000000,520123103000,六广镇,320324003000,六广街道,moved",
            "320324003000 lies in another county",
        ),
        (",520123103000,六广镇,320324003000,六广街道,moved", "a place cannot change its county by a list"),
        (
            "520123000000,520123103000,六广镇,520123003001,六广村,moved",
            "the old and the new code stand for places of different levels",
        ),
        (
            "520123000000,520123000000,修文县,520123000000,修文市,renamed",
            "only townships and villages can be changed by a list",
        ),
        ("999999000000,,,999999001000,无处,new", "the place above 999999001000 is unknown"),
    ],
)
def test_a_row_that_cannot_be_is_refused(cast, changes, lists, row, reason):
    before = list(Region.objects.order_by("code").values())

    assert changes(row) == Tally(refused=1)
    assert lists.refusals == [("changes.csv", 2, reason)]
    assert list(Region.objects.order_by("code").values()) == before
    assert RegionChange.objects.count() == 0


def test_all_or_nothing_takes_back_the_good_rows(cast, changes):
    assert changes(MOVED, "520123000000,,,,,", all_or_nothing=True) == Tally(refused=2)
    assert ended("520123103000") == (None, None)


def test_a_closed_station_does_not_stop_its_village(cast, changes, lists, write):
    make_station("village", "520123103201", cast.liuguang_point, name="旧服务点", state="closed")
    with seeing_everything():
        Station.objects.filter(tier="village", region="520123103201").update(state="closed")
    lists.regions(write("new.csv", "code,name", "520123003000,六广街道", "520123003001,广城村"))

    assert changes(MOVED) == Tally(updated=1)
