"""What a list of claims must not tell outside the county: what the report of the month hides.

docs/rules/exports.md. What a list would show line by line could be counted; so it is decided as reports do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from aftersales.audit import trail
from aftersales.lib.periods import Period
from aftersales.reports.contents import Report
from aftersales.reports.hiding import GROUP_OF, Key, classes_of, hidden_regions
from aftersales.reports.material import gather

Left = frozenset[tuple[str, str]]
"""Counties, each with the name of a month, of which nothing is shown."""


def left_out(period: Period) -> Left:
    """Places with few claims in a month of a period, and those by which they could be reckoned."""
    with trail.system_scope("small counts of a list are looked for", quiet=True):
        return frozenset(
            (code, month.name) for month in period.months() for code in hidden_regions(gather(month))
        )


@dataclass(frozen=True)
class Veil:
    """The reports of the months of a list, by name."""

    months: Mapping[str, Report]

    @classmethod
    def of(cls, period: Period, *, now: datetime) -> Veil:
        return cls({month.name: Report.of(month, now=now) for month in period.months()})

    @property
    def left_out(self) -> Left:
        """As the function of this name."""
        return frozenset((code, name) for name, report in self.months.items() for code in report.regions)

    def shows_class(self, county: str, month: str, goods: str, nature: str, status: str) -> bool:
        """Whether the report of the month shows how many claims of this class came to this end."""
        return (month, Key(county, GROUP_OF[status], goods, nature)) in self._classes_shown

    @cached_property
    def _classes_shown(self) -> set[tuple[str, Key]]:
        return {
            (name, key)
            for name, report in self.months.items()
            for code, figures in report.material.figures.items()
            for (goods, nature), counts in classes_of(figures).items()
            for group, count in counts.items()
            if count and (key := Key(code, group, goods, nature)) not in report.counts
        }

    def shows(self, county: str, month: str, base: str) -> bool:
        """Whether the report of the month shows figures that rest on this count of `hiding.BASES`."""
        return Key(county, base) not in self.months[month].counts
