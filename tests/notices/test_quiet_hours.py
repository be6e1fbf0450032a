"""When somebody may be disturbed, in a table."""

from datetime import datetime, time, timedelta, timezone

import pytest

from aftersales.notices.models import Preference
from aftersales.notices.quiet_hours import first_moment, quiet_end
from aftersales.web.formats import SHANGHAI


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


NIGHT, NOON, NONE = (time(21), time(8)), (time(12), time(14, 30)), (time(9), time(9))

CASES = [
    (NIGHT, "2026-11-20T20:59:59", "2026-11-20T20:59:59"),
    (NIGHT, "2026-11-20T21:00", "2026-11-21T08:00"),
    (NIGHT, "2026-11-20T23:59:59", "2026-11-21T08:00"),
    (NIGHT, "2026-11-21T00:00", "2026-11-21T08:00"),
    (NIGHT, "2026-11-21T07:59:59", "2026-11-21T08:00"),
    (NIGHT, "2026-11-21T08:00", "2026-11-21T08:00"),
    (NIGHT, "2026-12-31T22:00", "2027-01-01T08:00"),
    (NOON, "2026-11-20T11:59", "2026-11-20T11:59"),
    (NOON, "2026-11-20T12:00", "2026-11-20T14:30"),
    (NOON, "2026-11-20T14:29", "2026-11-20T14:30"),
    (NOON, "2026-11-20T14:30", "2026-11-20T14:30"),
    (NOON, "2026-11-20T23:00", "2026-11-20T23:00"),
    (NONE, "2026-11-20T09:00", "2026-11-20T09:00"),
    (NONE, "2026-11-20T23:00", "2026-11-20T23:00"),
    ((time(0), time(6)), "2026-11-20T00:00", "2026-11-20T06:00"),
    ((time(18), time(0)), "2026-11-20T23:30", "2026-11-21T00:00"),
    ((time(18), time(0)), "2026-11-21T00:00", "2026-11-21T00:00"),
]


@pytest.mark.parametrize(("span", "moment", "until"), CASES)
def test_end_of_the_quiet_time_around_a_moment(span, moment, until):
    assert quiet_end(local(moment), *span) == local(until)


@pytest.mark.parametrize("offset", [0, 8, -5])
def test_the_zone_of_the_moment_makes_no_difference(offset):
    zone = timezone(timedelta(hours=offset))

    assert quiet_end(local("2026-11-20T22:00").astimezone(zone), *NIGHT) == local("2026-11-21T08:00")


@pytest.mark.parametrize(
    ("preference", "is_urgent", "moment", "first"),
    [
        (None, False, "2026-11-20T22:00", "2026-11-21T08:00"),
        (None, True, "2026-11-20T22:00", "2026-11-20T22:00"),
        (None, False, "2026-11-20T12:00", "2026-11-20T12:00"),
        (NOON, False, "2026-11-20T22:00", "2026-11-20T22:00"),
        (NOON, False, "2026-11-20T12:00", "2026-11-20T14:30"),
        (NOON, True, "2026-11-20T12:00", "2026-11-20T12:00"),
        (NONE, False, "2026-11-20T23:00", "2026-11-20T23:00"),
    ],
)
def test_first_moment_for_a_person(preference, is_urgent, moment, first):
    own = preference and Preference(quiet_from=preference[0], quiet_until=preference[1])

    assert first_moment(own, local(moment), is_urgent=is_urgent) == local(first)
