"""Taking back orders that one list entered: docs/imports.md, section 5."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from aftersales.accounts.models import User
from aftersales.audit import trail
from claims.models import Claim, Order, OrderLine, Repair
from claims.models.orders import OrderSource
from stations.models import Station

BATCH = 500


def take_back(*, entered_by: User, entered_at: datetime, by: User, now: datetime) -> dict[str, int]:
    """Remove the orders that a person's list entered at a moment; returns how many went and how many stay.

    An order stays when a claim or repair rests on one of its lines, when money of it was granted, or when
    somebody or a later list has changed it. Consumers and firms stay: others may know them too.
    """
    entered = Order.objects.filter(
        source=OrderSource.IMPORT, created_by=entered_by, created_at=entered_at
    ).annotate(is_used=Exists(_used_lines()))
    is_free = Q(is_used=False, changed_at=F("created_at"))
    removed: Counter[int] = Counter()
    with transaction.atomic():
        kept = entered.exclude(is_free).count()
        free = dict(entered.filter(is_free).order_by("pk").values_list("pk", "station_id"))
        keys = list(free)
        for start in range(0, len(keys), BATCH):
            some = keys[start : start + BATCH]
            OrderLine.objects.filter(order__in=some).delete()
            Order.objects.filter(pk__in=some).delete()
            removed.update(free[key] for key in some)
        for station in Station.objects.filter(pk__in=removed).order_by("pk"):
            trail.record(
                "order.taken_back", by=by, obj=station, after={"orders": removed[station.pk]}, at=now
            )
    return {"removed": len(keys), "kept": kept}


def _used_lines():
    """The lines of an order on which something rests."""
    resting = (
        Exists(Claim._base_manager.filter(order_line=OuterRef("pk")))
        | Exists(Repair._base_manager.filter(order_line=OuterRef("pk")))
        | Q(granted_fen__gt=0)
        | Q(bad_milli__gt=0)
    )
    return OrderLine._base_manager.filter(resting, order=OuterRef("pk"))
