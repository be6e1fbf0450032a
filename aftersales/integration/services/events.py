"""Events for other systems, made from the audit trail. docs/decisions/events-come-from-the-trail.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.db.models import Exists, Min

from aftersales.audit.models import AuditEvent, Outcome
from aftersales.audit.sealing import SETTLED
from aftersales.integration.event_kinds import ALL, MADE_FROM
from aftersales.integration.models import (
    ApiClient,
    EventProgress,
    WebhookDelivery,
    WebhookEvent,
    WebhookSubscription,
)
from aftersales.integration.services.event_facts import Batch, Told
from aftersales.integration.services.event_readers import Readers
from aftersales.web.queueing import enqueue
from claims.queries.figures.stale import settled_event

ONLY = 1
SLICE = 1000
"""Events of the trail that are read in one transaction."""
NAMESPACE = UUID("5d0f1f52-6c1b-4f0e-9d43-6d2f0c1f7a11")
TELL, SEND = "aftersales.ops.tasks.tell_events", "aftersales.ops.tasks.send_events"


def public_id(client_id: int, audit_event_id: int) -> UUID:
    """The id under which an application is told of an event of the trail: always the same one."""
    return uuid5(NAMESPACE, f"{client_id}:{audit_event_id}")


def fold(*, now: datetime) -> int:
    """Make the events that the trail calls for and has not been told of; returns how many are new.

    What is younger than SETTLED is looked at again next time, since older events can still become visible
    beside it. Running it twice, or at once, makes nothing twice. Enqueues their sending.
    """
    with transaction.atomic():
        progress = _progress(now)
        EventProgress.objects.filter(pk=ONLY).update(is_called=False)
    readers = Readers(now=now)
    settled = settled_event(progress.last_event_id, before=now - SETTLED)
    after, made = progress.last_event_id, 0
    while not readers.is_empty:
        events = list(_told_of().filter(pk__gt=after).order_by("pk")[:SLICE])
        if not events:
            break
        after = events[-1].pk
        made += _make(events, readers, now)
    EventProgress.objects.filter(pk=ONLY, last_event_id__lt=settled).update(last_event_id=settled)
    EventProgress.objects.filter(pk=ONLY).update(read_at=now)
    return made


def call(sender, instance: AuditEvent, created: bool, **kwargs) -> None:
    """Signal handler, when an event of the trail is written: have it told as soon as it is committed.

    Only for being quick: what nobody is called for is found by the schedule within a minute.
    """
    if created and instance.verb in MADE_FROM:
        waiting = [entry[1] for entry in connection.run_on_commit]
        if _ask_for_reading not in waiting:
            transaction.on_commit(_ask_for_reading, robust=True)


def _ask_for_reading() -> None:
    """Enqueue one reading of the trail, unless one is on its way or nobody has subscribed to anything."""
    listening = WebhookSubscription._base_manager.filter(is_active=True, ended_at__isnull=True)
    rows = EventProgress.objects.filter(pk=ONLY, is_called=False)
    # Most steps happen while nobody listens or somebody has called already: those write nothing.
    if not rows.filter(Exists(listening)).exists():
        return
    with transaction.atomic():
        if rows.update(is_called=True):
            enqueue(TELL)


def _progress(now: datetime) -> EventProgress:
    """How far the trail is read; from the first application on, when it never was."""
    known = EventProgress.objects.filter(pk=ONLY).first()
    if known is not None:
        return known
    first = ApiClient._base_manager.aggregate(first=Min("created_at"))["first"] or now
    start = settled_event(0, before=min(first, now - SETTLED))
    return EventProgress.objects.get_or_create(pk=ONLY, defaults={"last_event_id": start})[0]


def _told_of():
    return AuditEvent._base_manager.filter(verb__in=MADE_FROM, outcome=Outcome.DONE)


def _make(events: Sequence[AuditEvent], readers: Readers, now: datetime) -> int:
    """Write the events and deliveries of one slice of the trail in one transaction; returns how many."""
    with transaction.atomic():
        # One reader at a time, so that an event has its deliveries when it is seen.
        EventProgress.objects.select_for_update().get(pk=ONLY)
        known = WebhookEvent._base_manager.filter(audit_event_id__in=[event.pk for event in events])
        told_before = set(known.values_list("audit_event_id", flat=True))
        batch = Batch([event for event in events if event.pk not in told_before])
        made = [
            _event(told, client, now)
            for told in batch.told()
            for client in sorted(readers.of(told), key=lambda each: each.pk)
        ]
        if not made:
            return 0
        WebhookEvent._base_manager.bulk_create(made)
        deliveries = _deliveries(made, now)
        WebhookDelivery._base_manager.bulk_create(deliveries)
        if deliveries:
            enqueue(SEND)
    return len(made)


def _event(told: Told, client: ApiClient, now: datetime) -> WebhookEvent:
    return WebhookEvent(
        public_id=public_id(client.pk, told.event.pk),
        client=client,
        county_code=client.county_code,
        kind=told.kind.value,
        audit_event_id=told.event.pk,
        occurred_at=told.event.at,
        data=told.data,
        created_at=now,
    )


def _deliveries(events: Iterable[WebhookEvent], now: datetime) -> list[WebhookDelivery]:
    """What goes where: also to subscriptions that are stopped, which find it when they are resumed."""
    events = list(events)
    subscribed: dict[int, list[WebhookSubscription]] = {}
    clients = {event.client_id for event in events}
    for each in WebhookSubscription._base_manager.filter(client__in=clients, ended_at__isnull=True):
        subscribed.setdefault(each.client_id, []).append(each)
    return [
        WebhookDelivery(event=event, subscription=each, county_code=each.county_code, next_try_at=now)
        for event in events
        for each in subscribed.get(event.client_id, ())
        if each.created_at <= event.occurred_at and (ALL in each.events or event.kind in each.events)
    ]


def document(event: WebhookEvent) -> dict:
    """What an application reads, pushed or pulled: the same text each time."""
    return {
        "id": str(event.public_id),
        "kind": event.kind,
        "occurred_at": event.occurred_at.isoformat(),
        "data": event.data,
    }
