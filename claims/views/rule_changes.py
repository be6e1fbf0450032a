"""What changed in the rules, when, and what any two versions say differently; no account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from claims.queries import rule_log
from claims.queries.clock_policies import Allowances, allowances_of
from claims.queries.rule_log import Book, Entry
from claims.rules.rule_log import is_on_time
from claims.views import clock_words, policy_words
from claims.views.public import counties_with_a_fund

BOOKS = {
    Book.COMPENSATION: _("Rules of compensation"),
    Book.PROMISES: _("Promises and hand-overs"),
    Book.LAW: _("Limits set by law"),
}
PAGES = {
    Book.COMPENSATION: "public:rules",
    Book.PROMISES: "public:clocks",
    Book.LAW: "public:clocks",
}


class RuleChangesView(TemplateView):
    """Every version by the day it counts from, with how many things it changed; of one county with ?county=.

    ?before=key&after=key tells in words what two versions of the same rules say differently. Unknown codes
    and keys fall back to the list alone.
    """

    template_name = "claims/public_rule_changes.html"

    def get_context_data(self, **kwargs):
        counties = counties_with_a_fund()
        asked = self.request.GET.get("county", "")
        county = next((each for each in counties if each.code == asked), None)
        listed = rule_log.entries(county.code if county else "")
        said = allowances_of(_policy_ids(listed))
        late = rule_log.days_late(listed)
        today = timezone.localdate()
        return super().get_context_data(
            counties=counties,
            county=county,
            rows=[_row(each, said, late, today) for each in listed],
            groups=[
                {"label": label, "entries": [each for each in listed if each.book == book]}
                for book, label in BOOKS.items()
            ],
            compared=self._compared(listed, said),
            **kwargs,
        )

    def _compared(self, listed: list[Entry], said: Mapping[int, Allowances]) -> dict[str, Any] | None:
        """The two versions asked for, what differs, and what was wrong with the question."""
        of_key = {each.key: each for each in listed}
        before = of_key.get(self.request.GET.get("before", ""))
        after = of_key.get(self.request.GET.get("after", ""))
        if before is None and after is None:
            return None
        chosen = {"before": before, "after": after}
        if before is None or after is None or before.book != after.book:
            return {**chosen, "is_possible": False}
        told = _changes(after.book, before.policy, after.policy, said)
        return {
            **chosen,
            "is_possible": True,
            "changes": told,
            "is_compensation": after.book == Book.COMPENSATION,
        }


def _row(entry: Entry, said: Mapping[int, Allowances], late: Mapping[str, int], today) -> dict[str, Any]:
    changed = None
    if entry.before is not None:
        changed = len(_changes(entry.book, entry.before, entry.policy, said))
    return {
        "entry": entry,
        "label": BOOKS[entry.book],
        "page": PAGES[entry.book],
        "before_key": entry.before and rule_log.key_of(entry.book, entry.before),
        "changed": changed,
        "is_ahead": entry.policy.valid_from > today,
        "was_late": not is_on_time(late.get(entry.key, 0)),
        "days_late": late.get(entry.key, 0),
    }


def _changes(book: Book, before, after, said: Mapping[int, Allowances]) -> list:
    if book == Book.COMPENSATION:
        return policy_words.changes(before, after, policy_words.PUBLIC)
    old, new = said[before.pk], said[after.pk]
    return clock_words.changes(old.rules, new.rules, old.longest_pause, new.longest_pause)


def _policy_ids(listed: list[Entry]) -> set[int]:
    clocks = [each for each in listed if each.book != Book.COMPENSATION]
    return {policy.pk for each in clocks for policy in (each.policy, each.before) if policy}
