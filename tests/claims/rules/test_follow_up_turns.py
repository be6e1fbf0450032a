from itertools import permutations

import pytest

from claims.rules.follow_up_turns import Candidate, Nearness, in_order

STATION, TOWNSHIP, COUNTY = Nearness
VILLAGER, TECHNICIAN, OFFICER, COLLEAGUE, MANAGER = 5, 4, 3, 2, 1


def people(**loads) -> list[Candidate]:
    """Everybody who could call about a village's claim, with no calls to make but those given."""
    return [
        Candidate(VILLAGER, STATION, False, loads.get("villager", 0)),
        Candidate(TECHNICIAN, TOWNSHIP, False, loads.get("technician", 0)),
        Candidate(OFFICER, COUNTY, False, loads.get("officer", 0)),
        Candidate(COLLEAGUE, COUNTY, False, loads.get("colleague", 0)),
        Candidate(MANAGER, COUNTY, True, loads.get("manager", 0)),
    ]


@pytest.mark.parametrize(
    ("is_second", "is_by_visit", "loads", "order"),
    [
        (False, False, {}, [VILLAGER, TECHNICIAN, COLLEAGUE, OFFICER, MANAGER]),
        (False, False, {"villager": 2, "technician": 1}, [COLLEAGUE, OFFICER, TECHNICIAN, VILLAGER, MANAGER]),
        (False, False, {"officer": 9, "colleague": 9}, [VILLAGER, TECHNICIAN, COLLEAGUE, OFFICER, MANAGER]),
        (True, False, {}, [COLLEAGUE, OFFICER, MANAGER, VILLAGER, TECHNICIAN]),
        (True, False, {"colleague": 1, "officer": 2}, [MANAGER, COLLEAGUE, OFFICER, VILLAGER, TECHNICIAN]),
        (False, True, {"villager": 9}, [TECHNICIAN, VILLAGER, COLLEAGUE, OFFICER, MANAGER]),
        (True, True, {"officer": 0, "colleague": 3}, [VILLAGER, TECHNICIAN, OFFICER, COLLEAGUE, MANAGER]),
    ],
)
def test_whose_turn_it_is(is_second, is_by_visit, loads, order):
    found = in_order(people(**loads), is_second=is_second, is_by_visit=is_by_visit)

    assert [each.person_id for each in found] == order


def test_the_order_people_are_read_in_changes_nothing():
    orders = {
        tuple(each.person_id for each in in_order(shuffled, is_second=False, is_by_visit=False))
        for shuffled in permutations(people(technician=1))
    }

    assert len(orders) == 1


def test_nobody_is_in_turn_where_nobody_may_call():
    assert in_order([], is_second=True, is_by_visit=True) == ()
