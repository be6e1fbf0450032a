from datetime import UTC, date, datetime, time

import pytest
from django.utils import timezone

from aftersales.accounts.scoping import Scope, acting_in
from claims.models import AvailabilityException, Contract, FeeLine
from claims.queries.slots import distance_m, free_windows, seats_at
from claims.rules.windows import Remark
from stations.models import Agent, Party, Region, WorkCalendarDay
from tests.claims.visits.visit_cases import MONDAY, make_visit, make_week, shanghai
from tests.factories import NOW, acting_as, make_claim, seeing_everything

XIUWEN = "520123000000"


def windows(cast, **wanted):
    asked = {"county_code": XIUWEN, "kind": "pickup", "from_day": MONDAY, "days": 1, "now": NOW, **wanted}
    return free_windows(**asked)


def told(found):
    return [(str(timezone.localtime(each.starts_at))[:16], each.who, each.seats_left) for each in found]


def make_contract(cast, provider, **fields) -> Contract:
    with seeing_everything():
        contract = Contract.objects.create(
            provider=provider,
            county_code=XIUWEN,
            number=fields.pop("number", f"HT-{provider.pk}"),
            station=fields.pop("station", cast.liuguang_point),
            valid_from=fields.pop("valid_from", date(2026, 1, 1)),
            valid_until=fields.pop("valid_until", date(2026, 12, 31)),
            weekdays=fields.pop("weekdays", [0]),
            seats=fields.pop("seats", 1),
            made_by=cast.manager,
            made_at=NOW,
            **fields,
        )
        FeeLine.objects.create(contract=contract, county_code=XIUWEN, visit_kind="repair", base_fen=5000)
    return contract


def make_provider(**fields) -> Party:
    return Party.objects.create(kind="provider", name=fields.pop("name", "黔家电维修"), **fields)


def test_windows_of_a_person_are_free_until_their_seats_are_booked(cast):
    make_week(cast.technician, cast.liuguang_point, (0, time(8), 2), (0, time(10), 1))
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    make_visit(claim, technician=cast.technician, starts_at=shanghai(MONDAY, 8), seat=1)
    make_visit(
        claim, kind="repair", technician=cast.technician, starts_at=shanghai(MONDAY, 10), state="cancelled"
    )

    with acting_as(cast.technician):
        found = windows(cast, technician=cast.technician)

    assert told(found) == [("2026-11-23 08:00", "陈大勇", 1), ("2026-11-23 10:00", "陈大勇", 1)]


def test_what_is_booked_by_another_station_counts_too(cast):
    make_week(cast.agent, cast.guangcheng, (0, time(8), 1), (0, time(10), 1))
    elsewhere = make_claim(cast.liuguang, filed_by=cast.neighbour)
    make_visit(elsewhere, technician=cast.agent, starts_at=shanghai(MONDAY, 8))

    with acting_as(cast.agent):
        found = windows(cast, technician=cast.agent)

    assert told(found) == [("2026-11-23 10:00", "王秀兰", 1)]


def test_everybody_within_reach_is_proposed_and_nobody_else(cast):
    for person, station in (
        (cast.technician, cast.liuguang_point),
        (cast.agent, cast.guangcheng),
        (cast.uncertified, cast.fangmaping),
        (cast.suining_agent, cast.chenlou),
    ):
        make_week(person, station, (0, time(8), 1))
    Agent._base_manager.filter(user=cast.uncertified).update(certified_until=date(2028, 1, 1))

    with acting_as(cast.technician):
        of_township = windows(cast)
    with acting_as(cast.agent):
        of_village = windows(cast)
    with acting_as(cast.officer):
        of_county = windows(cast)
        elsewhere = windows(cast, county_code="320324000000")

    assert {each.who for each in of_township} == {"陈大勇", "王秀兰"}
    assert {each.who for each in of_village} == {"王秀兰"}
    assert {each.who for each in of_county} == {"陈大勇", "王秀兰", "罗小军"}
    assert elsewhere == []


def test_a_day_away_a_holiday_and_who_has_left_have_no_windows(cast):
    for person, station in ((cast.technician, cast.liuguang_point), (cast.agent, cast.guangcheng)):
        make_week(person, station, (0, time(8), 1), (1, time(8), 1), (2, time(8), 1))
    with seeing_everything():
        AvailabilityException.objects.create(
            user=cast.technician, station=cast.liuguang_point, county_code=XIUWEN, day=MONDAY
        )
        cast.agent.agent.left_on = date(2026, 11, 1)
        cast.agent.agent.save()
    WorkCalendarDay.objects.update_or_create(
        date=date(2026, 11, 24), defaults={"kind": "holiday", "is_workday": False}
    )

    with acting_as(cast.officer):
        found = windows(cast, days=3)

    assert told(found) == [("2026-11-25 08:00", "陈大勇", 1)]


def test_a_window_of_today_counts_until_its_middle(cast):
    friday = date(2026, 11, 20)
    make_week(cast.agent, cast.guangcheng, (4, time(8), 1), (4, time(10), 1), (4, time(14), 1))

    with acting_as(cast.agent):
        at_half_past_ten = windows(cast, from_day=friday)
        at_noon = windows(cast, from_day=friday, now=datetime(2026, 11, 20, 4, 0, tzinfo=UTC))

    assert [each.starts_at for each in at_half_past_ten] == [shanghai(friday, 10), shanghai(friday, 14)]
    assert [each.starts_at for each in at_noon] == [shanghai(friday, 14)]


