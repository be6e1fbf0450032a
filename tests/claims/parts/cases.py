"""Parts, shelves and visits that tests of spare parts begin with."""

from datetime import datetime, timedelta

from aftersales.audit.models import AuditEvent
from claims.models import Claim, Part, PartStock, PartUse, Visit
from claims.services import parts
from tests.factories import NOW, acting_as, make_claim, seeing_everything

WINDOW = timedelta(hours=2)


def make_part(code: str = "X-PUMP", **fields) -> Part:
    values = {"name": "排水泵", "appliance": "washing_machine", "price_fen": 4500, **fields}
    return Part.objects.create(code=code, **values)


def make_stock(part: Part, station, *, on_hand: int, by, low_at: int = 1) -> PartStock:
    """A shelf that was filled through the service, so that its movements agree with it."""
    with acting_as(by):
        stock = parts.receive(part=part, station=station, quantity=on_hand, by=by, now=NOW).stock
    if low_at != 1:
        with acting_as(by):
            stock = parts.set_low(stock=stock, low_at=low_at, by=by, now=NOW)
    return read_stock(stock)


def make_visit(cast, *, claim: Claim | None = None, state: str = "planned", kind: str = "repair") -> Visit:
    """A visit of the township's technician to a village of 六广, sent by the standby point."""
    with seeing_everything():
        claim = claim or make_claim(cast.guangcheng, filed_by=cast.agent, goods_type="appliance")
        starts = NOW + timedelta(days=1) + WINDOW * Visit.objects.count()
        return Visit.objects.create(
            claim=claim,
            county_code=claim.county_code,
            station=cast.liuguang_point,
            place=claim.station.region,
            kind=kind,
            task="洗衣机不排水",
            technician=cast.technician,
            starts_at=starts,
            ends_at=starts + WINDOW,
            state=state,
            planned_by=cast.technician,
            planned_at=NOW,
            **ended(state, at=NOW),
        )


def ended(state: str, *, at: datetime) -> dict:
    """What a visit's row holds besides its state."""
    if state in ("planned", "under_way"):
        return {}
    return {"ended_at": at} | {"done": {"outcome": "solved"}, "failed": {"failure": "nobody_home"}}.get(
        state, {}
    )


def end(visit: Visit, state: str) -> Visit:
    """Let a visit end as another service would."""
    with seeing_everything():
        Visit.objects.filter(pk=visit.pk).update(state=state, **ended(state, at=NOW))
        return Visit.objects.get(pk=visit.pk)


def read_stock(stock: PartStock) -> PartStock:
    with seeing_everything():
        return PartStock.objects.select_related("station", "part").get(pk=stock.pk)


def shelf(stock: PartStock) -> tuple[int, int]:
    """On the shelf, and of them put aside."""
    row = read_stock(stock)
    return row.on_hand, row.reserved


def uses_of(visit: Visit) -> list[tuple]:
    with seeing_everything():
        rows = PartUse.objects.filter(visit=visit).order_by("id")
        return list(rows.values_list("part__code", "quantity", "state", "old_part"))


def movements_of(stock: PartStock) -> list[tuple]:
    """Reason, change, what lay there afterwards, and the note; the oldest first."""
    with seeing_everything():
        return list(stock.movements.order_by("id").values_list("reason", "change", "on_hand", "note"))


def events(*verbs: str) -> list[AuditEvent]:
    """What the trail says of these verbs, the oldest first."""
    with seeing_everything():
        return list(AuditEvent.objects.filter(verb__in=verbs).order_by("id"))
