"""Lists of the demonstration: one that was brought in, one with rows to correct."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.accounts.scoping import acting_in
from aftersales.imports import asking, running
from aftersales.imports.kinds import KINDS
from claims.services.order_layout import LAYOUT
from stations.access.scope import authority_of
from stations.models import Region, Station

ROWS = (
    ("红富士苹果 10斤装", "fresh_fruit", "10", "斤", "49.90", "AP-10J"),
    ("百香果 5斤装", "fresh_fruit", "5", "斤", "32.80", "PF-5J"),
    ("菜籽油 5升", "grain_oil", "1", "件", "86.00", "OIL-5"),
    ("电饭煲 4升", "appliance", "1", "件", "199.00", "RC-4"),
    ("猕猴桃 30枚", "fresh_fruit", "30", "件", "58.00", "KW-30"),
)
MISTAKES = {1: {"paid_yuan": "三十"}, 3: {"station_code": "999999999999"}}


def bring_lists_in(region: Region, *, now: datetime) -> str:
    """Two lists of orders of a county's officer: all rows good and in; two rows to correct."""
    by = User.objects.get(username="officer")
    station = Station.objects.filter(county_code=region.code, tier="village").order_by("pk").first()
    kind = KINDS["orders"]
    with acting_in(authority_of(by, now=now).reach(kind.permission)):
        for name, mistakes in (("订单-十月.csv", {}), ("订单-本周.csv", MISTAKES)):
            row = asking.ask(
                kind=kind,
                content=_content(station, mistakes, name, now),
                file_name=name,
                form="csv",
                options={"mapping": "", "station": ""},
                by=by,
                now=now,
            )
            running.run(row.pk, now=now)
            row.refresh_from_db()
            if not mistakes:
                asking.confirm(row=row, keep_good=False, by=by, now=now)
                running.run(row.pk, now=now)
    return "lists of orders 2"


def _content(station: Station, mistakes: dict, name: str, now: datetime) -> bytes:
    day = timezone.localdate(now) - timedelta(days=9)
    lines = [",".join(str(column.title) for column in LAYOUT)]
    for number, (product, goods, quantity, unit, paid, sku) in enumerate(ROWS):
        values = {
            "order_number": f"L{day:%m%d}{len(mistakes)}{number:03d}",
            "station_code": str(station.pk),
            "product": product,
            "goods_type": goods,
            "quantity": quantity,
            "unit": unit,
            "paid_yuan": paid,
            "ordered_at": f"{day} 10:{number:02d}",
            "sku": sku,
        } | mistakes.get(number, {})
        lines.append(",".join(values.get(column.name, "") for column in LAYOUT))
    return "\n".join([*lines, ""]).encode()
