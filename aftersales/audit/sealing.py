"""Seals over the trail: per county, blocks of events whose hashes are chained.

Writers never wait for each other: an event is plain when written, and a task seals what is older
than SETTLED. A transaction lasts at most 30 seconds, so nothing can still arrive for a sealed span.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from aftersales.audit.models import AuditBlock, AuditEvent

SETTLED = timedelta(minutes=2)
FIELDS = (
    "id",
    "recorded_at",
    "at",
    "verb",
    "actor_id",
    "actor_name",
    "object_type",
    "object_id",
    "claim_id",
    "county_code",
    "station_id",
    "before",
    "after",
    "reason",
    "outcome",
    "door",
    "address",
    "request_id",
)


@dataclass(frozen=True)
class BrokenBlock:
    county_code: str
    number: int
    why: str


def _plain(value):
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _digest(previous_hash: str, events) -> tuple[str, int]:
    digest = hashlib.sha256(previous_hash.encode())
    count = 0
    for event in events:
        line = json.dumps(
            [_plain(value) for value in event], sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        digest.update(line.encode())
        digest.update(b"\n")
        count += 1
    return digest.hexdigest(), count


def _events(county_code: str, after: datetime | None, until: datetime):
    events = AuditEvent.objects.filter(county_code=county_code, recorded_at__lte=until)
    if after is not None:
        events = events.filter(recorded_at__gt=after)
    return events.order_by("id").values_list(*FIELDS).iterator(chunk_size=2000)


def seal_due(*, now: datetime) -> int:
    """Seal every county's settled events; returns the number of blocks written. Runs in a system scope."""
    until = now - SETTLED
    written = 0
    counties = AuditEvent.objects.order_by().values_list("county_code", flat=True).distinct()
    for county_code in sorted(counties):
        with transaction.atomic():
            last = AuditBlock.objects.filter(county_code=county_code).order_by("-number").first()
            if last and last.covers_until >= until:
                continue
            previous_hash = last.hash if last else ""
            hash_, count = _digest(previous_hash, _events(county_code, last and last.covers_until, until))
            if not count:
                continue
            AuditBlock(
                county_code=county_code,
                number=last.number + 1 if last else 1,
                covers_until=until,
                event_count=count,
                previous_hash=previous_hash,
                hash=hash_,
                sealed_at=now,
            ).save(force_insert=True)
            written += 1
    return written


def first_broken_block() -> BrokenBlock | None:
    """Walk every chain from its start; the first block that does not fit its events, or None."""
    previous: AuditBlock | None = None
    for block in AuditBlock.objects.order_by("county_code", "number").iterator(chunk_size=500):
        before = previous if previous and previous.county_code == block.county_code else None
        previous = block
        if block.number != (before.number + 1 if before else 1):
            return BrokenBlock(block.county_code, block.number, "a block before it is missing")
        if block.previous_hash != (before.hash if before else ""):
            return BrokenBlock(block.county_code, block.number, "it does not follow from the block before it")
        hash_, count = _digest(
            block.previous_hash,
            _events(block.county_code, before and before.covers_until, block.covers_until),
        )
        if count != block.event_count:
            return BrokenBlock(
                block.county_code, block.number, f"it sealed {block.event_count} events, {count} are left"
            )
        if hash_ != block.hash:
            return BrokenBlock(block.county_code, block.number, "an event in it was changed")
    return None
