"""Orders of the demonstration: how they came to be known, and those that nobody complained about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from aftersales.accounts.models import User, system_user
from aftersales.ops.demo.words import Words
from claims.models import Order, OrderLine
from claims.models.orders import OrderSource

FOR_EACH_CLAIMED = 17
"""So many more, so that about six orders of a hundred come to a claim."""
TOLD_BY_PLATFORM = 15
"""Per cent of the orders that claims are about."""
AROUND_DAYS = 6
AT_ONCE = 2000


def known_from(number: str, *, system: User, agent: User) -> dict[str, object]:
    """How an order is known that a claim is about: most are typed in when somebody complains.

    Its number, drawn by chance, decides, so that nothing else of the demonstration is drawn differently.
    """
    if int(number[-2:]) < TOLD_BY_PLATFORM:
        return {"source": OrderSource.IMPORT, "created_by": system}
    return {"source": OrderSource.TYPED, "created_by": agent}


class OtherOrders:
    """Orders of the same stations and seasons as those that claims are about."""

    def __init__(self, county_code: str, *, words: Words, now: datetime):
        self.county_code, self.words, self.now = county_code, words, now
        self.system = system_user()

    def write(self) -> Iterator[str]:
        """Write them in batches; yields how many there are."""
        claimed = list(
            Order.objects.filter(county_code=self.county_code, source=OrderSource.IMPORT)
            .order_by("pk")
            .values_list("station_id", "platform_id", "merchant_id", "logistics_id", "ordered_at")
        )
        number = 0
        for first in range(0, len(claimed), AT_ONCE // FOR_EACH_CLAIMED):
            orders = []
            for row in claimed[first : first + AT_ONCE // FOR_EACH_CLAIMED]:
                for _other in range(FOR_EACH_CLAIMED):
                    number += 1
                    orders.append(self._order(number, *row))
            with transaction.atomic():
                Order.objects.bulk_create(orders)
                OrderLine.objects.bulk_create(map(self._line, orders))
        yield f"{number} other orders"

    def _order(self, number: int, station: int, platform, merchant, logistics, ordered_at: datetime) -> Order:
        around = timedelta(minutes=self.words.random.randrange(2 * AROUND_DAYS * 24 * 60))
        at = min(ordered_at + around - timedelta(days=AROUND_DAYS), self.now)
        return Order(
            station_id=station,
            county_code=self.county_code,
            number=f"D{at:%y%m%d}{self.county_code[:6]}{number:06d}",
            platform_id=platform,
            merchant_id=merchant,
            logistics_id=logistics,
            ordered_at=at,
            source=OrderSource.IMPORT,
            created_by=self.system,
            created_at=at,
            changed_at=at,
        )

    def _line(self, order: Order) -> OrderLine:
        goods = self.words.goods(order.ordered_at)
        return OrderLine(
            order=order,
            station_id=order.station_id,
            county_code=order.county_code,
            product=goods.product,
            goods_type=goods.goods_type,
            quantity_milli=goods.quantity * 1000,
            unit=goods.unit,
            paid_fen=goods.paid_fen,
        )
