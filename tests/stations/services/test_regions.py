"""Lists of divisions: what goes in, what is refused by line, and that a second time changes nothing."""

import pytest
from django.utils.translation import override

from aftersales.audit.models import AuditEvent
from aftersales.lib.tally import Tally
from stations.models import Region
from stations.rules.regions import Level
from tests.factories import seeing_everything

COUNTY = ["520000000000,贵州省", "520100000000,贵阳市", "520123000000,修文县"]
TOWNSHIP = ["520123103000,六广镇", "520123001000,龙场街道"]
VILLAGE = ["520123103204,广城村", "520123103201,六广村"]


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def table():
    return {
        region.code: (region.name, region.level, region.parent_id)
        for region in Region.objects.order_by("code")
    }


WHOLE = {
    "520000000000": ("贵州省", Level.PROVINCE, None),
    "520100000000": ("贵阳市", Level.CITY, "520000000000"),
    "520123000000": ("修文县", Level.COUNTY, "520100000000"),
    "520123001000": ("龙场街道", Level.TOWNSHIP, "520123000000"),
    "520123103000": ("六广镇", Level.TOWNSHIP, "520123000000"),
    "520123103201": ("六广村", Level.VILLAGE, "520123103000"),
    "520123103204": ("广城村", Level.VILLAGE, "520123103000"),
}


def test_levels_come_in_any_order_across_files(lists, write):
    villages = write(
        "villages.csv", "name,urban,code", *(",x,".join(reversed(v.split(","))) for v in VILLAGE)
    )
    above = write("above.csv", "code,name", *TOWNSHIP, *reversed(COUNTY))

    tally = lists.regions(villages, above)

    assert (str(tally), lists.refusals) == ("imported 7, updated 0, unchanged 0, refused 0", [])
    assert table() == WHOLE


def test_a_second_time_changes_nothing(lists, write):
    path = write("all.csv", "code,name", *COUNTY, *TOWNSHIP, *VILLAGE)
    lists.regions(path)
    before = table()

    tally = lists.regions(path)

    assert tally == Tally(unchanged=7)
    assert table() == before
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="regions.imported").count() == 1


def test_bad_rows_are_refused_by_line_and_the_rest_goes_in(lists, write):
    path = write(
        "mixed.csv",
        "code,name",
        *COUNTY,
        "3203,too short",
        "52012310320x,letter",
        "520123000204,village of no township",
        "000000000000,nation",
        "520123105000,",
        "520123106000," + "长" * 61,
        "520123107000,a\x07b",
        "990101001000,nowhere",
        "520199001000,township of an unknown county",
        "520123999201,village of an unknown township",
        '520123108000,"open',
        *TOWNSHIP,
    )

    tally = lists.regions(path)

    assert tally == Tally(imported=5, refused=11)
    assert sorted(lists.refusals) == [
        ("mixed.csv", 5, "the code must have 12 digits"),
        ("mixed.csv", 6, "the code must have digits only"),
        ("mixed.csv", 7, "the code names a place in nothing: a level above the last one is empty"),
        ("mixed.csv", 8, "the code names no place"),
        ("mixed.csv", 9, "the name is empty"),
        ("mixed.csv", 10, "the name has more than 60 signs"),
        ("mixed.csv", 11, "the name contains signs that cannot be printed"),
        ("mixed.csv", 12, "the place above is unknown"),
        ("mixed.csv", 13, "the place above is unknown"),
        ("mixed.csv", 14, "the place above is unknown"),
        ("mixed.csv", 15, "the quotation marks of the line do not match"),
    ]
    assert table() == {code: row for code, row in WHOLE.items() if row[1] != Level.VILLAGE}


def test_all_or_nothing_keeps_nothing_when_one_row_is_refused(lists, write):
    good = write("good.csv", "code,name", *COUNTY)
    bad = write("bad.csv", "code,name", "3203,short")

    assert lists.regions(good, bad, all_or_nothing=True) == Tally(refused=4)
    assert table() == {}

    assert lists.regions(good, all_or_nothing=True) == Tally(imported=3)


def test_the_same_code_with_another_name_is_refused_in_one_import(lists, write):
    first = write("first.csv", "code,name", *COUNTY)
    second = write("second.csv", "code,name", "520123000000,修文区", "520100000000,贵阳市")

    tally = lists.regions(first, second)

    assert tally == Tally(imported=3, unchanged=1, refused=1)
    assert lists.refusals == [
        ("second.csv", 2, "another row of this import, in line 4, says 修文县 for this code")
    ]


