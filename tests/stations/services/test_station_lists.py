"""Lists of stations in both layouts."""

import pytest
from django.utils.translation import override

from aftersales.lib.tally import Tally
from stations.models import Region, Station
from stations.services import network
from tests.factories import NOW, make_regions, make_station, make_user, seeing_everything

VILLAGES = (
    "village_code,village_name,township_code,township_name,county_code,county_name,"
    "lon_wgs84,lat_wgs84,coord_level"
)
STATIONS = "tier,name,region_code,parent_region_code,lon,lat"
GUANGCHENG = "520123103204,广城村,520123103000,六广镇,520123000000,修文县,106.55,26.95,village"
LIUGUANG = "520123103201,六广村,520123103000,六广镇,520123000000,修文县,106.5,26.9,township"
CHENLOU = "320324102217,陈楼村委会,320324102000,王集镇,320324000000,睢宁县,117.99,33.8,village"


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def stations(lists, write):
    """Import a list into known places; returns the tally and the numbers added above."""
    make_regions()
    return lambda *rows, **options: lists.stations(write("stations.csv", *rows), **options)


def network_of_today():
    with seeing_everything():
        return [
            (
                each.name,
                each.tier,
                each.state,
                each.parent.name if each.parent else "",
                each.lon,
                each.point_is_own,
            )
            for each in Station.objects.order_by("region_id", "id")
        ]


def test_villages_get_a_point_and_what_is_missing_above(stations, lists):
    Region.objects.filter(pk="520123103000").update(lon=106.52, lat=26.92)

    tally, added = stations(VILLAGES, GUANGCHENG, LIUGUANG, CHENLOU)

    assert (tally, added, lists.refusals) == (Tally(imported=3), {"county": 2, "township": 2}, [])
    assert network_of_today() == [
        ("睢宁县县域共配售后中心", "county", "operating", "", None, False),
        ("王集镇乡镇备用处理点", "township", "operating", "睢宁县县域共配售后中心", None, False),
        ("陈楼村服务点", "village", "operating", "王集镇乡镇备用处理点", 117.99, True),
        ("修文县县域共配售后中心", "county", "operating", "", None, False),
        ("六广镇乡镇备用处理点", "township", "operating", "修文县县域共配售后中心", 106.52, False),
        ("六广村服务点", "village", "operating", "六广镇乡镇备用处理点", 106.5, False),
        ("广城村服务点", "village", "operating", "六广镇乡镇备用处理点", 106.55, True),
    ]


def test_a_second_time_changes_nothing(stations):
    stations(VILLAGES, GUANGCHENG, CHENLOU)
    before = network_of_today()

    assert stations(VILLAGES, GUANGCHENG, CHENLOU) == (Tally(unchanged=2), {"county": 0, "township": 0})
    assert network_of_today() == before


def test_a_better_point_is_taken_over(stations):
    stations(VILLAGES, LIUGUANG)

    tally, _added = stations(VILLAGES, LIUGUANG.replace("106.5,26.9,township", "106.51,26.91,village"))

    assert tally == Tally(updated=1)
    assert network_of_today()[-1][-2:] == (106.51, True)


def test_stations_of_all_tiers_in_any_order(stations, lists):
    rows = (
        "village,广城邮站,520123103204,520123103000,106.55,26.95",
        "Township,六广处理点,520123103000,520123000000,,",
        "county,修文中心,520123000000,,106.6,26.8",
        "village,六广超市,520123103201,,,",
    )

    assert stations(STATIONS, *rows)[0] == Tally(imported=4)
    assert lists.refusals == []
    assert network_of_today() == [
        ("修文中心", "county", "operating", "", 106.6, True),
        ("六广处理点", "township", "operating", "修文中心", None, False),
        ("六广超市", "village", "operating", "六广处理点", None, False),
        ("广城邮站", "village", "operating", "六广处理点", 106.55, True),
    ]
    assert stations(STATIONS, *rows)[0] == Tally(unchanged=4)


def test_a_closed_station_stays_closed(stations):
    stations(VILLAGES, GUANGCHENG)
    with seeing_everything():
        station = Station.objects.get(tier="village")
        network.move(station=station, action="close", reason="moved away", by=make_user("boss"), now=NOW)

    assert stations(VILLAGES, GUANGCHENG)[0] == Tally(unchanged=1)
    with seeing_everything():
        assert [each.state for each in Station.objects.filter(tier="village")] == ["closed"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            GUANGCHENG.replace("520123103204", "520123103999"),
            "the place 520123103999 is unknown; import the regions first",
        ),
        (GUANGCHENG.replace(",village", ",own"), "coord_level must be village or township"),
        (GUANGCHENG.replace("520123103204", "5201"), "the code must have 12 digits"),
        (
            GUANGCHENG.replace("520123103204", "520123103000"),
            "A station of this tier cannot stand for this place.",
        ),
        (
            GUANGCHENG.replace("106.55,26.95", "26.95,106.55"),
            "the point lies outside China; longitude comes first",
        ),
        (
            GUANGCHENG.replace("520123103000", "320324102000"),
            "The station above must be of the next tier and of the same county.",
        ),
    ],
    ids=["unknown", "level", "code", "tier", "point", "county"],
)
def test_a_village_that_cannot_be_is_refused(stations, lists, row, reason):
    assert stations(VILLAGES, row)[0] == Tally(refused=1)
    assert lists.refusals == [("stations.csv", 2, reason)]
    assert network_of_today() == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("shop,广城邮站,520123103204,,,", "the tier must be county, township or village"),
        ("village,广城邮站,520123103204,520123103000,,", "六广镇 has no open station to hang this one on"),
        ("village,广城邮站,520123103204,,,", "There is no station above it yet. Enter that one first."),
        ("county,,520123000000,,,", "the name is empty"),
    ],
)
def test_a_station_that_cannot_be_is_refused_and_the_rest_goes_in(stations, lists, row, reason):
    assert stations(STATIONS, row, "county,睢宁中心,320324000000,,,")[0] == Tally(imported=1, refused=1)
    assert lists.refusals == [("stations.csv", 2, reason)]


def test_all_or_nothing_keeps_nothing(stations):
    bad = GUANGCHENG.replace("520123103204", "5201")

    assert stations(VILLAGES, CHENLOU, bad, all_or_nothing=True) == (Tally(refused=2), {})
    assert network_of_today() == []


def test_other_columns_are_told(stations, lists):
    assert stations("a,b", "1,2")[0] == Tally(refused=1)
    assert lists.refusals[0][:2] == ("stations.csv", 1)


def test_two_rows_for_one_centre_are_one_centre_under_the_last_name(stations):
    make_station("county", "520123000000", name="旧名")

    assert stations(STATIONS, "county,新名,520123000000,,,")[0] == Tally(updated=1)
    assert network_of_today() == [("新名", "county", "operating", "", None, False)]
