from datetime import UTC, datetime
from itertools import groupby, permutations

from hypothesis import given
from hypothesis import strategies as st

from claims.rules.routes import (
    ROAD_FACTOR,
    Route,
    Stop,
    by_hand,
    compute,
    exchanged,
    measure,
    nearest_neighbour,
    placed,
    road_m,
)
from stations.rules.distance import haversine_m
from tests.property import cases

EIGHT, TEN, FOUR = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (0, 2, 8))
STATION = (26.90, 106.60)

points = st.tuples(
    st.floats(26.7, 27.1).map(lambda degrees: round(degrees, 4)),
    st.floats(106.4, 106.8).map(lambda degrees: round(degrees, 4)),
)
days = st.lists(
    st.tuples(st.sampled_from([EIGHT, TEN, FOUR]), st.none() | points), min_size=0, max_size=14
).map(lambda each: [Stop(key, *facts) for key, facts in enumerate(each, start=1)])


def on_the_meridian(*minutes: int, window=EIGHT) -> list[Stop]:
    """Stops north of the station, so many hundredths of a degree away, numbered from 1."""
    return [Stop(key, window, (26.90 + each / 100, 106.60)) for key, each in enumerate(minutes, start=1)]


def test_a_way_is_the_distance_on_the_globe_times_the_road_factor():
    a, b = (26.838, 106.592), (26.951, 106.603)

    assert road_m(a, b) == round(haversine_m(a, b) * 1.33) == 16_774
    assert ROAD_FACTOR == 1.33


def test_a_route_tells_every_leg_and_the_way_back():
    near, far = on_the_meridian(1, 3)

    route = measure(STATION, [near, far])

    assert route == Route(stops=(near, far), legs_m=(1479, 2958), back_m=4437)
    assert (route.keys, route.distance_m) == ((1, 2), 8874)


def test_a_day_without_visits_has_no_way():
    assert compute(STATION, []) == Route(stops=(), legs_m=(), back_m=None)


def test_what_is_not_known_is_not_counted():
    near, far = on_the_meridian(1, 3)
    nowhere = Stop(9, EIGHT)

    assert measure(STATION, [near, nowhere, far]).legs_m == (1479, None, 2958)
    assert measure(None, [near, far]) == Route(stops=(near, far), legs_m=(None, 2958), back_m=None)
    assert compute(STATION, [nowhere, far, near]).keys[-1] == 9


def test_the_nearest_comes_first_and_of_two_equally_near_the_lower_key():
    twins = [Stop(key, EIGHT, (26.95, 106.60)) for key in (7, 3)]
    near = Stop(5, EIGHT, (26.91, 106.60))

    assert [stop.key for stop in nearest_neighbour(STATION, [*twins, near])] == [5, 3, 7]


def test_improving_takes_out_the_crossing_that_the_nearest_first_makes():
    """Nearest first runs north, turns south, and has to come back for the one that was left."""
    stops = on_the_meridian(1, -2, 4, -8)

    rough = measure(STATION, nearest_neighbour(STATION, stops))
    route = compute(STATION, stops)

    assert (rough.keys, rough.distance_m) == ((1, 2, 3, 4), 44_367)
    assert route.distance_m == 35_493
    assert route.keys in [(1, 3, 4, 2), (1, 3, 2, 4), (2, 4, 3, 1), (4, 2, 1, 3)]


def test_a_later_window_is_never_before_an_earlier_one():
    near_but_late = Stop(1, FOUR, (26.901, 106.60))
    far_but_early = Stop(2, EIGHT, (27.00, 106.60))

    assert compute(STATION, [near_but_late, far_but_early]).keys == (2, 1)


def test_visits_that_are_over_stay_in_front_and_the_rest_goes_on_from_there():
    near, middle, far = on_the_meridian(1, 2, 9)

    assert compute(STATION, [near, middle], made=[far]).keys == (3, 2, 1)
    assert compute(STATION, [near, middle], made=[Stop(8, EIGHT)]).keys[0] == 8


@cases
@given(days, st.randoms(use_true_random=False))
def test_every_stop_once_in_its_window_and_never_longer_than_nearest_first(stops, random):
    shuffled = random.sample(stops, len(stops))

    route = compute(STATION, shuffled)

    assert sorted(route.keys) == [stop.key for stop in stops]
    assert [stop.window for stop in route.stops] == sorted(stop.window for stop in stops)
    assert route.distance_m <= measure(STATION, nearest_neighbour(STATION, stops)).distance_m
    assert route == compute(STATION, stops)


@cases
@given(st.lists(points, min_size=1, max_size=6))
def test_a_small_day_is_near_the_best_of_all_orders(places):
    stops = [Stop(key, EIGHT, point) for key, point in enumerate(places)]
    best = min(measure(STATION, each).distance_m for each in permutations(stops))

    assert best <= compute(STATION, stops).distance_m <= best * 1.25 + len(stops)


def test_forty_stops_are_brought_into_an_order_that_no_reversal_shortens():
    stops = [
        Stop(key, (EIGHT, TEN, FOUR)[key % 3], (26.75 + key * 37 % 40 / 100, 106.45 + key * 23 % 40 / 100))
        for key in range(40)
    ]

    route = compute(STATION, stops)

    assert sorted(route.keys) == list(range(40))
    for first in range(40):
        for last in range(first + 1, 41):
            turned = [*route.stops[:first], *reversed(route.stops[first:last]), *route.stops[last:]]
            if [window for window, _ in groupby(stop.window for stop in turned)] == [EIGHT, TEN, FOUR]:
                assert measure(STATION, turned).distance_m >= route.distance_m


def test_a_new_visit_joins_a_hand_made_order_where_it_adds_least():
    first, second, third = on_the_meridian(6, 4, 2)
    between = Stop(8, EIGHT, (26.95, 106.60))
    late = Stop(9, TEN, (26.95, 106.60))
    nowhere = Stop(10, EIGHT)

    keys = [stop.key for stop in placed(STATION, [first, second, third], [late, between, nowhere])]

    assert keys == [1, 8, 2, 3, 10, 9]


def test_a_hand_made_order_keeps_the_windows_and_forgets_what_is_gone():
    early, also_early = on_the_meridian(1, 2)
    late = Stop(3, TEN, STATION)

    assert by_hand([early, also_early, late], [3, 2, 77, 1]) == (also_early, early, late)
    assert by_hand([early, also_early], [2]) == (also_early,)


def test_stops_change_places_inside_their_window_alone():
    stops = [*on_the_meridian(1, 2), Stop(3, TEN, STATION)]

    assert exchanged(stops, 2, -1) == (2, 1, 3)
    assert exchanged(stops, 1, 1) == (2, 1, 3)
    assert exchanged(stops, 1, -1) is None
    assert exchanged(stops, 2, 1) is None
    assert exchanged(stops, 3, 1) is None
