"""Guessing is slow: failures are counted in the database and looked at before any work is done.

A counter in a cache would count for each process of its own; this one is shared by all of them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import F

from aftersales.web.models import FailureCount


@dataclass(frozen=True)
class Throttle:
    """At most `limit` failures of one key within `window`; then it is closed until the window is over."""

    name: str
    limit: int
    window: timedelta

    def is_closed(self, subject: str, *, now: datetime) -> bool:
        """Whether the subject has failed too often."""
        return FailureCount.objects.filter(
            key=self._key(subject), started_at__gt=now - self.window, count__gte=self.limit
        ).exists()

    def count_failure(self, subject: str, *, now: datetime) -> None:
        """Add one failure; a window that is over starts anew."""
        key = self._key(subject)
        with transaction.atomic():
            counters = FailureCount.objects.filter(pk=key)
            if counters.filter(started_at__gt=now - self.window).update(count=F("count") + 1):
                return
            if counters.filter(started_at__lte=now - self.window).update(started_at=now, count=1):
                return
            _row, created = FailureCount.objects.get_or_create(
                key=key, defaults={"started_at": now, "count": 1}
            )
            if not created:
                counters.update(count=F("count") + 1)

    def _key(self, subject: str) -> str:
        return sha256(f"{self.name}\0{subject}".encode()).hexdigest()


def purge(*, before: datetime) -> int:
    """Remove counters whose window began before a moment; returns how many."""
    removed, _by_model = FailureCount.objects.filter(started_at__lt=before).delete()
    return removed
