"""How long messages are kept: docs/notices.md, "Retention"."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from aftersales.audit.trail import system_scope
from aftersales.notices.models import Delivery, DeliveryState, Notice

READ_KEPT = timedelta(days=180)
DELIVERED_KEPT = timedelta(days=90)
DEAD_KEPT = timedelta(days=180)
BATCH = 5000


def purge(*, now: datetime) -> dict[str, int]:
    """Forget messages read and deliveries ended long ago; returns how many of each.

    What nobody has read and what still waits is never forgotten.
    """
    old = now - DELIVERED_KEPT
    ended = (
        Q(delivered_at__lt=old)
        | Q(state=DeliveryState.FOLDED)
        | Q(state=DeliveryState.DEAD, created_at__lt=now - DEAD_KEPT)
    )
    with system_scope("purge notices", quiet=True):
        return {
            "notices": sum(_forget(Notice.objects.filter(read_at__lt=now - READ_KEPT))),
            "deliveries": sum(_forget(Delivery.objects.filter(ended, created_at__lt=old))),
        }


def _forget(rows: QuerySet) -> Iterator[int]:
    """In batches, so that nobody waits for the locks of a long statement."""
    while keys := list(rows.order_by().values_list("pk", flat=True)[:BATCH]):
        yield rows.model.objects.filter(pk__in=keys).delete()[0]
