"""How long things take in the demonstration: believable, in opening hours, and over before today."""

from datetime import UTC, datetime, time, timedelta
from statistics import mean, median
from types import SimpleNamespace

import pytest

from aftersales.lib.periods import SHANGHAI
from aftersales.ops.demo.pace import MOST, OPEN, Pace, Speed, in_opening_hours, moments, settled
from aftersales.ops.demo.words import Words

NOON = datetime(2026, 11, 3, 10, tzinfo=SHANGHAI)
GOODS = ("fresh_fruit", "fresh_fruit", "vegetables", "appliance", "clothing", "seed")


def drawn(speed=None, count=600):
    """Minutes to the answer and hours to the end of claims about several kinds of goods."""
    pace = Pace(1, speed)
    minutes, hours = [], []
    for number in range(count):
        claim = SimpleNamespace(goods_type=GOODS[number % len(GOODS)], filed_at=NOON)
        claim.accepted_at = pace.answered(claim.filed_at)
        at = settled(claim, pace.looked_at(claim))
        minutes.append((claim.accepted_at - NOON).total_seconds() / 60)
        hours.append((at - NOON).total_seconds() / 3600)
    return minutes, hours


def is_open(at):
    return any(opens <= at.astimezone(SHANGHAI).time() <= closes for opens, closes in OPEN)


def test_most_are_answered_within_the_hour_and_some_beyond_two():
    minutes, hours = drawn()

    assert 15 <= median(minutes) <= 40
    assert sum(5 <= each <= 90 for each in minutes) / len(minutes) >= 0.85
    assert any(each > 120 for each in minutes)
    assert 28 <= mean(hours) <= 45
    assert 0.1 <= sum(each > 48 for each in hours) / len(hours) <= 0.4
    assert max(hours) <= MOST.total_seconds() / 3600


def test_a_slower_county_takes_longer():
    (minutes, hours), (slow_minutes, slow_hours) = drawn(), drawn(Speed(answer=2.2, work=1.35))

    assert median(slow_minutes) > 1.5 * median(minutes)
    assert mean(slow_hours) > mean(hours)


@pytest.mark.parametrize(
    ("at", "then"),
    [
        (time(8, 10), time(8, 40)),
        (time(9, 20), time(9, 20)),
        (time(12, 5), time(14, 5)),
        (time(17, 59), time(17, 59)),
    ],
)
def test_what_falls_into_a_break_waits_for_the_end_of_it(at, then):
    day = datetime(2026, 11, 3, tzinfo=SHANGHAI)

    assert in_opening_hours(datetime.combine(day, at, SHANGHAI).astimezone(UTC)) == datetime.combine(
        day, then, SHANGHAI
    )


def test_what_falls_after_closing_waits_for_the_next_day():
    late = datetime(2026, 11, 3, 22, 15, tzinfo=SHANGHAI)

    assert in_opening_hours(late) == datetime(2026, 11, 4, 8, 45, tzinfo=SHANGHAI)


def test_claims_are_filed_while_the_station_is_open():
    start = datetime(2026, 1, 1, tzinfo=SHANGHAI)
    filed = moments(Words(1), 400, start, start + timedelta(days=300))

    assert filed == sorted(filed)
    assert all(is_open(at) for at in filed)
