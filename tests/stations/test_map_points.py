"""Where stations and villages stand on every map that shows them."""

from aftersales.web.maps import MapPoint
from stations.models import Station
from stations.models.network import StationState, TierChoices
from stations.queries.maps import COVERED, OPEN, ROUGH, station_point, village_point
from stations.queries.network import VillagePoint


def station(**facts):
    usual = {
        "pk": 7,
        "name": "广城村服务点",
        "tier": TierChoices.VILLAGE,
        "state": StationState.OPERATING,
        "lat": 26.84,
        "lon": 106.59,
        "point_is_own": True,
        "radius_m": 1500,
        "parent_id": 3,
    }
    return Station(**{**usual, **facts})


def test_a_station_with_a_point_of_its_own_stands_there_with_its_radius():
    assert station_point(station(), note="open", url="/stations/7/") == MapPoint(
        key="s7",
        lon=106.59,
        lat=26.84,
        label="广城村服务点",
        kind=TierChoices.VILLAGE,
        parent_key="s3",
        url="/stations/7/",
        note="open",
        radius_km=1.5,
    )


def test_a_village_point_known_by_its_township_stands_beside_it_without_a_radius():
    first, second = (station_point(station(pk=pk, point_is_own=False), note="") for pk in (7, 8))

    assert (first.kind, first.radius_km) == (ROUGH, 0)
    for point in (first, second):
        assert round((point.lon - 106.59) ** 2 + (point.lat - 26.84) ** 2, 9) == 0.008**2
    assert (first.lon, first.lat) != (second.lon, second.lat)


def test_what_does_not_operate_reaches_nobody_and_a_kind_of_the_caller_counts():
    point = station_point(station(state=StationState.CLOSED, parent_id=None), note="", kind="late", mark="4")

    assert (point.kind, point.mark, point.radius_km, point.parent_key) == ("late", "4", 0, "")


def test_a_village_is_reached_or_not():
    kinds = [
        village_point(VillagePoint("520123100201", "广城村", 26.8, 106.6, reached)).kind
        for reached in (True, False)
    ]

    assert kinds == [COVERED, OPEN]
