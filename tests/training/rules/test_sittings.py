from datetime import UTC, datetime, timedelta

import pytest

from training.rules.sittings import (
    Bar,
    Past,
    Phase,
    Terms,
    Turn,
    as_asked,
    as_shown,
    elapsed,
    order_of,
    phase,
    retaken_from,
    seconds_left,
    turn,
)

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""Friday 2026-11-20, 10:00 in Shanghai."""
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
CERTIFICATE = Terms("certificate", attempts=3, wait=DAY)
SKILLS = Terms("skills_check", attempts=2, wait=DAY)
PRACTICE = Terms("practice", attempts=2, wait=HOUR)
# Midnight in Shanghai is 16:00 UTC of the day before.
NEXT_QUARTER = datetime(2026, 12, 31, 16, tzinfo=UTC)
NEXT_DAY = datetime(2026, 11, 20, 16, tzinfo=UTC)


def failed(at: datetime) -> Past:
    return Past(at, has_passed=False)


def passed(at: datetime, **facts) -> Past:
    return Past(at, has_passed=True, **facts)


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (-SECOND, Phase.RUNNING),
        (0 * SECOND, Phase.RUNNING),
        (SECOND, Phase.CLOSING),
        (30 * SECOND, Phase.CLOSING),
        (31 * SECOND, Phase.OVER),
    ],
)
def test_the_end_has_thirty_seconds_of_grace(late, expected):
    assert phase(START, START + late) == expected


def test_seconds_left_end_at_zero():
    times = [START - timedelta(seconds=90.9), START, START + SECOND]

    assert [seconds_left(START, now) for now in times] == [90, 0, 0]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [(None, 5000), (0, 0), (4999, 4999), (5000, 5000), (5001, 5000), (2**40, 5000), (-3, 0)],
)
def test_an_answer_was_given_when_its_device_says_but_never_after_it_arrived(sent, expected):
    assert order_of(sent, START, START + 5 * SECOND) == expected


def test_nothing_is_before_the_beginning():
    assert elapsed(START, START - SECOND) == 0
    assert order_of(None, START, START - SECOND) == 0


def test_positions_on_the_paper_and_in_the_bank_are_each_others_way_back():
    order = (2, 0, 3, 1)

    assert as_asked(order, [0, 3]) == [2, 1]
    assert as_shown(order, [2, 1]) == [0, 3]


@pytest.mark.parametrize("place", [4, -1])
def test_a_position_that_the_paper_does_not_have_is_an_error(place):
    with pytest.raises(IndexError):
        as_asked((2, 0, 3, 1), [place])


@pytest.mark.parametrize("terms", [CERTIFICATE, SKILLS, PRACTICE])
def test_who_never_tried_may_begin(terms):
    assert turn([], terms, START) == Turn(used=0, left=terms.attempts)


CASES = {
    "after a failed attempt one waits": (
        CERTIFICATE,
        [failed(START)],
        START + DAY - SECOND,
        Turn(1, 2, Bar.WAITING, START + DAY),
    ),
    "and then may try again": (CERTIFICATE, [failed(START)], START + DAY, Turn(1, 2)),
    "with the last attempt used up one rests": (
        CERTIFICATE,
        [failed(START), failed(START + DAY), failed(START + 2 * DAY)],
        START + 32 * DAY - SECOND,
        Turn(3, 0, Bar.USED_UP, START + 32 * DAY),
    ),
    "and then counts from the start": (
        CERTIFICATE,
        [failed(START), failed(START + DAY), failed(START + 2 * DAY)],
        START + 32 * DAY,
        Turn(0, 3),
    ),
    "a fourth attempt is the first of a round": (
        CERTIFICATE,
        [failed(START), failed(START + DAY), failed(START + 2 * DAY), failed(START + 40 * DAY)],
        START + 50 * DAY,
        Turn(1, 2),
    ),
    "who has passed need not sit it again for a while": (
        CERTIFICATE,
        [failed(START), passed(START + DAY)],
        START + 10 * DAY,
        Turn(2, 1, Bar.PASSED, START + 276 * DAY),
    ),
    "until the result soon no longer counts": (
        CERTIFICATE,
        [passed(START)],
        START + 275 * DAY,
        Turn(0, 3),
    ),
    "a pass whose certificate was revoked holds nobody back": (
        CERTIFICATE,
        [passed(START, is_spent=True)],
        START + SECOND,
        Turn(0, 3),
    ),
    "a passed skills check counts for the quarter": (
        SKILLS,
        [passed(START)],
        NEXT_QUARTER - SECOND,
        Turn(1, 1, Bar.PASSED, NEXT_QUARTER),
    ),
    "the next quarter begins at midnight in Shanghai": (
        SKILLS,
        [passed(START)],
        NEXT_QUARTER,
        Turn(0, 2),
    ),
    "used-up skills checks wait for the quarter": (
        SKILLS,
        [failed(START), failed(START + DAY)],
        START + 3 * DAY,
        Turn(2, 0, Bar.USED_UP, NEXT_QUARTER),
    ),
    "failed ones of last quarter are not counted": (
        SKILLS,
        [failed(START)],
        NEXT_QUARTER,
        Turn(0, 2),
    ),
    "practice may be passed again at once": (PRACTICE, [passed(START)], START, Turn(0, 2)),
    "used-up practice waits for the day": (
        PRACTICE,
        [failed(START), failed(START + HOUR)],
        NEXT_DAY - SECOND,
        Turn(2, 0, Bar.USED_UP, NEXT_DAY),
    ),
    "practice begins anew each day": (PRACTICE, [failed(START), failed(START + HOUR)], NEXT_DAY, Turn(0, 2)),
}


@pytest.mark.parametrize(("terms", "past", "now", "expected"), CASES.values(), ids=CASES)
def test_turns(terms, past, now, expected):
    assert turn(past, terms, now) == expected


@pytest.mark.parametrize(("terms", "past", "now", "expected"), CASES.values(), ids=CASES)
def test_from_when_is_the_moment_at_which_one_may_begin(terms, past, now, expected):
    from_at = retaken_from(past, terms)

    assert turn(past, terms, from_at).may_begin
    assert not turn(past, terms, from_at - SECOND).may_begin


@pytest.mark.parametrize("month", range(1, 13))
def test_every_quarter_ends_with_its_third_month(month):
    past = [passed(datetime(2026, month, 15, 4, tzinfo=UTC))]

    again = retaken_from(past, SKILLS)

    quarter = (month - 1) // 3
    following = datetime(2026 + (quarter == 3), (quarter + 1) % 4 * 3 + 1, 1, tzinfo=UTC)
    assert again == following - 8 * HOUR
