"""Writing history: one event in the transaction of the change it tells of."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from aftersales.accounts.scoping import Scope, acting_in
from aftersales.audit.models import AuditEvent, Outcome


@dataclass(frozen=True)
class Circumstances:
    """Through which door, from which address, in which request."""

    door: str = ""
    address: str = ""
    request_id: str = ""


NOWHERE = Circumstances()
_circumstances: ContextVar[Circumstances] = ContextVar("circumstances", default=NOWHERE)


def enter(circumstances: Circumstances):
    return _circumstances.set(circumstances)


def leave(token) -> None:
    _circumstances.reset(token)


def record(verb: str, **facts) -> AuditEvent:
    """Write one event; call it inside the transaction of the change. Takes what `prepare` takes."""
    event = prepare(verb, **facts)
    event.save(force_insert=True)
    return event


def record_many(events: Iterable[AuditEvent]) -> None:
    """Write prepared events in one statement for every thousand, as `record` writes one."""
    AuditEvent.objects.bulk_create(events, batch_size=1000)


def prepare(
    verb: str,
    *,
    by,
    obj=None,
    claim_id: int | None = None,
    county_code: str | None = None,
    station_id: int | None = None,
    before: dict | None = None,
    after: dict | None = None,
    reason: str = "",
    at: datetime | None = None,
    outcome: str = Outcome.DONE,
) -> AuditEvent:
    """An event that is not written yet, for those who write many in one statement.

    `verb` is noun.past ("claim.accepted"). County, station and claim are taken from `obj` where it has
    them. `before` and `after` hold masked values only: never a phone, name, address or account.
    """
    where = _circumstances.get()
    if obj is not None:
        label = obj._meta.label_lower
        if claim_id is None:
            claim_id = obj.pk if label == "claims.claim" else getattr(obj, "claim_id", None)
        if county_code is None:
            county_code = getattr(obj, "county_code", "")
        if station_id is None:
            station_id = obj.pk if label == "stations.station" else getattr(obj, "station_id", None)
    return AuditEvent(
        at=at or timezone.now(),
        verb=verb,
        actor_id=getattr(by, "pk", None),
        actor_name=str(by)[:80] if by is not None else "",
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        claim_id=claim_id,
        county_code=county_code or "",
        station_id=station_id,
        before=before,
        after=after,
        reason=reason[:300],
        outcome=outcome,
        door=where.door,
        address=where.address,
        request_id=where.request_id,
    )


@contextmanager
def system_scope(reason: str, *, by=None, quiet: bool = False):
    """Reach every row, for a task or command; says so in the trail.

    `quiet` is for reads that a door makes for a person on every request (the public progress page,
    the sign-in itself), whose own service records what was looked at.
    """
    with acting_in(Scope(who=f"system: {reason}", everywhere=True)) as scope:
        if not quiet:
            record("scope.opened", by=by, reason=reason)
        yield scope
