"""The real places of the demo go in whole, and their coverage is what another program computed."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from stations import queries
from stations.models import Region, RegionChange, Station
from stations.rules.regions import Level
from tests import golden
from tests.factories import seeing_everything

GEO = Path(__file__).resolve().parents[2] / "demo" / "geo"
LISTS = [str(GEO / f"{name}.csv") for name in ("points", "villages", "divisions", "townships")]


def run(command, *arguments) -> list[str]:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def places(db):
    return run("import_regions", *LISTS)


def test_every_row_goes_in_once(places):
    assert places[-1] == "imported 8822, updated 1432, unchanged 4, refused 0"
    assert run("import_regions", *LISTS)[-1] == "imported 0, updated 0, unchanged 10258, refused 0"
    levels = {level: Region.objects.filter(level=level).count() for level in Level if level}
    assert levels == {
        Level.PROVINCE: 31,
        Level.CITY: 342,
        Level.COUNTY: 2975,
        Level.TOWNSHIP: 305,
        Level.VILLAGE: 5169,
    }
    assert not Region.objects.filter(parent=None).exclude(level=Level.PROVINCE).exists()


def test_stations_go_in_with_everything_above(places):
    assert run("import_stations", str(GEO / "stations.csv")) == [
        "added above: 180 township points, 20 county centres",
        "imported 200, updated 0, unchanged 0, refused 0",
    ]
    assert run("import_stations", str(GEO / "stations.csv")) == [
        "imported 0, updated 0, unchanged 200, refused 0"
    ]
    with seeing_everything():
        assert not Station.objects.exclude(tier="county").filter(parent=None).exists()
        assert Station.objects.filter(state="operating").count() == 400
        assert {each.name for each in Station.objects.filter(county_code="520123000000", tier="county")} == {
            "修文县县域共配售后中心"
        }

    by_county = {}
    with seeing_everything():
        stations = set(Station.objects.filter(tier="village").values_list("region_id", flat=True))
        for county in Station.objects.filter(tier="county").values_list("region_id", flat=True):
            for village in queries.map_points(county)[1]:
                if village.code not in stations:
                    by_county[village.code] = village.is_covered
    # Geodesic distances on WGS 84 by an independent program, the limit of 3 km included.
    expected = {row["village_code"]: row["within_3km"] == "1" for row in golden.rows("radius_3km")}
    assert {code: by_county[code] for code in expected} == expected
    # What it left out are villages of a county none of whose stations has a point of its own.
    assert {code for code in by_county.keys() - expected.keys() if by_county[code]} == set()


def test_changes_of_codes_go_in_once(places):
    changes = str(GEO / "township_code_changes.csv")

    assert run("import_regions", "--changes", changes) == ["imported 0, updated 39, unchanged 0, refused 0"]
    assert run("import_regions", "--changes", changes) == ["imported 0, updated 0, unchanged 39, refused 0"]
    assert RegionChange.objects.count() == 39
    old = Region.objects.get(pk="520123100000")
    assert (old.name, old.replaced_by.name, old.ended_on is None) == ("龙场镇", "龙场街道", False)
    assert run("import_regions", *LISTS)[-1] == "imported 0, updated 0, unchanged 10258, refused 0"
