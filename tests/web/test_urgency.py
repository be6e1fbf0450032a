"""How near a due time is, and days and working hours in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.translation import override

from aftersales.web.formats import hours, named_day
from aftersales.web.urgency import Urgency, urgency

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.mark.parametrize(
    ("left", "is_paused", "expected"),
    [
        (timedelta(seconds=-1), False, Urgency("bad", "alert", "0 min over")),
        (timedelta(hours=-2), True, Urgency("bad", "alert", "2 h over")),
        (timedelta(0), False, Urgency("warn", "clock", "due soon · 0 min left")),
        (timedelta(hours=4), False, Urgency("warn", "clock", "due soon · 4 h left")),
        (timedelta(hours=4, seconds=1), False, Urgency("good", "check-circle", "4 h left")),
        (timedelta(hours=1), True, Urgency("wait", "pause", "paused · 1 h left")),
    ],
)
def test_over_soon_in_time_and_paused_differ_in_icon_and_words(left, is_paused, expected):
    assert urgency(NOW + left, NOW, is_paused=is_paused) == expected


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (61, "1 h 1 min"), (2880, "48 h")]
)
def test_working_time_has_no_days(minutes, words):
    assert hours(minutes) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2026, 11, 23), "11-23 Mon"),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "11-23 Mon"),
        (datetime(2026, 11, 22, 16, 0), "11-22 Sun"),
    ],
)
def test_a_day_is_named_as_shanghai_sees_it(value, words):
    assert named_day(value) == words
    assert named_day(value, year=True) == f"2026-{words}"
