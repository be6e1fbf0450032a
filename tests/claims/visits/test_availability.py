from datetime import date, time, timedelta

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Availability, AvailabilityException
from claims.queries import availability as reading
from claims.rules.windows import WeekWindow
from claims.services import availability as service
from tests.claims.visits.visit_cases import MONDAY, make_week
from tests.factories import NOW, acting_as, seeing_everything

EIGHT, TEN, SIX = time(8), time(10), time(18)
TODAY = date(2026, 11, 20)
WEEK = [WeekWindow(0, EIGHT, 2), WeekWindow(2, SIX, 1)]


def set_week(person, windows, *, by=None, **more):
    return service.set_week(person=person, windows=windows, by=by or person, now=NOW, **more)


def away(person, first=MONDAY, last=MONDAY, **more):
    return service.be_away(person=person, first=first, last=last, by=person, now=NOW, **more)


def window(person, **given):
    asked = {"day": MONDAY, "starts": EIGHT, "seats": 2, **given}
    return service.add_window(person=person, by=person, now=NOW, **asked)


def changes(person) -> list[tuple]:
    rows = reading.changes_of(person.pk, since=TODAY)
    return [(row.day, row.starts, row.seats, row.reason) for row in rows]


def last_event() -> AuditEvent:
    with seeing_everything():
        return AuditEvent.objects.latest("id")


def test_a_week_takes_the_place_of_the_one_before(cast):
    make_week(cast.agent, cast.guangcheng, (4, TEN, 1))

    with acting_as(cast.agent):
        set_week(cast.agent, reversed(WEEK))

    assert reading.week_of(cast.agent.pk) == WEEK
    assert (last_event().verb, last_event().before, last_event().after) == (
        "availability.week_set",
        {"week": "4.1000.1"},
        {"week": "0.0800.2 2.1800.1"},
    )
    with seeing_everything():
        rows = Availability.objects.values_list("station_id", "county_code")
        assert set(rows) == {(cast.guangcheng.pk, "520123000000")}


def test_a_week_may_be_empty(cast):
    make_week(cast.agent, cast.guangcheng, (4, TEN, 1))

    with acting_as(cast.agent):
        set_week(cast.agent, [])

    assert reading.week_of(cast.agent.pk) == []


def test_rows_left_at_an_earlier_station_belong_to_the_week(cast):
    make_week(cast.agent, cast.liuguang, (4, TEN, 1))

    with acting_as(cast.agent):
        assert reading.week_of(cast.agent.pk) == [WeekWindow(4, TEN, 1)]
        set_week(cast.agent, WEEK)

    assert reading.week_of(cast.agent.pk) == WEEK


@pytest.mark.parametrize(
    "windows",
    [
        [WeekWindow(0, EIGHT, 0)],
        [WeekWindow(0, EIGHT, 9)],
        [WeekWindow(7, EIGHT, 1)],
        [WeekWindow(0, time(9), 1)],
        [WeekWindow(0, EIGHT, 1), WeekWindow(0, EIGHT, 2)],
    ],
)
def test_a_week_of_windows_that_do_not_exist_is_refused(cast, windows):
    with acting_as(cast.agent), pytest.raises(Refused) as refused:
        set_week(cast.agent, windows)

    assert refused.value.code == "week_invalid"
    assert reading.week_of(cast.agent.pk) == []


def test_a_week_that_somebody_else_has_changed_is_not_overwritten(cast):
    make_week(cast.agent, cast.guangcheng, (4, TEN, 1))

    with acting_as(cast.agent):
        with pytest.raises(Refused) as refused:
            set_week(cast.agent, WEEK, expected="4.0800.1")
        assert refused.value.code == "stale"
        set_week(cast.agent, WEEK, expected="4.1000.1")

    assert reading.week_of(cast.agent.pk) == WEEK


def test_nobody_sets_the_week_of_somebody_beyond_reach(cast):
    with acting_as(cast.agent), pytest.raises(Refused) as refused:
        set_week(cast.neighbour, WEEK, by=cast.agent)
    assert refused.value.code == "unknown_person"

    with acting_as(cast.technician):
        set_week(cast.neighbour, WEEK, by=cast.technician)
    assert reading.week_of(cast.neighbour.pk) == WEEK