def test_providers_are_proposed_for_what_their_contract_has_a_fee_for(cast):
    make_contract(cast, make_provider(), seats=2)
    make_contract(cast, make_provider(name="睡着的"), weekdays=[3])

    with acting_as(cast.officer):
        repairs, pickups = windows(cast, kind="repair"), windows(cast, kind="pickup")

    assert told(repairs) == [
        (f"2026-11-23 {hour}:00", "黔家电维修", 2) for hour in ("08", "10", "14", "16", "18")
    ]
    assert [each.reasons for each in repairs[-2:]] == [(), (Remark.AFTER_HOURS,)]
    assert pickups == []


@pytest.mark.parametrize(
    ("of_party", "of_contract"),
    [
        ({"grade": "C"}, {}),
        ({"is_suspended": True}, {}),
        ({}, {"valid_until": date(2026, 11, 22)}),
        ({}, {"ended_on": date(2026, 11, 23)}),
        ({}, {"valid_from": date(2026, 11, 24)}),
    ],
)
def test_a_provider_whom_nobody_may_send_has_no_window(cast, of_party, of_contract):
    bad = make_provider(name="坏", **of_party)
    make_contract(cast, bad, **of_contract)
    make_contract(cast, make_provider(name="好", grade="B"), ended_on=date(2026, 11, 24))

    with acting_as(cast.officer):
        found = windows(cast, kind="repair")
        seats = seats_at(provider=bad, county_code=XIUWEN, starts_at=shanghai(MONDAY, 8))

    assert {each.who for each in found} == {"好"}
    assert seats == 0


def test_of_two_contracts_of_a_provider_the_later_one_counts_on_its_days(cast):
    provider = make_provider()
    make_contract(cast, provider, number="A", seats=3, weekdays=[0, 1])
    make_contract(cast, provider, number="B", seats=1, weekdays=[0, 1], valid_from=date(2026, 11, 24))

    with acting_as(cast.officer):
        found = windows(cast, kind="repair", days=2)

    assert [each.seats for each in found] == [3] * 5 + [1] * 5


def test_the_nearest_of_those_who_can_do_it_comes_first(cast):
    with seeing_everything():
        for station, lat, radius in (
            (cast.guangcheng, 26.90, 3000),
            (cast.liuguang, 26.93, 3000),
            (cast.liuguang_point, 26.95, 8000),
        ):
            station.lat, station.lon, station.point_is_own, station.radius_m = lat, 106.5, True, radius
            station.save()
        cast.technician.agent.skills = ["appliance"]
        cast.technician.agent.save()
    for person, station in (
        (cast.agent, cast.guangcheng),
        (cast.neighbour, cast.liuguang),
        (cast.technician, cast.liuguang_point),
    ):
        make_week(person, station, (0, time(8), 1))
    place = Region.objects.get(pk=cast.guangcheng.region_id)

    with acting_as(cast.officer):
        found = windows(cast, kind="repair", place=place)

    assert [(each.who, each.distance_m, each.reasons) for each in found] == [
        ("陈大勇", 5560, ()),
        ("王秀兰", 0, (Remark.UNSKILLED,)),
        ("杨光明", 3336, (Remark.FAR, Remark.UNSKILLED)),
    ]
    assert [each.asks_for_reason for each in found] == [False, False, True]


def test_a_distance_without_a_point_is_unknown_except_at_home(cast):
    village = Region.objects.get(pk=cast.guangcheng.region_id)
    make_week(cast.technician, cast.liuguang_point, (0, time(8), 1))

    with acting_as(cast.officer):
        found = windows(cast, place=village, technician=cast.technician)

    assert [each.reasons for each in found] == [(Remark.UNKNOWN,)]
    assert distance_m(station=cast.guangcheng, place=village) == 0
    assert distance_m(station=cast.liuguang, place=village) is None


def test_seats_are_told_to_whoever_books_without_a_scope_of_their_own(cast):
    make_week(cast.technician, cast.liuguang_point, (0, time(8), 2))

    with acting_in(Scope(who="nobody")):
        seats = [
            seats_at(technician=cast.technician, county_code=XIUWEN, starts_at=shanghai(MONDAY, hour))
            for hour in (8, 10)
        ]
        of_nobody = seats_at(county_code=XIUWEN, starts_at=shanghai(MONDAY, 8))

    assert (seats, of_nobody) == ([2, 0], 0)


def test_the_number_of_statements_does_not_grow_with_people(cast, django_assert_num_queries):
    place = Region.objects.get(pk=cast.guangcheng.region_id)
    for person, station in (
        (cast.agent, cast.guangcheng),
        (cast.neighbour, cast.liuguang),
        (cast.technician, cast.liuguang_point),
    ):
        make_week(person, station, *((day, time(8), 1) for day in range(5)))
    make_contract(cast, make_provider())

    with acting_as(cast.officer), django_assert_num_queries(7):
        found = windows(cast, kind="repair", days=14, place=place)

    assert len({each.who for each in found}) == 4


def test_at_a_point_a_window_takes_a_certificate_valid_on_its_day(cast):
    make_week(cast.agent, cast.guangcheng, (0, time(8), 1), (1, time(8), 1))
    make_week(cast.uncertified, cast.fangmaping, (0, time(8), 1))
    Agent._base_manager.filter(user=cast.agent).update(certified_until=MONDAY)

    with acting_as(cast.officer):
        at_points = windows(cast)
        Agent._base_manager.filter(user__in=[cast.agent, cast.uncertified]).update(station=cast.xiuwen_centre)
        at_the_centre = windows(cast)

    assert told(at_points) == [("2026-11-23 08:00", "王秀兰", 1)]
    assert {each.who for each in at_the_centre} == {"王秀兰", "罗小军"}
