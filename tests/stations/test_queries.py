"""Reading the network: ranges of codes, coverage, points for maps."""

import pytest
from django.db import connection

from stations import queries
from stations.models import Region, Station
from stations.rules.distance import Coverage
from tests.factories import acting_as, seeing_everything

XIUWEN = "520123000000"


def plan(queryset) -> str:
    """How the database would look the rows up. PostgreSQL is told to think the tables are large."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        sql, parameters = queryset.order_by().query.sql_with_params()
        explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
        cursor.execute(explain + sql, parameters)
        return "\n".join(
            str(row[-1] if connection.vendor == "sqlite" else row[0]) for row in cursor.fetchall()
        )


def uses_a_range(steps: str, column: str) -> bool:
    """Whether the plan finds its rows in an index by bounds on the column, instead of filtering a scan."""
    if connection.vendor == "postgresql":
        bounds = [line for line in steps.splitlines() if "Index Cond" in line]
        return any(
            f"{column})::text >=" in line or f"{column} >=" in line or f"{column})::text =" in line
            for line in bounds
        )
    return "SEARCH" in steps and (f"{column}>?" in steps or f"{column}=?" in steps)


def test_a_plan_without_range_is_noticed(cast):
    with seeing_everything():
        assert not uses_a_range(plan(Region.objects.filter(name__contains="村")), "code")


@pytest.mark.parametrize("prefix", ["52", "5201", "520123", "520123103", "520123103204"])
def test_places_inside_a_prefix_are_one_range_of_the_key(cast, prefix):
    found = queries.regions_inside(prefix)

    assert uses_a_range(plan(found), "code")
    assert {region.code for region in found} == {
        code for code in Region.objects.values_list("code", flat=True) if code.startswith(prefix)
    }


@pytest.mark.parametrize(
    ("prefix", "column", "names"),
    [
        ("52", "county_code", 6),
        ("520123", "county_code", 6),
        ("520123103", "region_id", 3),
        ("520123103204", "region_id", 1),
        ("3203", "county_code", 3),
        ("51", "county_code", 0),
    ],
)
def test_stations_inside_a_prefix_are_one_range_of_an_index(cast, prefix, column, names):
    with seeing_everything():
        found = queries.stations_inside(prefix)

        assert uses_a_range(plan(found), column)
        assert found.count() == names


def test_stations_outside_the_scope_are_not_found(cast):
    with acting_as(cast.technician):
        assert {each.name for each in queries.stations_inside("52")} == {
            "六广镇乡镇备用处理点",
            "六广村服务点",
            "广城村服务点",
        }
        assert not queries.stations_inside("3203").exists()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("六广", ["520123103000", "520123103201"]),
        ("520123103", ["520123103000", "520123103201", "520123103204"]),
        ("52012310320", ["520123103201", "520123103204"]),
        ("5201231032041", ["520123103204"]),
        (" ", []),
        ("没有", []),
    ],
)
def test_places_are_found_by_name_or_beginning_of_the_code(cast, text, codes):
    assert [region.code for region in queries.search_regions(text).order_by("code")] == codes


def test_ended_places_are_not_offered(cast):
    Region.objects.filter(pk="520123103204").update(ended_on="2026-01-01")

    assert not queries.search_regions("广城").exists()


def test_counties_include_cities_without_counties(cast):
    Region.objects.create(code="441900000000", name="东莞市", level=2)
    Region.objects.create(code="441900003000", name="东城街道", level=4, parent_id="441900000000")

    assert {region.name for region in queries.counties()} == {"修文县", "睢宁县", "东莞市"}


@pytest.mark.parametrize(
    ("text", "number"), [("六广", 2), ("52012310320", 2), ("广城村", 1), ("", 6), ("x", 0)]
)
def test_stations_are_found_by_name_place_or_code(cast, text, number):
    with acting_as(cast.manager):
        assert queries.search_stations(Station.objects.all(), text).count() == number


def located(code, lat, lon):
    Region.objects.filter(pk=code).update(lat=lat, lon=lon)


def test_coverage_counts_located_villages_near_operating_stations(cast):
    """Broad: 0.01 degrees of latitude are 1.1 km."""
    located("520123103204", 26.90, 106.50)
    located("520123103201", 26.92, 106.50)
    Region.objects.create(code="520123103205", name="远村", level=5, lat=27.5, lon=106.5)
    Region.objects.create(code="520123103206", name="无点村", level=5)
    Region.objects.create(
        code="520123103207", name="旧村", level=5, lat=26.9, lon=106.5, ended_on="2026-01-01"
    )
    with seeing_everything():
        Station.objects.filter(pk=cast.guangcheng.pk).update(lat=26.90, lon=106.50, point_is_own=True)

        found = queries.coverage(XIUWEN)

        assert (found.villages, found.located, found.with_station) == (5, 3, 3)
        assert found.reach == Coverage(places=3, covered=2)
        assert [(each.tier, each.stations, each.operating) for each in found.tiers] == [
            ("county", 1, 1),
            ("township", 2, 2),
            ("village", 3, 3),
        ]
        assert (found.stations_per_village, found.share_with_station) == (3 / 5, 3 / 5)

        for change in ({"point_is_own": False}, {"state": "suspended"}, {"radius_m": 1}):
            Station.objects.filter(pk=cast.guangcheng.pk).update(**change)
            assert queries.coverage(XIUWEN).reach.covered == (1 if "radius_m" in change else 0), change
            Station.objects.filter(pk=cast.guangcheng.pk).update(
                point_is_own=True, state="operating", radius_m=3000
            )


def test_coverage_of_a_county_without_villages_has_no_share(cast):
    with seeing_everything():
        found = queries.coverage("520199000000")

    assert (found.villages, found.stations_per_village, found.share_with_station, found.reach.share) == (
        0,
        None,
        None,
        None,
    )


def test_map_points_are_stations_with_a_point_and_located_villages(cast):
    located("520123103201", 26.92, 106.50)
    with seeing_everything():
        Station.objects.filter(pk__in=[cast.guangcheng.pk, cast.chenlou.pk]).update(lat=26.90, lon=106.50)
        Station.objects.filter(pk=cast.liuguang.pk).update(lat=26.92, lon=106.50, state="closed")

        stations, villages = queries.map_points(XIUWEN)

    assert stations == [cast.guangcheng]
    assert [(each.code, each.is_covered) for each in villages] == [("520123103201", False)]
