from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.lib.errors import InvalidValue
from stations.rules.distance import (
    Coverage,
    bounding_box,
    coverage,
    covered_places,
    haversine_m,
    nearest,
)
from stations.rules.tiers import DEFAULT_RADIUS_M
from tests import golden
from tests.property import cases

PAIRS = golden.rows("distances")
in_china = st.tuples(st.floats(18, 54), st.floats(73, 135))


def place(row):
    return float(row["place_lat"]), float(row["place_lon"])


def station(row):
    return float(row["station_lat"]), float(row["station_lon"])


@pytest.mark.parametrize("row", PAIRS, ids=lambda row: row["place_name"])
def test_a_sphere_is_close_enough_to_the_ellipsoid(row):
    expected = int(row["distance_m"])

    distance = haversine_m(place(row), station(row))

    assert abs(distance - expected) <= max(30, expected * 0.005)
    assert (distance <= DEFAULT_RADIUS_M) == (row["within_3km"] == "1")


def test_coverage_counts_places_with_a_station_in_reach():
    stations = sorted({station(row) for row in PAIRS})
    covered = sum(row["within_3km"] == "1" for row in PAIRS)

    found = coverage([place(row) for row in PAIRS], stations, DEFAULT_RADIUS_M)

    assert (found, found.share) == (Coverage(places=60, covered=covered), covered / 60)


def test_no_places_is_not_the_same_as_none_covered():
    here = (33.9, 117.9)

    assert coverage([], [here], 3000).share is None
    assert coverage([here], [], 3000).share == 0


def test_the_radius_itself_is_within_reach():
    a, b = (33.9, 117.9), (33.92, 117.93)
    distance = haversine_m(a, b)

    assert coverage([a], [b], distance).covered == 1
    assert coverage([a], [b], distance - 0.001).covered == 0


@cases
@given(in_china, in_china)
def test_distance_is_the_same_both_ways_and_zero_only_at_home(a, b):
    assert isclose(haversine_m(a, b), haversine_m(b, a), abs_tol=1e-6)
    assert haversine_m(a, a) == 0


@cases
@given(in_china, st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2)), st.floats(1, 20_000))
def test_the_box_loses_nothing_that_is_within_the_radius(centre, offset, radius):
    other = (centre[0] + offset[0], centre[1] + offset[1])
    box = bounding_box(centre, radius)

    if haversine_m(centre, other) <= radius * 0.999999:
        assert box.south <= other[0] <= box.north
        assert box.west <= other[1] <= box.east


@cases
@given(st.lists(in_china, max_size=6), st.lists(in_china, max_size=6), st.floats(1, 2_000_000))
def test_coverage_agrees_with_asking_every_pair(places, stations, radius):
    radius = min(radius, 2_000_000)
    covered = sum(any(haversine_m(one, two) <= radius for two in stations) for one in places)

    assert coverage(places, stations, radius) == Coverage(len(places), covered)


def test_nearest_names_the_position_and_the_distance():
    stations = [(34.0, 118.0), (33.9, 117.9), (33.0, 117.0)]

    assert nearest((33.9, 117.9), stations) == (1, 0.0)
    assert nearest((33.9, 117.9), []) is None


@pytest.mark.parametrize("point", [(91, 0), (-91, 0), (0, 181), (0, -181), (float("nan"), 0)])
def test_points_off_the_map_are_refused(point):
    with pytest.raises(InvalidValue) as refused:
        haversine_m(point, (33.9, 117.9))

    assert refused.value.code == "not_on_earth"


def test_a_circle_over_the_pole_has_no_box():
    with pytest.raises(InvalidValue) as refused:
        bounding_box((89.99, 0), 3000)

    assert refused.value.code == "near_pole"


def test_covered_places_says_which_and_takes_each_radius_for_itself():
    """A hundredth of a degree of latitude is 1,112 m."""
    places = [(26.90, 106.5), (26.91, 106.5), (26.93, 106.5), (30.0, 106.5)]

    assert covered_places(places, [((26.90, 106.5), 1112.0), ((26.95, 106.5), 2300.0)]) == [
        True,
        True,
        True,
        False,
    ]
    assert covered_places(places, [((26.90, 106.5), 1111.0)]) == [True, False, False, False]
    assert covered_places(places, []) == [False] * 4
    assert covered_places([], [((26.90, 106.5), 1000.0)]) == []
