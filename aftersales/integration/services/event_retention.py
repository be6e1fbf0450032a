"""How long events for other systems are kept: for whoever pulls them, and for sending them again."""

from datetime import datetime, timedelta

from django.db import transaction

from aftersales.integration.models import WebhookDelivery, WebhookEvent

KEPT = timedelta(days=30)
SLICE = 5000


def purge(*, now: datetime) -> int:
    """Forget events that were made longer ago than KEPT, with their deliveries; returns how many events.

    That is far beyond the last try of any of them, and beyond what the trail is read for again.
    """
    removed = 0
    old = WebhookEvent._base_manager.filter(created_at__lt=now - KEPT).order_by("pk")
    while keys := list(old.values_list("pk", flat=True)[:SLICE]):
        with transaction.atomic():
            WebhookDelivery._base_manager.filter(event__in=keys).delete()
            WebhookEvent._base_manager.filter(pk__in=keys).delete()
        removed += len(keys)
    return removed
