"""Reports of the demonstration: quarters that are over, frozen and published as the platform desk would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from aftersales.lib.periods import SHANGHAI, Period, PeriodKind
from aftersales.reports import freezing, publishing
from aftersales.reports.models import Edition, Publication
from stations.rules.regions import NATION, Level

QUARTERS = 2
FROZEN_AFTER, PUBLISHED_AFTER = timedelta(days=5, hours=9), timedelta(days=12, hours=10)
FOREWORD = (
    "本报告由平台运营中心汇总各县登记的售后工单编制，数据已冻结。\n"
    "看不懂或有疑问，可到村级服务点当面询问，也可拨打 12315。"
)


class Publications:
    """Freezes month by month and quarter by quarter, oldest first, and publishes the quarters."""

    def __init__(self, by: User, *, now: datetime):
        self.by, self.now = by, now

    def write(self) -> Iterator[str]:
        """Yields what was done, one line a quarter; a quarter without anything to tell is passed over."""
        today = self.now.astimezone(SHANGHAI).date()
        last = Period.of(today, PeriodKind.QUARTER).previous
        for quarter in last.back(QUARTERS):
            if told := self._quarter(quarter):
                yield told
        for month in Period.of(today, PeriodKind.QUARTER).months():
            if month.is_over(today) and (told := self._month(month)):
                yield told

    def _month(self, month: Period) -> str:
        """The months after the last quarter, as the clock freezes them."""
        try:
            editions = freezing.freeze(month, by=self.by, now=min(month.ends_at + FROZEN_AFTER, self.now))
        except Refused:
            return ""
        return f"reports of {month.name}: {len(editions)} frozen"

    def _quarter(self, quarter: Period) -> str:
        frozen_at = min(quarter.ends_at + FROZEN_AFTER, self.now)
        published_at = min(quarter.ends_at + PUBLISHED_AFTER, self.now)
        try:
            editions = freezing.freeze(quarter, by=self.by, now=frozen_at)
        except Refused:
            return ""
        known = set(Publication.objects.values_list("edition_id", flat=True))
        new = [edition for edition in editions if edition.pk not in known and _tells(edition)]
        for edition in new:
            publishing.publish(edition, foreword=FOREWORD, by=self.by, now=published_at)
        return f"reports of {quarter.name}: {len(editions)} frozen, {len(new)} published"


def _tells(edition: Edition) -> bool:
    """Whether a report is of the country, or of a province or county with claims that may be shown."""
    content = json.loads(edition.content)
    return edition.region_code == NATION or (
        edition.level != Level.CITY and not content["hidden"] and content["classes"]["total"] > 0
    )
