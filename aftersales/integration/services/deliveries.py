"""The outbox of events: sent at least once with one id, later and later, and not for ever. docs/webhooks.md.

A batch is taken in a short transaction that counts the try and sets the moment of the next one, then sent,
then settled in a second transaction. A sender that dies in between has done no harm: what it had not settled
is due again later, with the same id.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, Value, When

from aftersales.accounts import sealing
from aftersales.accounts.models import system_user
from aftersales.integration.models import DeliveryState, WebhookDelivery, WebhookSubscription
from aftersales.integration.services import events, stopping
from aftersales.integration.services.sending import Letter, Outcome, Parcel, send
from aftersales.web import egress
from aftersales.web.row_writes import update_rows

BACK_OFF_MINUTES = (1, 5, 15, 60, 240, *(360,) * 11)
"""After the first try, the second, and so on: three days. A try beyond the last one is the end."""
MOST_TRIES = len(BACK_OFF_MINUTES) + 1
LONGEST_WAIT = timedelta(minutes=max(BACK_OFF_MINUTES))
SHARE, SUBSCRIPTIONS = 64, 64
"""Events of one subscription in one batch, and subscriptions."""
STOPPED_AFTER = timedelta(days=3)
RESTS = ((timedelta(minutes=10), 1), (timedelta(hours=1), 5), (timedelta(hours=6), 15))
"""While an address has failed for less than this, it is asked again after so many minutes; then each hour."""
LONGEST_REST_MINUTES = 60
UNREADABLE = "unreadable_secret"


@dataclass(frozen=True)
class Delivered:
    """What came of one batch; `is_more` says that another one is worth a try at once."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0
    stopped: int = 0
    is_more: bool = False


@dataclass
class Taken:
    """What this process alone may send to one subscription now."""

    subscription: WebhookSubscription
    rows: list[WebhookDelivery]
    is_full: bool


def deliver(*, now: datetime) -> Delivered:
    """Send one batch: a share for every subscription that is not resting. Never inside a transaction."""
    _bring_back(now)
    return _carry(_take(now), now)


def deliver_one(delivery: WebhookDelivery, *, now: datetime) -> WebhookDelivery:
    """Send one waiting delivery at once, although its address may be resting; returns how it stands then."""
    with transaction.atomic():
        rows = list(
            _waiting()
            .filter(pk=delivery.pk)
            .select_related("event")
            .select_for_update(of=("self",), skip_locked=True)
        )
        _count_try(rows, now)
    if rows:
        subscription = WebhookSubscription._base_manager.get(pk=delivery.subscription_id)
        _carry([Taken(subscription, rows, is_full=False)], now)
    return WebhookDelivery._base_manager.select_related("event").get(pk=delivery.pk)


def _waiting():
    return WebhookDelivery._base_manager.filter(state=DeliveryState.WAITING)


def _bring_back(now: datetime) -> None:
    """What a fast clock has put off for longer than anything ever is, is due now."""
    _waiting().filter(next_try_at__gt=now + LONGEST_WAIT).update(next_try_at=now)


def _take(now: datetime) -> list[Taken]:
    due = _waiting().filter(next_try_at__lte=now)
    ready = (
        WebhookSubscription._base_manager.filter(
            Q(rests_until__isnull=True) | Q(rests_until__lte=now) | Q(rests_until__gt=now + LONGEST_WAIT),
            Exists(due.filter(subscription=OuterRef("pk"))),
            is_active=True,
            ended_at__isnull=True,
            client__is_suspended=False,
            client__party__is_suspended=False,
        )
        .select_related("client__party")
        .order_by(F("rests_until").asc(nulls_first=True), "pk")[:SUBSCRIPTIONS]
    )
    taken = []
    for subscription in ready:
        # One that did not answer is asked with a single event before it is sent the rest.
        share = 1 if subscription.failing_since else SHARE
        with transaction.atomic():
            rows = list(
                due.filter(subscription=subscription)
                .select_related("event")
                .order_by("next_try_at", "pk")
                .select_for_update(of=("self",), skip_locked=True)[:share]
            )
            _count_try(rows, now)
        if rows:
            taken.append(Taken(subscription, rows, is_full=len(rows) == share))
    return taken


def _count_try(rows: Collection[WebhookDelivery], now: datetime) -> None:
    if rows:
        _waiting().filter(pk__in=[row.pk for row in rows]).update(
            tries=F("tries") + 1, tried_at=now, next_try_at=_next_try(now)
        )
    for row in rows:
        row.tries += 1