def test_a_later_list_renames(lists, write):
    lists.regions(write("old.csv", "code,name,is_placeholder", *(f"{row},0" for row in COUNTY)))

    tally = lists.regions(write("new.csv", "code,name,is_placeholder", "520123000000,修文市,1", COUNTY[0]))

    assert tally == Tally(updated=1, unchanged=1)
    region = Region.objects.get(pk="520123000000")
    assert (region.name, region.is_placeholder, region.parent_id) == ("修文市", True, "520100000000")


def test_a_list_without_the_column_keeps_the_placeholder(lists, write):
    lists.regions(
        write("a.csv", "code,name,is_placeholder", "110000000000,北京市,0", "110100000000,市辖区,1")
    )

    lists.regions(write("b.csv", "code,name", "110100000000,辖区"))

    assert Region.objects.get(pk="110100000000").is_placeholder is True


def test_a_flag_that_is_none_is_refused(lists, write):
    lists.regions(write("a.csv", "code,name,is_placeholder", "110000000000,北京市,no"))

    assert lists.refusals == [("a.csv", 2, "is_placeholder must be 0 or 1")]


@pytest.mark.parametrize("columns", ["lon_wgs84,lat_wgs84", "lon,lat"])
def test_points_are_stored_and_names_of_known_places_kept(lists, write, columns):
    lists.regions(write("all.csv", "code,name", *COUNTY))
    points = write(
        "points.csv", f"code,name,{columns}", "520123000000,修文,106.6,26.8", "520124000000,息烽县,106.7,27.1"
    )

    assert lists.regions(points) == Tally(imported=1, updated=1)
    assert lists.regions(points) == Tally(unchanged=2)
    assert list(Region.objects.filter(lon__isnull=False).values_list("code", "name", "lon", "lat")) == [
        ("520123000000", "修文县", 106.6, 26.8),
        ("520124000000", "息烽县", 106.7, 27.1),
    ]


def test_names_and_points_may_come_together(lists, write):
    names = write("all.csv", "code,name", *COUNTY)
    points = write("points.csv", "code,name,lon,lat", "520123000000,修文,106.6,26.8")

    assert lists.regions(points, names) == Tally(imported=3, updated=1)
    assert (Region.objects.get(pk="520123000000").name, Region.objects.get(pk="520123000000").lat) == (
        "修文县",
        26.8,
    )


@pytest.mark.parametrize(
    ("point", "reason"),
    [
        ("106.6,", "longitude and latitude must both be numbers"),
        ("106.6,north", "longitude and latitude must both be numbers"),
        ("26.8,106.6", "the point lies outside China; longitude comes first"),
        ("nan,26.8", "the point lies outside China; longitude comes first"),
    ],
)
def test_a_point_that_cannot_be_is_refused(lists, write, point, reason):
    lists.regions(write("points.csv", "code,name,lon,lat", f"520000000000,贵州省,{point}"))

    assert lists.refusals == [("points.csv", 2, reason)]
    assert table() == {}


def test_two_points_for_one_code_are_refused(lists, write):
    lists.regions(
        write(
            "p.csv", "code,name,lon,lat", "520000000000,贵州省,106.6,26.8", "520000000000,贵州省,106.7,26.8"
        )
    )

    assert lists.refusals == [
        ("p.csv", 3, "another row of this import, in line 2, says 106.6, 26.8 for this code")
    ]


def test_counties_hang_on_the_province_until_their_city_comes(lists, write):
    lists.regions(write("a.csv", "code,name", COUNTY[0], COUNTY[2]))
    assert Region.objects.get(pk="520123000000").parent_id == "520000000000"

    lists.regions(write("b.csv", "code,name", COUNTY[1]))

    assert Region.objects.get(pk="520123000000").parent_id == "520100000000"


def test_towns_of_a_city_without_counties_hang_on_the_city(lists, write):
    lists.regions(
        write("a.csv", "code,name", "441900003000,东城街道", "441900000000,东莞市", "440000000000,广东省")
    )

    assert Region.objects.get(pk="441900003000").parent_id == "441900000000"


def test_a_file_in_another_encoding_brings_nothing_in(lists, tmp_path):
    path = tmp_path / "gbk.csv"
    path.write_bytes("\n".join(["code,name", *COUNTY]).encode("gbk"))

    assert lists.regions(path) == Tally(refused=1)
    assert lists.refusals == [("gbk.csv", 2, "the file is not UTF-8; save it as CSV UTF-8")]
