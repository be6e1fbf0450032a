"""Counting clocks anew from their starts, pauses and opening hours: a check, and after calendar changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.models import AuditEvent
from aftersales.lib.worktime import SHANGHAI
from aftersales.notices import posting
from aftersales.notices.posting import Message
from aftersales.web.row_writes import update_rows
from claims.models import Claim, ClaimClock, Pause
from claims.models.claims import OPEN_STATUSES
from claims.models.clocks import ClockOutcome
from claims.queries.clocks import LazyDays, running_clocks
from claims.services import clock_counting as counting

AT_ONCE = 500
DUE = ("handling_due_at", "next_due_at")
RUNS = ClaimClock._base_manager.filter(claim=OuterRef("pk"), outcome=ClockOutcome.RUNNING)


@dataclass(frozen=True)
class Moved:
    """A claim whose due times are others now: the promise, and the nearest one, before and after."""

    claim: Claim
    before: tuple[datetime, datetime]
    after: tuple[datetime, datetime]


@dataclass(frozen=True)
class Recounted:
    """How many rows of clocks and claims are different, and the claims among them."""

    rows: int
    moved: tuple[Moved, ...]


def recount(claim_ids: Sequence[int], *, days: LazyDays | None = None, write: bool = True) -> Recounted:
    """Count the running clocks of claims anew, in the caller's transaction, and what follows for the claims.

    Changes nothing on healthy data. Five statements for any number of claims when nothing is different.
    """
    days = days or LazyDays()
    claims = Claim._base_manager.filter(pk__in=claim_ids).order_by("pk")
    claims = list(claims.select_for_update(no_key=True) if write else claims)
    running: dict[int, list[ClaimClock]] = defaultdict(list)
    for clock in running_clocks([claim.pk for claim in claims]):
        running[clock.claim_id].append(clock)
    pauses: dict[int, list[Pause]] = defaultdict(list)
    for pause in Pause._base_manager.filter(claim__in=[claim.pk for claim in claims]).order_by("from_at"):
        pauses[pause.claim_id].append(pause)
    changed = [
        clock
        for claim in claims
        for clock in running[claim.pk]
        if counting.count_anew(clock, pauses[claim.pk], days)
    ]
    moved = []
    for claim in claims:
        before = (claim.handling_due_at, claim.next_due_at)
        after = counting.due_times(claim, running[claim.pk])
        if before != after:
            claim.handling_due_at, claim.next_due_at = after
            moved.append(Moved(claim, before, after))
    if write:
        update_rows(changed, counting.COUNTED)
        update_rows([each.claim for each in moved], DUE)
    return Recounted(len(changed) + len(moved), tuple(moved))


def rebuild(*, write: bool) -> int:
    """Count the clocks of every claim anew, a batch in a transaction of its own; returns changed rows."""
    timed = Claim._base_manager.filter(Q(status__in=OPEN_STATUSES) | Exists(RUNS))
    days, rows = LazyDays(), 0
    for keys in _batches(timed):
        with transaction.atomic():
            rows += recount(keys, days=days, write=write).rows
    return rows


def recount_days(first: date, last: date, *, by: User, now: datetime) -> int:
    """After the calendar has changed between two days: count every running clock anew that passes over one
    of them, note it in each claim's history whose due time moved, and tell its handler.

    One transaction a batch; running it again changes nothing more. Returns how many claims were moved.
    """
    begin = datetime.combine(first, time.min, SHANGHAI)
    stop = datetime.combine(last + timedelta(days=1), time.min, SHANGHAI)
    touched = Claim._base_manager.filter(Exists(RUNS.filter(started_at__lt=stop, due_at__gte=begin)))
    days, count = LazyDays(), 0
    for keys in _batches(touched):
        with transaction.atomic():
            moved = recount(keys, days=days).moved
            AuditEvent._base_manager.bulk_create([_event(each, by, now) for each in moved])
            posting.post([_message(each, now) for each in moved if each.claim.handler_id], now=now)
        count += len(moved)
    return count


def _batches(claims) -> Iterator[list[int]]:
    """Keys in order, so many at a time, whatever is written meanwhile."""
    reached = 0
    while keys := list(claims.filter(pk__gt=reached).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        yield keys
        reached = keys[-1]


def _event(moved: Moved, by: User, now: datetime) -> AuditEvent:
    return trail.prepare(
        "claim.due_moved",
        by=by,
        obj=moved.claim,
        before=_iso(moved.before),
        after=_iso(moved.after),
        at=now,
    )


def _message(moved: Moved, now: datetime) -> Message:
    """Names the nearest due time, or the promise where only that has moved."""
    claim = moved.claim
    due_at = moved.after[1] if moved.after[1] != moved.before[1] else moved.after[0]
    return Message(
        event="claim.due_moved",
        recipient_id=claim.handler_id,
        key=f"claim {claim.pk} claim.due_moved {now.isoformat()}",
        params={"number": claim.number, "due_at": due_at.isoformat()},
        url=reverse("claims:claim_detail", args=[claim.number]),
        county_code=claim.county_code,
    )


def _iso(moments: Iterable[datetime]) -> dict[str, str]:
    return {name: moment.isoformat() for name, moment in zip(DUE, moments, strict=True)}
