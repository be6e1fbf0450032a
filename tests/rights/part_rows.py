"""Spare parts in the small world of tests/rights/world.py: a village's shelf, and a part for its visit."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Model

from claims.models import Part, PartStock, PartUse, StockMovement, Visit
from tests.factories import NOW
from tests.rights.marks import Marks


def part_rows(mark: Marks, visit: Visit, person) -> list[Model]:
    """A shelf with a part on it, one piece put aside for a visit, and an old one that came back earlier."""
    station, county = visit.claim.station, visit.county_code
    stock = PartStock.objects.create(
        part=Part.objects.get(code="WM-PUMP"),
        station=station,
        county_code=county,
        on_hand=3,
        reserved=1,
        low_at=5,
    )
    uses = {"visit": visit, "stock": stock, "part": stock.part, "county_code": county, "reserved_by": person}
    old = PartUse.objects.create(
        state="used", old_part="taken_back", reserved_at=NOW, ended_at=NOW - timedelta(days=1), **uses
    )
    moved = {"stock": stock, "county_code": county, "by": person, "note": mark.word("stocknote")}
    StockMovement.objects.create(reason="received", change=4, on_hand=4, at=NOW, **moved)
    used = StockMovement.objects.create(reason="used", change=-1, on_hand=3, at=NOW, use=old, **moved)
    mark.also(str(old.pk))
    return [stock.part, stock, used, PartUse.objects.create(reserved_at=NOW, **uses)]
