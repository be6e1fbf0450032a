"""The number on the shelf: one conditional UPDATE and one movement for each change. docs/rules/parts.md."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Part, PartStock, PartUse, StockMovement, Visit
from claims.queries.parts import nearest_with
from claims.rules.parts import MOST_PIECES, OldPart, StockReason
from stations.models import Station
from stations.models.network import StationState

NOTE_SIGNS = 200
NOTE_LEAST = 4


def stock_at(part: Part, station: Station) -> PartStock:
    """The row of a part at a station; made when there is none yet. The caller has looked at the scope."""
    stock, _made = PartStock._base_manager.get_or_create(
        part=part, station=station, defaults={"county_code": station.county_code}
    )
    return stock


def add(stock: PartStock, quantity: int, **facts) -> StockMovement:
    """Put pieces on the shelf. Raises Refused("too_many") where more would lie there than anybody counts."""
    room = PartStock._base_manager.filter(pk=stock.pk, on_hand__lte=MOST_PIECES - quantity)
    if not room.update(on_hand=F("on_hand") + quantity):
        raise Refused(
            _("A station keeps at most %(most)s pieces of a part.") % {"most": MOST_PIECES},
            code="too_many",
            field="quantity",
        )
    return _written(stock, quantity, **facts)


def take_free(stock: PartStock, quantity: int, **facts) -> StockMovement:
    """Take pieces that nobody has put aside. Raises Refused("part_short"), with the nearest others."""
    if not _free(stock, quantity).update(on_hand=F("on_hand") - quantity):
        raise short(stock.part, stock.station, quantity)
    return _written(stock, -quantity, **facts)


def put_aside(stock: PartStock, quantity: int) -> None:
    """Put free pieces aside. Raises Refused("part_short"), with the nearest others."""
    if not _free(stock, quantity).update(reserved=F("reserved") + quantity):
        raise short(stock.part, stock.station, quantity)


def put_back(stock_id: int, quantity: int) -> None:
    """Make pieces that were put aside free again; whoever ended their use calls this once."""
    PartStock._base_manager.filter(pk=stock_id).update(reserved=F("reserved") - quantity)


def take_put_aside(use: PartUse, *, by: User, now: datetime) -> StockMovement:
    """Take the pieces of a use off the shelf that were put aside for it."""
    PartStock._base_manager.filter(pk=use.stock_id).update(
        on_hand=F("on_hand") - use.quantity, reserved=F("reserved") - use.quantity
    )
    return _written(use.stock, -use.quantity, reason=StockReason.USED, use=use, by=by, now=now)


def set_counted(stock: PartStock, counted: int, **facts) -> StockMovement | None:
    """Let the shelf hold what was counted; None when it did already.

    Raises Refused("fewer_than_put_aside"), and Refused("stale") when it changed while somebody counted.
    """
    difference = counted - stock.on_hand
    unchanged = PartStock._base_manager.filter(pk=stock.pk, on_hand=stock.on_hand, reserved__lte=counted)
    if not unchanged.update(on_hand=counted):
        current = PartStock._base_manager.get(pk=stock.pk)
        if current.reserved > counted:
            raise Refused(
                _("%(reserved)s pieces are put aside for visits. Put some of them back first.")
                % {"reserved": current.reserved},
                code="fewer_than_put_aside",
                field="counted",
                details={"reserved": current.reserved},
            )
        raise Refused(
            _("The stock changed while you were counting. Count once more."), code="stale", field="counted"
        )
    return _written(stock, difference, **facts) if difference else None


def short(part: Part, station: Station, quantity: int) -> Refused:
    """What somebody is told for whom there is no part left: where the nearest ones lie."""
    others = nearest_with(part, near=station, quantity=quantity)
    if others:
        message = _("There are not enough free pieces at %(station)s. Nearest: %(others)s.") % {
            "station": station.name,
            "others": "; ".join(str(other) for other in others),
        }
    else:
        message = _("There are not enough free pieces at %(station)s, nor anywhere else in the county.") % {
            "station": station.name
        }
    return Refused(
        message,
        code="part_short",
        field="quantity",
        details={
            "alternatives": [
                {"station": other.station_id, "free": other.free, "distance_m": other.distance_m}
                for other in others
            ]
        },
    )


def check_place(station: Station) -> None:
    """Raise Refused("station_not_operating") for a station where nobody keeps parts."""
    if station.state != StationState.OPERATING:
        raise Refused(_("This station is not operating."), code="station_not_operating", field="station")


def check_part(part: Part) -> None:
    """Raise Refused("part_retired") for a part that is no longer kept."""
    if part.retired_at is not None:
        raise Refused(_("This part is no longer kept."), code="part_retired", field="part")


def check_quantity(
    quantity: int, *, least: int = 1, most: int = MOST_PIECES, field: str = "quantity"
) -> None:
    """Raise Refused("quantity_out_of_range") for no whole number between the two."""
    if type(quantity) is not int or not least <= quantity <= most:
        raise Refused(
            _("Enter a number of pieces from %(least)s to %(most)s.") % {"least": least, "most": most},
            code="quantity_out_of_range",
            field=field,
        )


def note(text: str) -> str:
    """A note as it is kept: one line, cut."""
    return " ".join(text.split())[:NOTE_SIGNS]


def reason(text: str, sentence: str) -> str:
    """A note that must say something. Raises Refused("reason_missing") with the sentence."""
    text = note(text)
    if len(text) < NOTE_LEAST:
        raise Refused(sentence, code="reason_missing", field="note")
    return text


def _free(stock: PartStock, quantity: int):
    return PartStock._base_manager.filter(pk=stock.pk, on_hand__gte=F("reserved") + quantity)


def _written(
    stock: PartStock,
    change: int,
    *,
    reason: StockReason,
    by: User,
    now: datetime,
    note: str = "",
    use: PartUse | None = None,
) -> StockMovement:
    # Read after the UPDATE in its transaction: the row is ours until the end of it.
    on_hand = PartStock._base_manager.values_list("on_hand", flat=True).get(pk=stock.pk)
    return StockMovement._base_manager.create(
        stock=stock,
        county_code=stock.county_code,
        reason=reason.value,
        change=change,
        on_hand=on_hand,
        use=use,
        note=note,
        by=by,
        at=now,
    )


def record_use(verb: str, use: PartUse, visit: Visit, *, by: User, now: datetime) -> None:
    """Write down what became of a part of a visit, with the claim it is for."""
    after = {"part": use.part.code, "name": use.part.name, "quantity": use.quantity, "visit": visit.pk}
    if use.old_part != OldPart.NONE:
        after["old_part"] = str(use.old_part)
    trail.record(
        verb,
        by=by,
        obj=use,
        claim_id=visit.claim_id,
        station_id=use.stock.station_id,
        after=after,
        at=now,
    )
