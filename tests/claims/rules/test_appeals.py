"""Until when one may appeal, who answers, by when."""

from datetime import date

import pytest

from claims.rules.appeals import answer_by, answering_level, last_day
from claims.rules.approval import Level


def weekdays(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("refused_on", "days", "last"),
    [
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 11, 20), 14, date(2026, 12, 4)),
        (date(2026, 11, 20), 15, date(2026, 12, 7)),
        (date(2026, 11, 20), 16, date(2026, 12, 7)),
        (date(2026, 11, 20), 17, date(2026, 12, 7)),
        (date(2026, 11, 20), 18, date(2026, 12, 8)),
    ],
)
def test_the_day_of_the_refusal_does_not_count_and_a_day_off_moves_the_last(refused_on, days, last):
    assert last_day(refused_on, days, weekdays) == last


def test_the_answer_is_due_after_ten_working_days():
    assert answer_by(date(2026, 11, 20), weekdays) == date(2026, 12, 4)
    assert answer_by(date(2026, 11, 22), weekdays) == date(2026, 12, 4)
    assert answer_by(date(2026, 11, 23), weekdays) == date(2026, 12, 7)


@pytest.mark.parametrize(
    ("refused_at", "answers"),
    [
        (Level.RULE, Level.MANAGER),
        (Level.OFFICER, Level.MANAGER),
        (Level.MANAGER, Level.PLATFORM),
        (Level.PLATFORM, Level.PLATFORM),
    ],
)
def test_one_level_higher_answers(refused_at, answers):
    assert answering_level(refused_at) == answers
