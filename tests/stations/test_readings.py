"""What readers from outside are told about the network: the same as the tables say, and no more."""

from datetime import date

import pytest
from django.utils import timezone

from stations.models import Agent, NetworkReading, Region, RegionReading, Station
from stations.queries import coverage
from stations.queries.readings import Part, names, network_by, places_of
from stations.rules.regions import NATION, Level
from tests.claims.providers.order_cases import make_contract
from tests.factories import acting_as, seeing_everything

pytestmark = pytest.mark.django_db(databases=["default", "reports"])

TODAY = date(2026, 11, 21)
XIUWEN, SUINING, LIUGUANG, LONGCHANG = "520123000000", "320324000000", "520123103000", "520123001000"


def parts(network) -> tuple:
    return network.villages, network.village_points, network.stations, network.people, network.providers


def test_every_county_of_the_nation(cast, django_assert_num_queries):
    make_contract(cast.guangcheng, name="顺达维修", by=cast.manager)
    with seeing_everything(), django_assert_num_queries(1):
        found = network_by(Level.COUNTY, NATION, today=TODAY, using="reports")

    assert {code: parts(network) for code, network in found.items()} == {
        SUINING: (Part(1, 1), Part(1, 1), Part(3, 3), Part(1, 1), Part()),
        XIUWEN: (Part(3, 3), Part(3, 3), Part(6, 6), Part(3, 4), Part(1, 1)),
    }


def test_a_county_centre_stands_under_its_county_among_the_townships(cast):
    with seeing_everything():
        found = network_by(Level.TOWNSHIP, XIUWEN, today=TODAY)

    assert {code: parts(network)[:4] for code, network in found.items()} == {
        XIUWEN: (Part(), Part(), Part(1, 1), Part()),
        LONGCHANG: (Part(1, 1), Part(1, 1), Part(2, 2), Part(0, 1)),
        LIUGUANG: (Part(2, 2), Part(2, 2), Part(3, 3), Part(3, 3)),
    }
    whole = sum(found.values(), start=type(found[XIUWEN])())
    with seeing_everything():
        assert parts(whole) == parts(network_by(Level.COUNTY, XIUWEN, today=TODAY)[XIUWEN])


def test_villages_with_a_point_are_those_of_the_map(cast):
    with seeing_everything():
        Station.objects.filter(pk=cast.guangcheng.pk).update(state="suspended")
        county = network_by(Level.COUNTY, XIUWEN, today=TODAY)[XIUWEN]
        drawn = coverage(XIUWEN)

    assert (county.villages, county.village_points) == (Part(2, 3), Part(2, 3))
    assert county.villages.share == pytest.approx(drawn.share_with_station)


def test_what_is_over_is_not_counted(cast):
    with seeing_everything():
        Station.objects.filter(pk=cast.guangcheng.pk).update(state="closed")
        Region.objects.filter(code="520123001208").update(ended_on=TODAY)
        Agent.objects.filter(user=cast.neighbour).update(left_on=TODAY)
        cast.technician.is_active = False
        cast.technician.save()
        county = network_by(Level.COUNTY, XIUWEN, today=TODAY)[XIUWEN]

    assert (county.villages, county.village_points, county.people) == (Part(1, 2), Part(2, 2), Part(1, 2))


@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        (date(2025, 12, 31), 0),
        (date(2026, 1, 1), 1),
        (date(2026, 11, 29), 1),
        (date(2026, 11, 30), 0),
    ],
)
def test_a_contract_holds_from_its_first_day_until_it_ends(cast, day, in_force):
    contract = make_contract(cast.guangcheng, name="顺达维修", by=cast.manager, ended_on=date(2026, 11, 30))
    with seeing_everything():
        county = network_by(Level.COUNTY, contract.county_code, today=day)[XIUWEN]

    assert county.providers == Part(in_force, 1)


@pytest.mark.parametrize(("day", "certified"), [(date(2026, 12, 1), 1), (date(2026, 12, 2), 0)])
def test_a_certificate_counts_up_to_its_last_day(cast, day, certified):
    with seeing_everything():
        Agent.objects.update(certified_until=None)
        Agent.objects.filter(user=cast.agent).update(certified_until=date(2026, 12, 1))
        county = network_by(Level.COUNTY, XIUWEN, today=day)[XIUWEN]

    assert county.people == Part(certified, 4)


def test_the_scope_holds(cast):
    with acting_as(cast.manager):
        assert list(network_by(Level.COUNTY, NATION, today=TODAY)) == [XIUWEN]
    with acting_as(cast.technician):
        assert list(network_by(Level.TOWNSHIP, XIUWEN, today=TODAY)) == [LIUGUANG]


def test_places_of_a_level_with_those_above(cast):
    Region.objects.filter(code=LONGCHANG).update(ended_on=timezone.localdate())

    with acting_as(cast.manager):
        found = places_of(Level.TOWNSHIP, XIUWEN, using="reports")

    assert {code: each.name for code, each in found.items()} == {
        "520000000000": "贵州省",
        "520100000000": "贵阳市",
        XIUWEN: "修文县",
        LIUGUANG: "六广镇",
    }
    assert names([SUINING, "999999000000"]) == {SUINING: "睢宁县"}


def test_no_person_and_no_address_in_what_is_read():
    assert [field.name for field in NetworkReading._meta.fields] == [
        "kind",
        "county_code",
        "region_code",
        "station_id",
        "is_good",
        "good_from",
        "good_until",
        "ended_on",
    ]
    assert [field.name for field in RegionReading._meta.fields] == [
        "code",
        "name",
        "level",
        "parent_code",
        "ended_on",
    ]
