"""Every version of the rules that anybody may read: when it was published, and from when it counts.

docs/rules/rule-book.md. Rules are those of compensation, the promises and the limits set by law.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone

from claims.models import ClockPolicy, CompensationPolicy
from claims.models.clock_policies import ClockPolicyState, PolicyKind
from claims.queries import clock_policies, policies
from claims.rules.rule_log import is_on_time, working_days_late
from stations.queries.calendar import calendar_between


class Book(StrEnum):
    """Which rules a version belongs to."""

    COMPENSATION = "compensation"
    PROMISES = "promises"
    LAW = "law"


@dataclass(frozen=True)
class Entry:
    """One version: when it was published (None: it came with the system), and what it took the place of."""

    book: Book
    policy: CompensationPolicy | ClockPolicy
    before: CompensationPolicy | ClockPolicy | None
    published_at: datetime | None

    @property
    def key(self) -> str:
        """Names the version in an address: compensation-3."""
        return key_of(self.book, self.policy)

    @property
    def published_on(self) -> date | None:
        return self.published_at and timezone.localdate(self.published_at)

    @property
    def days_ahead(self) -> int | None:
        """Days from the publication to the day it counts from; below zero when it came later."""
        return (self.policy.valid_from - self.published_on).days if self.published_on else None


def key_of(book: Book, policy: CompensationPolicy | ClockPolicy) -> str:
    return f"{book}-{policy.pk}"


def entries(county_code: str) -> list[Entry]:
    """Every version that counted, counts or will count in a county, or in the programme for "": newest first.

    Four statements, whatever the number of versions.
    """
    issued = _issued_at()
    found = [
        Entry(Book.COMPENSATION, each.policy, each.before, issued.get(each.policy.pk))
        for each in policies.versions_in(county_code)
    ]
    for book, kind in ((Book.PROMISES, PolicyKind.SERVICE), (Book.LAW, PolicyKind.LAW)):
        for policy, before in clock_policies.versions_in(county_code, kind):
            at = policy.published_at if policy.published_by_id else None
            found.append(Entry(book, policy, before, at))
    order = list(Book)
    return sorted(
        found,
        key=lambda each: (each.policy.valid_from, -order.index(each.book), each.policy.pk),
        reverse=True,
    )


def _issued_at() -> dict[int, datetime]:
    """When each version of the rules of compensation was written, of those that somebody issued."""
    written = CompensationPolicy.history.filter(history_type="+")
    somebody = CompensationPolicy.objects.filter(created_by__isnull=False).order_by()
    return dict(written.filter(id__in=somebody.values("pk")).values_list("id", "history_date"))


def days_late(listed: Iterable[Entry]) -> dict[str, int]:
    """How many working days after it began to count each version came onto the page, by key.

    0 for one that was there in time; what came with the system is left out. Source: S-20.
    """
    published = [each for each in listed if each.published_on]
    late = [each for each in published if each.published_on > each.policy.valid_from]
    if not late:
        return {each.key: 0 for each in published}
    book = calendar_between(
        min(each.policy.valid_from for each in late), max(each.published_on for each in late)
    )
    return {
        each.key: working_days_late(each.policy.valid_from, each.published_on, book.is_working_day)
        for each in published
    }


def on_time_between(first: date, last: date) -> dict[str, tuple[int, int]]:
    """Of the versions that began to count from one day to another: how many were on the page on time, and
    how many there were, by county ("" is the programme).

    What came with the system is left out. Four statements.
    """
    issued = _issued_at()
    began = CompensationPolicy.objects.filter(valid_from__range=(first, last), pk__in=issued)
    listed = [Entry(Book.COMPENSATION, policy, None, issued[policy.pk]) for policy in began]
    clocks = ClockPolicy.objects.filter(
        valid_from__range=(first, last), state=ClockPolicyState.IN_FORCE, published_by__isnull=False
    )
    for policy in clocks:
        book = Book.LAW if policy.kind == PolicyKind.LAW else Book.PROMISES
        listed.append(Entry(book, policy, None, policy.published_at))
    late = days_late(listed)
    found: dict[str, tuple[int, int]] = {}
    for each in listed:
        on_time, count = found.get(each.policy.county_code, (0, 0))
        found[each.policy.county_code] = on_time + is_on_time(late[each.key]), count + 1
    return found
