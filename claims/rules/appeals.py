"""docs/rules/approval.md, section 6: until when one may appeal, who answers and by when."""

from collections.abc import Callable
from datetime import date, timedelta

from aftersales.lib.worktime import WorkCalendar
from claims.rules.approval import Level, next_level

ANSWER_WORKING_DAYS = 10
"""An appeal is answered by the end of the tenth working day after the day on which it was filed."""


def last_day(refused_on: date, days: int, is_working_day: Callable[[date], bool]) -> date:
    """The last day to appeal: `days` after the day of the refusal, which itself does not count.

    A last day that is not worked moves to the next one that is (Civil Code, articles 201 and 203).
    """
    return WorkCalendar(is_working_day).roll(refused_on + timedelta(days=days))


def answer_by(filed_on: date, is_working_day: Callable[[date], bool]) -> date:
    """The day by whose end an appeal is answered."""
    return WorkCalendar(is_working_day).nth_working_day(filed_on, ANSWER_WORKING_DAYS)


def answering_level(refused_at: Level) -> Level:
    """The level that answers: the next one above that of the refusal, at least the county manager.

    Above the platform desk there is nobody: there another person of the desk answers.
    """
    lowest = max(refused_at, Level.OFFICER, key=list(Level).index)
    return next_level(lowest) or Level.PLATFORM
