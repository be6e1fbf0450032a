"""Claims with running clocks, one or thousands, written past the services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from claims.models import Claim, ClaimClock, Escalation, Holding
from claims.rules.numbering import make_number
from claims.services import clocks
from tests.factories import NOW, make_claim, make_consumer, make_line, seeing_everything

HOUR = timedelta(hours=1)
FILED_AT = NOW
"""Friday 2026-11-20, 10:30 in Shanghai: the first response is due at 14:30 and warns at 14:06."""


def clocked(station, by, *, filed_at: datetime = FILED_AT, status: str = "submitted", **fields) -> Claim:
    """A claim about clothing as it is filed at a station, with its first clocks and its first holding."""
    with seeing_everything():
        line = fields.pop("line", None) or make_line(station, goods_type="clothing")
        claim = make_claim(station, filed_by=by, line=line, filed_at=filed_at, status=status, **fields)
        started = clocks.opening(claim, by=by, now=filed_at)
        claim.save()
        clocks.begin(claim, started)
        return claim


def many(station, by, count: int, **fields) -> list[Claim]:
    """So many claims that are like one filed at a station, in three statements."""
    with seeing_everything():
        line, consumer = make_line(station, goods_type="clothing"), make_consumer(station)
        pattern = clocked(station, by, line=line, consumer=consumer, **fields)
        kept = list(ClaimClock.objects.filter(claim=pattern))
        [holding] = Holding.objects.filter(claim=pattern)
        copies = [_copy(pattern, number=make_number(pattern.filed_at.date())) for _each in range(count - 1)]
        Claim.objects.bulk_create(copies)
        ClaimClock.objects.bulk_create(_copy(clock, claim=copy) for copy in copies for clock in kept)
        Holding.objects.bulk_create(_copy(holding, claim=copy) for copy in copies)
        return [pattern, *copies]


def _copy(row, **changes):
    """The same row once more, under no key yet."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    copy = type(row)(**{**values, "id": None})
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy


def steps_of(claim: Claim) -> list[tuple]:
    """What the sweep has recorded of a claim, oldest due first: clock, level, turn, step, climbed to, due."""
    with seeing_everything():
        return list(
            Escalation.objects.filter(claim=claim)
            .order_by("due_at", "id")
            .values_list("clock", "level", "turn", "step", "climbed_to", "due_at")
        )


def holdings_of(claim: Claim) -> list[tuple]:
    """Who held a claim: level, turn, station, from, until, because, last handler."""
    with seeing_everything():
        return list(
            Holding.objects.filter(claim=claim)
            .order_by("id")
            .values_list("level", "turn", "station_id", "from_at", "until_at", "because", "handler_id")
        )


def fingerprint(models: Sequence) -> dict[str, list]:
    """Every row of these models as it stands."""
    with seeing_everything():
        return {model.__name__: sorted(model._base_manager.values_list(), key=str) for model in models}