def _next_try(now: datetime) -> Case:
    """The moment after the try that is being counted; `tries` is still the number before it."""
    return Case(
        *(
            When(tries=tries, then=Value(now + timedelta(minutes=minutes)))
            for tries, minutes in enumerate(BACK_OFF_MINUTES)
        ),
        default=Value(now + LONGEST_WAIT),
        output_field=DateTimeField(),
    )


def _carry(taken: Collection[Taken], now: datetime) -> Delivered:
    """Send what was taken, outside of any transaction, and write down what came of it."""
    parcels, unreadable = {}, {}
    for each in taken:
        try:
            parcels[each.subscription.pk] = _parcel(each, now)
        except sealing.SealError:
            unreadable[each.subscription.pk] = {row.pk: Outcome(UNREADABLE, 0) for row in each.rows}
    send(parcels.values(), _pin)
    outcomes = {key: parcel.outcomes for key, parcel in parcels.items()} | unreadable
    counts = [_settle(each, outcomes[each.subscription.pk], now) for each in taken]
    return Delivered(
        delivered=sum(each.delivered for each in counts),
        failed=sum(each.failed for each in counts),
        dead=sum(each.dead for each in counts),
        stopped=sum(each.stopped for each in counts),
        is_more=any(each.is_more for each in counts),
    )


def _pin(url: str) -> egress.Target:
    return egress.target(url, hosts=settings.WEBHOOK_HOSTS, is_local_allowed=settings.WEBHOOK_LOCAL_RECEIVERS)


def _parcel(taken: Taken, now: datetime) -> Parcel:
    letters = deque(
        Letter(
            delivery_id=row.pk,
            event_id=str(row.event.public_id),
            body=json.dumps(events.document(row.event), ensure_ascii=False).encode(),
        )
        for row in taken.rows
    )
    return Parcel(taken.subscription.url, secrets_of(taken.subscription, now=now), letters)


def secrets_of(subscription: WebhookSubscription, *, now: datetime) -> list[str]:
    """The secrets that sign now, the newest first; two while one is being changed."""
    sealed = [subscription.secret_sealed]
    if subscription.former_until is not None and subscription.former_until > now:
        sealed.append(subscription.former_secret_sealed)
    return [sealing.unseal(subscription.person_key, each) for each in sealed]


def _settle(taken: Taken, outcomes: Mapping[int, Outcome], now: datetime) -> Delivered:
    """Write down what came of one subscription's share, and how the address stands."""
    arrived = sum(outcome.arrived for outcome in outcomes.values())
    failed = len(outcomes) - arrived
    with transaction.atomic():
        rows = list(_waiting().filter(pk__in=[row.pk for row in taken.rows]).select_for_update())
        dead = 0
        for row in rows:
            outcome = outcomes.get(row.pk)
            if outcome is None:
                row.tries, row.next_try_at = max(row.tries - 1, 0), now
                continue
            row.last_error, row.duration_ms = outcome.error, outcome.milliseconds
            if outcome.arrived:
                row.state, row.delivered_at = DeliveryState.DELIVERED, now
            elif row.tries >= MOST_TRIES:
                row.state = DeliveryState.DEAD
                dead += 1
        update_rows(
            rows,
            ["state", "tries", "next_try_at", "delivered_at", "last_error", "duration_ms"],
        )
        is_stopped = _note_address(taken.subscription, arrived, failed, now)
    # Where nothing arrives, batch after batch would keep the workers from everything else.
    is_left = taken.is_full or len(outcomes) < len(taken.rows)
    return Delivered(arrived, failed, dead, int(is_stopped), is_more=bool(arrived) and is_left)


def _note_address(subscription: WebhookSubscription, arrived: int, failed: int, now: datetime) -> bool:
    """Let an address that does not answer rest, and stop it after days; returns whether it was stopped."""
    rows = WebhookSubscription._base_manager.filter(pk=subscription.pk)
    if arrived:
        if subscription.failing_since is not None or subscription.rests_until is not None:
            rows.update(failing_since=None, rests_until=None)
        return False
    if not failed:
        return False
    since = subscription.failing_since or now
    minutes = next((rest for age, rest in RESTS if now - since < age), LONGEST_REST_MINUTES)
    rows.update(failing_since=since, rests_until=now + timedelta(minutes=minutes))
    if now - since < STOPPED_AFTER:
        return False
    return stopping.stop_for_silence(subscription, by=system_user(), now=now)
