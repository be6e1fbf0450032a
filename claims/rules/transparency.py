"""docs/rules/transparency.md: how open a county is about its after-sales service, from 0 to 100."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction


class Part(StrEnum):
    """What is looked at."""

    RULES = "rules"
    REPORT = "report"
    COMPLETENESS = "completeness"
    FIGURES = "figures"
    FINDINGS = "findings"
    CONTACTS = "contacts"


WEIGHTS = {
    Part.RULES: 15,
    Part.REPORT: 25,
    Part.COMPLETENESS: 20,
    Part.FIGURES: 10,
    Part.FINDINGS: 20,
    Part.CONTACTS: 10,
}
LEAST_WEIGHT = 50
"""With less weight than that known, there is no index: a score of two small parts would look like a whole."""
REPORT_WITHIN_DAYS = 30
LATE_REPORT_WITHIN_DAYS = 60
LATE_REPORT = Fraction(1, 2)
NOTHING = Fraction(0)


@dataclass(frozen=True)
class PartScore:
    """How much of one part is reached, from 0 to 1, and the count it rests on; None is "no data"."""

    part: Part
    share: Fraction | None
    behind: int = 0

    @property
    def points(self) -> Fraction | None:
        """0 to 100."""
        return None if self.share is None else self.share * 100


def report_due_on(last_day: date) -> date:
    """The day by which the report of a quarter is to be published."""
    return last_day + timedelta(days=REPORT_WITHIN_DAYS)


def report_share(last_day: date, published_on: date | None, today: date) -> Fraction | None:
    """1 for a report published in time, one half until two months after the quarter, else 0; None while
    there is still time."""
    if published_on is None:
        return None if today <= report_due_on(last_day) else NOTHING
    if published_on <= report_due_on(last_day):
        return Fraction(1)
    in_time = published_on <= last_day + timedelta(days=LATE_REPORT_WITHIN_DAYS)
    return LATE_REPORT if in_time else NOTHING


def told_by_report(share: Fraction | None, report: Fraction | None, *, is_published: bool) -> Fraction | None:
    """A share that only a published report can tell: 0 when the report is overdue, None while it is not."""
    return share if is_published else report


def index(scores: Iterable[PartScore]) -> Fraction | None:
    """The mean of the parts that are known, by weight, from 0 to 100; None when too little is known."""
    known = [score for score in scores if score.share is not None]
    weight = sum(WEIGHTS[score.part] for score in known)
    if weight < LEAST_WEIGHT:
        return None
    return sum(WEIGHTS[score.part] * score.points for score in known) / weight


def mean(indices: Iterable[Fraction | None]) -> Fraction | None:
    """The mean of the counties that have an index, each counting the same."""
    known = [each for each in indices if each is not None]
    return sum(known, NOTHING) / len(known) if known else None
