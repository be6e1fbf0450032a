"""Spare parts: brought in, counted, sent, written off; put aside for a visit, then used or put back.

Rule: docs/rules/parts.md. Pieces move by conditional UPDATEs with a CHECK behind them, so that the last part
is taken once; whoever comes second is told where the nearest others lie.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Part, PartStock, PartUse, StockMovement, Visit
from claims.queries.parts import sources_of
from claims.rules.parts import (
    AFTERWARDS_DAYS,
    MOST_AT_A_VISIT,
    PartState,
    StockReason,
    old_part_choices,
)
from claims.rules.visits import BOOKED, VisitState
from claims.services import part_stock, reach
from stations.models import Station


def receive(
    *, part: Part, station: Station, quantity: int, note: str = "", by: User, now: datetime
) -> StockMovement:
    """Put parts that came from a supplier on the shelf of a station.

    Raises Refused with unknown_station, station_not_operating, part_retired, quantity_out_of_range.
    """
    station = reach.station(station)
    part_stock.check_place(station)
    part_stock.check_part(part)
    part_stock.check_quantity(quantity)
    with transaction.atomic():
        stock = part_stock.stock_at(part, station)
        movement = part_stock.add(
            stock, quantity, reason=StockReason.RECEIVED, note=part_stock.note(note), by=by, now=now
        )
        _record("part.received", stock, movement, by=by, now=now)
    return movement


def count(*, stock: PartStock, counted: int, note: str = "", by: User, now: datetime) -> StockMovement | None:
    """Write down what was counted on the shelf; a difference has a reason, and is None where there is none.

    Raises Refused with unknown_stock, quantity_out_of_range, reason_missing, fewer_than_put_aside, stale.
    """
    stock = _stock(stock)
    part_stock.check_quantity(counted, least=0, field="counted")
    if counted != stock.on_hand:
        note = part_stock.reason(
            note,
            _("By the books %(books)s should be there. Count again, or say how the difference came.")
            % {"books": stock.on_hand},
        )
    with transaction.atomic():
        movement = part_stock.set_counted(
            stock, counted, reason=StockReason.COUNTED, note=part_stock.note(note), by=by, now=now
        )
        after = {"part": stock.part.code, "counted": counted, "books": stock.on_hand}
        trail.record("part.counted", by=by, obj=stock, after=after, reason=part_stock.note(note), at=now)
    return movement


def send(
    *, stock: PartStock, to: Station, quantity: int, note: str = "", by: User, now: datetime
) -> StockMovement:
    """Move free parts to another station of the county; both shelves are booked at once.

    To a station inside the scope or to the one above the sender. Returns what left. Raises Refused with
    unknown_stock, unknown_station, same_station, other_county, station_not_operating,
    quantity_out_of_range, part_short.
    """
    stock = _stock(stock)
    target = to if to.pk == stock.station.parent_id else reach.station(to)
    if target.pk == stock.station_id:
        raise Refused(_("The parts lie there already."), code="same_station", field="to")
    if target.county_code != stock.county_code:
        raise Refused(_("Choose a station of the same county."), code="other_county", field="to")
    part_stock.check_place(target)
    part_stock.check_quantity(quantity)
    facts = {"reason": StockReason.SENT, "by": by, "now": now}
    with transaction.atomic():
        there = part_stock.stock_at(stock.part, target)
        # The row with the smaller key first: two stations that send to each other never wait in a circle.
        steps = {
            stock.pk: lambda: part_stock.take_free(stock, quantity, note=_joined(target.name, note), **facts),
            there.pk: lambda: part_stock.add(
                there, quantity, note=_joined(stock.station.name, note), **facts
            ),
        }
        moved = {key: steps[key]() for key in sorted(steps)}
        _record("part.sent", stock, moved[stock.pk], by=by, now=now, to=target.pk)
    return moved[stock.pk]


def break_(*, stock: PartStock, quantity: int, note: str, by: User, now: datetime) -> StockMovement:
    """Take free parts off the books that broke or were lost, with the reason.

    Raises Refused with unknown_stock, quantity_out_of_range, reason_missing, part_short.
    """
    stock = _stock(stock)
    part_stock.check_quantity(quantity)
    note = part_stock.reason(note, _("Say in a few words what happened."))
    with transaction.atomic():
        movement = part_stock.take_free(stock, quantity, reason=StockReason.BROKEN, note=note, by=by, now=now)
        _record("part.broken", stock, movement, by=by, now=now)
    return movement


def set_low(*, stock: PartStock, low_at: int, by: User, now: datetime) -> PartStock:
    """Say below how many free pieces more are to be ordered. Raises as `count`."""
    stock = _stock(stock)
    part_stock.check_quantity(low_at, least=0, field="low_at")
    if low_at == stock.low_at:
        return stock
    with transaction.atomic():
        PartStock._base_manager.filter(pk=stock.pk).update(low_at=low_at)
        before = {"part": stock.part.code, "low_at": stock.low_at}
        trail.record("part.limit_set", by=by, obj=stock, before=before, after={"low_at": low_at}, at=now)
    return _stock(stock)


def reserve(
    *, visit: Visit, part: Part, station: Station, quantity: int = 1, by: User, now: datetime
) -> PartUse:
    """Put free parts aside for a visit: at a station in reach, or on the claim's way up to the county centre.

    Raises Refused with unknown_visit, visit_ended, part_retired, unknown_station, quantity_out_of_range,
    already_put_aside, and part_short with details["alternatives"]: the nearest stations of the county with
    enough free pieces (station, free, distance_m), which the message names too.
    """
    visit = _visit(visit)
    part_stock.check_part(part)
    part_stock.check_quantity(quantity, most=MOST_AT_A_VISIT)
    station = _source(visit, station)
    try:
        with transaction.atomic():
            # Whatever ends the visit waits for this, so that nothing stays put aside for one that has ended.
            if not Visit._base_manager.filter(pk=visit.pk, state__in=BOOKED).update(state=F("state")):
                raise _ended()
            stock = part_stock.stock_at(part, station)
            part_stock.put_aside(stock, quantity)
            use = PartUse._base_manager.create(
                visit=visit,
                stock=stock,
                part=part,
                county_code=stock.county_code,
                quantity=quantity,
                price_fen=part.price_fen,
                reserved_by=by,
                reserved_at=now,
            )
            part_stock.record_use("part.put_aside", use, visit, by=by, now=now)
    except IntegrityError:
        raise Refused(
            _("This part is put aside for the visit already. Put it back first to change the number."),
            code="already_put_aside",
            field="part",
        ) from None
    return use


def release(*, use: PartUse, by: User, now: datetime) -> PartUse:
    """Put back what was put aside. Raises Refused with unknown_visit, use_ended."""
    visit = _visit(use.visit)
    with transaction.atomic():
        _end(use, PartState.RELEASED, now)
        part_stock.put_back(use.stock_id, use.quantity)
        part_stock.record_use("part.put_back", use, visit, by=by, now=now)
    return _use(use)


def use(*, use: PartUse, old_part: str, by: User, now: datetime) -> PartUse:
    """The part was built in; `old_part` says where the old one is (claims.rules.parts.OldPart).

    Raises Refused with unknown_visit, use_ended, old_part_unknown.
    """
    visit = _visit(use.visit)
    current = _use(use)
    _check_old_part(current.part, old_part)
    with transaction.atomic():
        _end(current, PartState.USED, now, old_part=str(old_part))
        part_stock.take_put_aside(current, by=by, now=now)
        current.old_part = str(old_part)
        part_stock.record_use("part.used", current, visit, by=by, now=now)
    return _use(use)


def use_unreserved(
    *, visit: Visit, part: Part, station: Station, quantity: int, old_part: str, by: User, now: datetime
) -> PartUse:
    """A part was taken out of the bag and built in without having been put aside; also within a few days
    after the visit was made (claims.rules.parts.AFTERWARDS_DAYS).

    Raises Refused as `reserve` and `use` do.
    """
    visit = _visit(visit)
    made = visit.state == VisitState.DONE
    if visit.state not in BOOKED and not (made and (now - visit.ended_at).days < AFTERWARDS_DAYS):
        raise _ended()
    part_stock.check_part(part)
    _check_old_part(part, old_part)
    part_stock.check_quantity(quantity, most=MOST_AT_A_VISIT)
    station = _source(visit, station)
    with transaction.atomic():
        stock = part_stock.stock_at(part, station)
        taken = PartUse(
            visit=visit,
            stock=stock,
            part=part,
            county_code=stock.county_code,
            quantity=quantity,
            state=PartState.USED.value,
            price_fen=part.price_fen,
            old_part=str(old_part),
            reserved_by=by,
            reserved_at=now,
            ended_at=now,
        )
        taken.save(force_insert=True)
        part_stock.take_free(stock, quantity, reason=StockReason.USED, use=taken, by=by, now=now)
        part_stock.record_use("part.used", taken, visit, by=by, now=now)
    return taken


def settle(*, visit: Visit, by: User, now: datetime) -> int:
    """Put back everything that is still put aside for a visit that ends; returns how many parts.

    Called by whatever ends a visit, inside its transaction; twice does no harm.
    """
    ended = 0
    with transaction.atomic():
        rows = PartUse._base_manager.filter(visit_id=visit.pk, state=PartState.RESERVED)
        for each in rows.select_related("part", "stock").order_by("stock_id"):
            if not _has_ended(each, PartState.RELEASED, now):
                continue
            part_stock.put_back(each.stock_id, each.quantity)
            part_stock.record_use("part.put_back", each, visit, by=by, now=now)
            ended += 1
    return ended


def carry_over(*, visit: Visit, to: Visit, by: User, now: datetime) -> int:
    """Keep what is put aside for the visit that goes on at another time; returns how many parts."""
    with transaction.atomic():
        moved = PartUse._base_manager.filter(visit_id=visit.pk, state=PartState.RESERVED).update(visit=to)
        if moved:
            trail.record(
                "part.carried_over", by=by, obj=to, before={"visit": visit.pk}, after={"parts": moved}, at=now
            )
    return moved


def _end(use: PartUse, state: PartState, now: datetime, **changes) -> None:
    if not _has_ended(use, state, now, **changes):
        raise Refused(_("This part was used or put back already."), code="use_ended")


def _has_ended(use: PartUse, state: PartState, now: datetime, **changes) -> bool:
    rows = PartUse._base_manager.filter(pk=use.pk, state=PartState.RESERVED)
    return bool(rows.update(state=state.value, ended_at=now, **changes))


def _ended() -> Refused:
    return Refused(_("This visit has ended."), code="visit_ended")


def _visit(visit: Visit) -> Visit:
    found = Visit.objects.select_related("claim__station__parent", "station").filter(pk=visit.pk).first()
    if found is None:
        raise Refused(_("There is no such visit."), code="unknown_visit")
    return found


def _use(use: PartUse) -> PartUse:
    """Read again past the scope: the part may lie higher up than the visit, which is what is looked up."""
    return PartUse._base_manager.select_related("part", "stock").get(pk=use.pk)


def _stock(stock: PartStock) -> PartStock:
    found = PartStock.objects.select_related("part", "station").filter(pk=stock.pk).first()
    if found is None:
        raise Refused(_("There is no such stock."), code="unknown_stock")
    return found


def _source(visit: Visit, station: Station) -> Station:
    """The station parts are taken from: one of those on offer for this visit."""
    found = sources_of(visit).filter(pk=station.pk).first()
    if found is None:
        raise Refused(_("There is no such station."), code="unknown_station", field="station")
    return found


def _check_old_part(part: Part, old_part: str) -> None:
    if old_part not in old_part_choices(comes_back=part.old_part_comes_back):
        raise Refused(_("Say where the old part is."), code="old_part_unknown", field="old_part")


def _joined(place: str, note: str) -> str:
    return part_stock.note(f"{place} · {note}" if note.strip() else place)


def _record(verb: str, stock: PartStock, movement: StockMovement, *, by: User, now: datetime, **more) -> None:
    after = {
        "part": stock.part.code,
        "change": movement.change,
        "on_hand": movement.on_hand,
        **more,
    }
    trail.record(verb, by=by, obj=stock, after=after, reason=movement.note, at=now)
