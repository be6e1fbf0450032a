"""check_invariants names shelves and parts of visits that somebody has tampered with."""

from datetime import date

import pytest
from django.db import connection

from aftersales.audit import append_only
from claims.models import PartStock, PartUse, StockMovement, Visit
from claims.queries import part_invariants
from claims.services import old_parts, parts
from tests.claims.parts.cases import make_part, make_stock, make_visit
from tests.factories import NOW, acting_as, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelves(cast):
    """A shelf of five: one built in and its old part sent on, one put aside, one put back, one lost."""
    pump = make_part("X-PUMP", old_part_comes_back=True)
    stock = make_stock(pump, cast.liuguang_point, on_hand=5, by=cast.technician)
    acts = {"by": cast.technician, "now": NOW}
    with acting_as(cast.technician):
        first, second, third = (
            parts.reserve(visit=make_visit(cast), part=pump, station=cast.liuguang_point, **acts)
            for _visit in range(3)
        )
        parts.use(use=first, old_part="taken_back", **acts)
        old_parts.send_on(uses=[first], sent_on=date(2026, 11, 20), **acts)
        parts.release(use=third, **acts)
        parts.break_(stock=stock, quantity=1, note="掉地上摔坏", **acts)
        parts.send(stock=stock, to=cast.xiuwen_centre, quantity=1, **acts)
    with seeing_everything():
        append_only.remove(connection)
        yield stock, first, second


def test_healthy_shelves_have_nothing_to_say(shelves):
    assert list(part_invariants.violations()) == []


def test_every_tampered_row_is_named(shelves):
    stock, used, aside = shelves
    received = StockMovement.objects.get(stock=stock, reason="received")
    built_in = StockMovement.objects.get(stock=stock, reason="used")
    found = {}
    for name, rows, change in [
        ("shelf", PartStock.objects.filter(pk=stock.pk), {"on_hand": 3}),
        ("aside", PartStock.objects.filter(pk=stock.pk), {"reserved": 0}),
        ("movement", StockMovement.objects.filter(pk=received.pk), {"change": 6}),
        ("quantity", StockMovement.objects.filter(pk=built_in.pk), {"use": aside}),
        ("visit", Visit.objects.filter(pk=aside.visit_id), {"state": "cancelled", "ended_at": NOW}),
        ("old part", PartUse.objects.filter(pk=aside.pk), {"old_part": "left"}),
        ("day", PartUse.objects.filter(pk=used.pk), {"old_part_sent_on": None}),
        ("county", PartStock.objects.filter(pk=stock.pk), {"county_code": "320324000000"}),
    ]:
        before = rows.values(*change).get()
        rows.update(**change)
        found[name] = list(part_invariants.violations())
        rows.update(**before)

    of_shelf, of_used, of_aside = (
        f"stock {stock.pk}",
        f"part of a visit {used.pk}",
        f"part of a visit {aside.pk}",
    )
    in_another = [
        f"part of a visit {use.pk}: of another county or of another part than its shelf"
        for use in PartUse.objects.filter(stock=stock).order_by("pk")
    ]
    assert found == {
        "shelf": [
            f"{of_shelf}: 3 on the shelf, its movements say 2",
            f"{of_shelf}: 3 on the shelf, its last movement says 2",
        ],
        "aside": [f"{of_shelf}: 0 put aside, its visits say 1"],
        "movement": [f"{of_shelf}: 2 on the shelf, its movements say 3"],
        "quantity": [
            f"{of_used}: used, but its shelf says otherwise",
            f"{of_aside}: left its shelf without having been used",
        ],
        "visit": [f"{of_aside}: put aside for a visit that has ended"],
        "old part": [f"{of_aside}: has an old part, but was not used"],
        "day": [f"{of_used}: the day on which its old part was sent does not fit"],
        "county": [f"{of_shelf}: in another county than its station", *in_another],
    }
