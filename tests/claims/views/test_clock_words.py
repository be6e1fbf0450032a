"""How allowances and their changes read."""

import pytest
from django.utils.translation import override

from claims.models import ClockRule
from claims.views.clock_words import amount_words, changes, minutes_left, minutes_words, pause_words


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def line(amount=1440, *, warn=80, climbs=True, source="S-03", basis="natural"):
    return ClockRule(
        clock="handling", amount=amount, basis=basis, warn_percent=warn, climbs=climbs, source=source
    )


@pytest.mark.parametrize(
    ("amount", "basis", "words"),
    [
        (45, "natural", "45 min"),
        (60, "natural", "1 h"),
        (90, "natural", "1 h 30 min"),
        (72 * 60, "natural", "72 h"),
        (4 * 1440, "natural", "4 d"),
        (4 * 1440 + 60, "natural", "97 h"),
        (120, "opening_hours", "2 h (opening hours)"),
        (72 * 60, "opening_hours", "72 h (opening hours)"),
        (90, "opening_hours_daily", "1 h 30 min (opening hours of every day)"),
        (7, "working_days", "7 working days"),
        (60, "calendar_days", "60 calendar days"),
    ],
)
def test_amounts(amount, basis, words):
    assert amount_words(amount, basis) == words


def test_pauses_and_what_is_left():
    assert [pause_words(minutes) for minutes in (1440, 3 * 1440, 90)] == ["1 d", "3 d", "1 h 30 min"]
    assert minutes_words(0) == "0 min"
    assert [minutes_left(minutes) for minutes in (0, 65, -65)] == ["0 min", "1 h 5 min", "1 h 5 min over"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (line(), line(720), ("24 h", "12 h")),
        (line(), line(warn=0), ("24 h · warns at 80% · climbs at the end", "24 h · climbs at the end")),
        (line(climbs=False), line(warn=0, climbs=False), ("24 h · warns at 80%", "24 h · no warning")),
        (line(), line(source="S-18"), ("24 h [S-03]", "24 h [S-18]")),
        (None, line(warn=50, climbs=False), ("", "24 h · warns at 50%")),
        (line(), None, ("24 h · warns at 80% · climbs at the end", "")),
    ],
)
def test_only_what_differs_is_told(before, after, told):
    found = changes([before] if before else [], [after] if after else [], {}, {})

    assert [(each.clock, each.about, (each.before, each.after)) for each in found] == [
        ("Handling", "all claims", told)
    ]


def test_pauses_that_differ_are_told():
    found = changes([], [], {"consumer": 1440, "merchant": 60}, {"consumer": 2880})

    assert [(each.clock, each.about, each.before, each.after) for each in found] == [
        ("Longest pause", "Waiting for the consumer", "1 d", "2 d"),
        ("Longest pause", "Waiting for the merchant", "1 h", ""),
    ]
