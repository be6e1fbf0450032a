"""What the pages show of subscriptions: how they stand, and what is under way to them. Keeps to the scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet

from aftersales.integration.models import DeliveryState, WebhookDelivery, WebhookSubscription

STATES = ("active", "failing", "stopped", "ended")


@dataclass(frozen=True)
class Traffic:
    """What is under way to one subscription, and when something arrived last."""

    waiting: int = 0
    dead: int = 0
    arrived_at: datetime | None = None


@dataclass(frozen=True)
class Waiting:
    """The outbox of events at a glance; `oldest_at` is when the first of those happened that are due."""

    waiting: int
    oldest_at: datetime | None
    dead: int
    stopped: int


def outbox(*, now: datetime) -> Waiting:
    """All events under way, whoever asks: numbers only."""
    rows = WebhookDelivery._base_manager.filter(state__in=[DeliveryState.WAITING, DeliveryState.DEAD])
    waiting = Q(state=DeliveryState.WAITING)
    counts = rows.aggregate(
        waiting=Count("pk", filter=waiting),
        dead=Count("pk", filter=~waiting),
        oldest_at=Min("event__occurred_at", filter=waiting & Q(next_try_at__lte=now)),
    )
    stopped = WebhookSubscription._base_manager.filter(is_active=False, ended_at__isnull=True)
    return Waiting(**counts, stopped=stopped.count())


def found(*, word: str = "", state: str = "") -> QuerySet[WebhookSubscription]:
    """Subscriptions whose application, party or purpose contains the word; ended ones only if asked for."""
    rows = WebhookSubscription.objects.select_related("client__party")
    if word:
        rows = rows.filter(
            Q(client__name__icontains=word)
            | Q(client__party__name__icontains=word)
            | Q(description__icontains=word)
        )
    if state == "ended":
        return rows.filter(ended_at__isnull=False)
    rows = rows.filter(ended_at__isnull=True)
    if state == "active":
        return rows.filter(is_active=True)
    if state == "failing":
        return rows.filter(is_active=True, failing_since__isnull=False)
    return rows.filter(is_active=False) if state == "stopped" else rows


def traffic(subscriptions: Sequence[WebhookSubscription]) -> dict[int, Traffic]:
    """What is under way to these, by key, in one statement however many there are."""
    rows = WebhookDelivery.objects.filter(subscription__in=subscriptions).order_by().values("subscription")
    told = rows.annotate(
        waiting=Count("pk", filter=Q(state=DeliveryState.WAITING)),
        dead=Count("pk", filter=Q(state=DeliveryState.DEAD)),
        arrived_at=Max("delivered_at"),
    )
    known = {row.pop("subscription"): Traffic(**row) for row in told}
    return {each.pk: known.get(each.pk, Traffic()) for each in subscriptions}


def deliveries_of(subscription: WebhookSubscription, *, state: str = "") -> QuerySet[WebhookDelivery]:
    """What was sent there or waits to be, in one state only if it names one."""
    rows = WebhookDelivery.objects.filter(subscription=subscription).select_related("event")
    return rows.filter(state=state) if state in DeliveryState.values else rows


def standing_of(subscription: WebhookSubscription) -> tuple[str, str]:
    """The code of a state, and the tone it is shown in."""
    if subscription.ended_at is not None:
        return "ended", "neutral"
    if not subscription.is_active:
        return "stopped", "bad"
    if subscription.failing_since is not None:
        return "failing", "warn"
    return "active", "good"