def test_days_away_take_the_windows_of_those_days_along(cast):
    with acting_as(cast.agent):
        window(cast.agent)
        window(cast.agent, day=MONDAY + timedelta(days=2))
        new = away(cast.agent, last=MONDAY + timedelta(days=1), reason="县里培训")

    assert new == [MONDAY, MONDAY + timedelta(days=1)]
    assert changes(cast.agent) == [
        (MONDAY, None, 0, "县里培训"),
        (MONDAY + timedelta(days=1), None, 0, "县里培训"),
        (MONDAY + timedelta(days=2), EIGHT, 2, ""),
    ]
    assert last_event().after == {"first": "2026-11-23", "last": "2026-11-24"}


def test_a_day_is_noted_as_away_once(cast):
    with acting_as(cast.agent):
        away(cast.agent)
        again = away(cast.agent, last=MONDAY + timedelta(days=1))

    assert again == [MONDAY + timedelta(days=1)]
    assert [row[0] for row in changes(cast.agent)] == [MONDAY, MONDAY + timedelta(days=1)]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"first": TODAY - timedelta(days=1)}, "day_past"),
        ({"first": MONDAY, "last": TODAY}, "days_in_order"),
        ({"first": date(2028, 1, 1), "last": date(2028, 1, 1)}, "day_too_far"),
        ({"last": date(9999, 12, 31)}, "day_too_far"),
        ({"last": MONDAY + timedelta(days=92)}, "days_too_many"),
        ({"reason": "长" * 101}, "too_long"),
    ],
)
def test_days_away_that_cannot_be_are_refused(cast, given, code):
    with acting_as(cast.agent), pytest.raises(Refused) as refused:
        away(cast.agent, **given)

    assert refused.value.code == code
    assert changes(cast.agent) == []


def test_the_longest_stretch_away_counts(cast):
    with acting_as(cast.agent):
        assert len(away(cast.agent, first=TODAY, last=TODAY + timedelta(days=91))) == 92


def test_a_window_of_one_day_can_be_given_other_seats(cast):
    with acting_as(cast.agent):
        window(cast.agent)
        window(cast.agent, seats=5, reason="赶集日")

    assert changes(cast.agent) == [(MONDAY, EIGHT, 5, "赶集日")]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"starts": time(9)}, "window_unknown"),
        ({"seats": 0}, "seats_invalid"),
        ({"seats": 9}, "seats_invalid"),
        ({"seats": True}, "seats_invalid"),
        ({"day": TODAY - timedelta(days=1)}, "day_past"),
    ],
)
def test_a_window_that_cannot_be_is_refused(cast, given, code):
    with acting_as(cast.agent), pytest.raises(Refused) as refused:
        window(cast.agent, **given)

    assert refused.value.code == code


def test_no_window_opens_on_a_day_away_until_that_is_taken_back(cast):
    with acting_as(cast.agent):
        away(cast.agent)
        with pytest.raises(Refused) as refused:
            window(cast.agent)
        assert refused.value.code == "away"

        row = AvailabilityException.objects.get()
        service.clear(exception=row, by=cast.agent, now=NOW)
        window(cast.agent)
        with pytest.raises(Refused) as again:
            service.clear(exception=row, by=cast.agent, now=NOW)

    assert again.value.code == "gone"
    assert changes(cast.agent) == [(MONDAY, EIGHT, 2, "")]
    assert "availability.cleared" in AuditEvent._base_manager.values_list("verb", flat=True)


def test_what_people_have_said_is_read_in_two_statements(cast, django_assert_num_queries):
    make_week(cast.agent, cast.guangcheng, (0, EIGHT, 2), (1, TEN, 3))
    with acting_as(cast.technician):
        away(cast.technician)
        with django_assert_num_queries(2):
            stated = reading.stated([cast.agent.pk, cast.neighbour.pk])
            gone = reading.away_on([cast.agent.pk, cast.technician.pk], MONDAY)

    assert stated == {cast.agent.pk: reading.Stated(windows=2, seats=5)}
    assert gone == {cast.technician.pk}
