"""Opening hours: whose count at a station, and new ones."""

from datetime import date, time

import pytest
from django.db import IntegrityError, transaction

from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from stations.models import OpeningHours, Station
from stations.queries.calendar import opening_windows, opening_windows_of_county
from stations.services import opening_hours
from tests.factories import NOW, acting_as, give, make_user, seeing_everything

TODAY, TOMORROW = date(2026, 11, 20), date(2026, 11, 21)
COUNTY = "520123000000"
PROGRAMME = ((time(8, 30), time(12)), (time(14), time(18)))
OWN = ((time(7), time(19)),)
SUMMER = {
    "opens_at": time(8),
    "noon_closes_at": time(12),
    "noon_opens_at": time(15),
    "closes_at": time(19),
}
SUMMER_WINDOWS = ((time(8), time(12)), (time(15), time(19)))


def set_hours(by, *, county=COUNTY, valid_from=TOMORROW, **changed):
    with acting_as(by):
        return opening_hours.set_opening_hours(
            county_code=county, valid_from=valid_from, **{**SUMMER, **changed}, by=by, now=NOW
        )


def give_own_hours(station):
    Station._base_manager.filter(pk=station.pk).update(opens_at=time(7), closes_at=time(19))


def windows_of(station, *, on=TOMORROW, by):
    with acting_as(by):
        return opening_windows(Station.objects.get(pk=station.pk), on=on)


@pytest.fixture
def desk(db):
    user = make_user("hours.desk")
    give(user, Role.PLATFORM)
    return user


def test_without_hours_of_its_own_a_station_is_open_as_the_programme_says(cast):
    assert windows_of(cast.guangcheng, by=cast.agent) == PROGRAMME


@pytest.mark.parametrize("who", ["guangcheng", "liuguang_point", "xiuwen_centre"])
def test_a_station_has_its_own_hours_or_those_of_the_station_above(cast, who):
    give_own_hours(getattr(cast, who))

    assert windows_of(cast.guangcheng, by=cast.agent) == OWN


def test_hours_of_a_county_count_from_their_day_on(cast):
    set_hours(cast.manager)

    assert windows_of(cast.guangcheng, by=cast.agent, on=TODAY) == PROGRAMME
    assert windows_of(cast.guangcheng, by=cast.agent) == SUMMER_WINDOWS
    assert opening_windows_of_county("320324000000", on=TOMORROW) == PROGRAMME


def test_hours_of_a_county_outlast_newer_ones_of_the_programme(cast, desk):
    set_hours(cast.manager)
    set_hours(desk, county="", valid_from=date(2026, 12, 1), opens_at=time(9))

    assert opening_windows_of_county(COUNTY, on=date(2026, 12, 2)) == SUMMER_WINDOWS
    assert opening_windows_of_county("", on=date(2026, 12, 2))[0] == (time(9), time(12))


def test_there_are_hours_even_without_any_row(db):
    OpeningHours.objects.all().delete()

    assert opening_windows_of_county(COUNTY, on=TODAY) == PROGRAMME


def test_setting_hours_is_written_down(cast):
    row = set_hours(cast.manager, noon_closes_at=None, noon_opens_at=None)

    with seeing_everything():
        event = AuditEvent.objects.get(verb="opening_hours.set")
    assert (event.object_id, event.county_code, event.before, event.after) == (
        str(row.pk),
        COUNTY,
        {"opens_at": "08:30", "noon_closes_at": "12:00", "noon_opens_at": "14:00", "closes_at": "18:00"},
        {
            "valid_from": "2026-11-21",
            "opens_at": "08:00",
            "noon_closes_at": None,
            "noon_opens_at": None,
            "closes_at": "19:00",
        },
    )


def test_hours_that_do_not_count_yet_may_be_said_again(cast):
    first = set_hours(cast.manager)

    second = set_hours(cast.manager, closes_at=time(20))

    assert (second.pk, second.closes_at) == (first.pk, time(20))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"valid_from": TODAY}, "too_early"),
        ({"county": "320324000000"}, "reach"),
        ({"county": ""}, "reach"),
        ({"noon_opens_at": None}, "half_hours"),
        ({"closes_at": time(14)}, "hours_order"),
    ],
)
def test_hours_that_cannot_be_are_refused(cast, changed, code):
    with pytest.raises(Refused) as refused:
        set_hours(cast.manager, **changed)

    assert refused.value.code == code
    assert set_hours(cast.manager).closes_at == time(19)


def test_the_hours_that_count_already_are_refused(cast):
    set_hours(cast.manager)

    with pytest.raises(Refused) as refused:
        set_hours(cast.manager, valid_from=date(2026, 12, 1))

    assert refused.value.code == "nothing_new"


@pytest.mark.parametrize(
    "changed", [{"noon_closes_at": None}, {"closes_at": time(8)}, {"noon_opens_at": time(11)}]
)
def test_the_database_refuses_hours_out_of_order(db, changed):
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningHours.objects.filter(county_code="").update(**changed)
