"""docs/rules/skills-checks.md: the quarterly check of skills (E-04), who is due, and when it is passed."""

from __future__ import annotations

import re
from datetime import date, timedelta

from aftersales.lib.months import months_from

ATTITUDE_PASS_PERMILLE = 800
"""So much of the points for attitude is asked for, as of theory and practice."""

SETTLING_IN = timedelta(days=30)
"""Who has been posted for less than this at the end of a quarter is not due yet."""

RECORDED_UNTIL = timedelta(days=31)
"""How long after its end a quarter may still be recorded."""

REMINDED_FROM = timedelta(days=30)
"""How long before the end of the quarter people are reminded."""

MONTHS = 3
NAMED = re.compile(r"(20[0-9]{2})-?[Qq]([1-4])", re.ASCII)


def quarter_of(day: date) -> date:
    """The first day of the quarter that holds a day."""
    return date(day.year, (day.month - 1) // MONTHS * MONTHS + 1, 1)


def next_quarter(first: date) -> date:
    """The first day of the quarter after this one."""
    return months_from(first, MONTHS)


def last_day(first: date) -> date:
    """The last day of a quarter, given by its first."""
    return next_quarter(first) - timedelta(days=1)


def quarters_back(today: date, count: int) -> list[date]:
    """The first days of so many quarters, the running one last."""
    running = quarter_of(today)
    return [months_from(running, -MONTHS * back) for back in reversed(range(count))]


def name_of(first: date) -> str:
    """A quarter as it stands in addresses and tables: 2026-Q4."""
    return f"{first.year}-Q{(first.month - 1) // MONTHS + 1}"


def named(text: str) -> date | None:
    """The first day of a quarter written as 2026-Q4; None for anything else."""
    found = NAMED.fullmatch(text)
    return date(int(found[1]), (int(found[2]) - 1) * MONTHS + 1, 1) if found else None


def is_recordable(first: date, today: date) -> bool:
    """Whether a check of this quarter may be recorded today: while it runs, and for 31 days afterwards."""
    return first <= today <= last_day(first) + RECORDED_UNTIL


def is_time_to_remind(first: date, today: date) -> bool:
    """Whether people due in this quarter are reminded: on its last 30 days."""
    return last_day(first) - REMINDED_FROM < today <= last_day(first)


def passes(*, theory: bool | None, practice: bool | None, attitude_permille: int) -> bool:
    """Whether a check is passed: theory, practice and attitude each for itself; what was missed is failed."""
    return theory is True and practice is True and attitude_permille >= ATTITUDE_PASS_PERMILLE
