"""The sweep: whatever has fallen due on the clocks of claims is carried out, once, in order.

It looks at what is due and not done yet, never at what fell into the last minute, so it may be late, doubled
or killed. Rule: docs/rules/escalation.md.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.fields.tuple_lookups import Tuple
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import InvalidValue, Refused
from aftersales.web.paging import RowAfter
from claims.models import Claim, ClaimClock, Pause
from claims.models.clocks import ALARM_TRIES, ClockOutcome
from claims.queries.clocks import LazyDays
from claims.services.escalation_rows import Batch, Counts
from claims.services.ladder import Ladder

BATCH = 500
LONGEST_RUN_SECONDS = 40
"""A run stops after this long, well within the time a task is given; the next one goes on."""
UNSOUND = (OperationalError, InterfaceError)
"""Errors of the database and not of a claim: the run ends, and the next one takes up what was left."""
UNREAD = ("description", "reply_progress", "reply_method", "rejection_text")

log = logging.getLogger(__name__)


@dataclass
class SweepResult(Counts):
    """What a run came to; `failed` counts the claims that could not be carried out."""

    failed: int = 0


def present() -> datetime:
    """This moment by the database's clock: one clock decides what is due, whoever runs the sweep."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")
        moment = cursor.fetchone()[0]
    return moment if isinstance(moment, datetime) else parse_datetime(moment).replace(tzinfo=UTC)


def sweep(
    *, now: datetime, by: User, batch: int = BATCH, seconds: float = LONGEST_RUN_SECONDS
) -> SweepResult:
    """Carry out every warning, end of a clock and end of a pause that has fallen due until `now`.

    Wants a scope that reaches everything. Takes claims in batches, the longest due first, each batch in a
    transaction of its own. Claims that somebody else has locked are left to them or to the next run, so
    several sweeps at once share the work. A claim that fails stops no other; after five tries it is left
    alone and listed (`queries.work_lists.failed_alarms`).
    """
    run = _Run(now=now, by=by, result=SweepResult())
    ends = time.monotonic() + seconds
    for due in (_due_clocks(now), _due_pauses(now)):
        after = None
        while True:
            after, is_last = run.batch(due, after, batch)
            if is_last or time.monotonic() > ends:
                break
    return run.result


def retry_alarms(*, clock: ClaimClock, by: User, now: datetime) -> None:
    """Let the sweep try the alarms of a claim again that failed too often; the next run takes them up.

    Raises Refused("alarm_not_failed") where none did.
    """
    with transaction.atomic():
        running = ClaimClock.objects.filter(claim=clock.claim_id, outcome=ClockOutcome.RUNNING)
        if not running.filter(alarm_tries__gt=0).update(alarm_tries=0, alarm_error=""):
            raise Refused(_("No alarm of this claim has failed."), code="alarm_not_failed")
        before = {"error": clock.alarm_error}
        trail.record("claim.alarms_retried", by=by, obj=clock, before=before, at=now)


def _due_clocks(now: datetime) -> tuple[QuerySet, str]:
    due = ClaimClock.objects.filter(next_alarm_at__lte=now, alarm_tries__lt=ALARM_TRIES)
    return due, "next_alarm_at"


def _due_pauses(now: datetime) -> tuple[QuerySet, str]:
    failed = ClaimClock.objects.filter(
        claim=OuterRef("claim"), outcome=ClockOutcome.RUNNING, alarm_tries__gte=ALARM_TRIES
    )
    return Pause.objects.filter(~Exists(failed), until_at=None, longest_until__lte=now), "longest_until"


class _Run:
    """One run of the sweep: what was read once for all its batches, and what it came to."""

    def __init__(self, *, now: datetime, by: User, result: SweepResult) -> None:
        self.now, self.by, self.result = now, by, result
        self.failed: set[int] = set()
        self.ladder, self.days = Ladder(now=now), LazyDays()

    def batch(self, due: tuple[QuerySet, str], after: tuple | None, size: int) -> tuple[tuple | None, bool]:
        """Take the next claims behind a place in the list of what is due.

        Returns the place where the next batch begins, and whether there is nothing behind it.
        """
        rows, moment = due
        if after is not None:
            rows = rows.filter(RowAfter(Tuple(F(moment), F("id")), after))
        found: list = []
        try:
            with transaction.atomic():
                found = list(_locked(rows, moment).order_by(moment, "id")[:size])
                counts = self._carry_out({row.claim_id: row.claim for row in found}.values())
        except UNSOUND:
            raise
        except Exception:
            if not found:
                raise
            self._in_halves(list(dict.fromkeys(row.claim_id for row in found)))
        else:
            self.result += counts
        if len(found) < size:
            return after, True
        return (getattr(found[-1], moment), found[-1].pk), False

    def _carry_out(self, claims: Iterable[Claim]) -> Counts:
        claims = [claim for claim in claims if claim.pk not in self.failed]
        if not claims:
            return Counts()
        batch = Batch(claims, ladder=self.ladder, days=self.days, by=self.by, now=self.now)
        batch.advance()
        return batch.save()

    def _in_halves(self, keys: Sequence[int]) -> None:
        """Do claims of a failed batch again in ever smaller parts, down to the one that fails."""
        middle = max(1, len(keys) // 2)
        for part in filter(None, (keys[:middle], keys[middle:])):
            try:
                with transaction.atomic():
                    claims = Claim.objects.filter(pk__in=part).defer(*UNREAD).order_by("id")
                    counts = self._carry_out(claims.select_for_update(skip_locked=True, no_key=True))
            except UNSOUND:
                raise
            except Exception as error:
                if len(part) > 1:
                    self._in_halves(part)
                else:
                    self._note_failure(part[0], error)
            else:
                self.result += counts

    def _note_failure(self, key: int, error: Exception) -> None:
        code = (error.code if isinstance(error, Refused | InvalidValue) else type(error).__name__)[:80]
        log.error("an alarm of claim %s failed", key, exc_info=error, extra={"code": code})
        self.failed.add(key)
        self.result.failed += 1
        running = ClaimClock.objects.filter(claim=key, outcome=ClockOutcome.RUNNING)
        running.update(alarm_tries=F("alarm_tries") + 1, alarm_error=code)


def _locked(rows: QuerySet, moment: str) -> QuerySet:
    """Rows with their claims, those claims locked for this transaction, without those that others hold."""
    read = [f"claim__{field.name}" for field in Claim._meta.concrete_fields if field.name not in UNREAD]
    return (
        rows.select_related("claim")
        .only(moment, *read)
        .select_for_update(of=("claim",), skip_locked=True, no_key=True)
    )
