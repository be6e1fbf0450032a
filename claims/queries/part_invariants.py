"""What must hold for spare parts at every moment. docs/rules/parts.md, section 7.

Each function yields one sentence per violation, for operators, and wants a scope that reaches everything.
"""

from collections.abc import Iterator

from django.db.models import F, Q, Sum

from claims.models import PartStock, PartUse, StockMovement
from claims.models.visits import BOOKED_STATES
from claims.rules.parts import OldPart, PartState, StockReason


def violations() -> Iterator[str]:
    """Every violation of every check, in a fixed order; nothing on healthy data."""
    for check in (shelves, put_aside, used, visits, counties):
        yield from check()


def shelves() -> Iterator[str]:
    """What lies on a shelf is the sum of its movements, and the last one says so."""
    rows = StockMovement.objects.order_by()
    moved = dict(rows.values("stock_id").annotate(sum=Sum("change")).values_list("stock_id", "sum"))
    last = dict(StockMovement.objects.order_by("id").values_list("stock_id", "on_hand"))
    for pk, on_hand in PartStock.objects.order_by("pk").values_list("pk", "on_hand"):
        if on_hand != moved.get(pk, 0):
            yield f"stock {pk}: {on_hand} on the shelf, its movements say {moved.get(pk, 0)}"
        if on_hand != last.get(pk, 0):
            yield f"stock {pk}: {on_hand} on the shelf, its last movement says {last.get(pk, 0)}"


def put_aside() -> Iterator[str]:
    """What is put aside on a shelf is what visits have put aside, and is there."""
    rows = PartUse.objects.filter(state=PartState.RESERVED).order_by()
    due = dict(rows.values("stock_id").annotate(sum=Sum("quantity")).values_list("stock_id", "sum"))
    for pk, on_hand, reserved in PartStock.objects.order_by("pk").values_list("pk", "on_hand", "reserved"):
        if reserved != due.get(pk, 0):
            yield f"stock {pk}: {reserved} put aside, its visits say {due.get(pk, 0)}"
        if reserved > on_hand:
            yield f"stock {pk}: {reserved} put aside of {on_hand}"


def used() -> Iterator[str]:
    """A part that was used left its shelf in one movement of its number; no other left it for a visit."""
    rows = StockMovement.objects.filter(reason=StockReason.USED)
    left = {use: (stock, -change) for use, stock, change in rows.values_list("use_id", "stock_id", "change")}
    uses = PartUse.objects.filter(state=PartState.USED).order_by("pk")
    for pk, stock, quantity in uses.values_list("pk", "stock_id", "quantity"):
        if left.pop(pk, None) != (stock, quantity):
            yield f"part of a visit {pk}: used, but its shelf says otherwise"
    for pk in left:
        yield f"part of a visit {pk}: left its shelf without having been used"


def visits() -> Iterator[str]:
    """Nothing is put aside for a visit that has ended; only a part that was used has an old one."""
    stale = PartUse.objects.filter(state=PartState.RESERVED).exclude(visit__state__in=BOOKED_STATES)
    for pk in stale.order_by("pk").values_list("pk", flat=True):
        yield f"part of a visit {pk}: put aside for a visit that has ended"
    odd = PartUse.objects.exclude(state=PartState.USED).exclude(old_part=OldPart.NONE)
    for pk in odd.order_by("pk").values_list("pk", flat=True):
        yield f"part of a visit {pk}: has an old part, but was not used"
    sent = Q(old_part=OldPart.SENT_ON, old_part_sent_on__isnull=True) | Q(
        ~Q(old_part=OldPart.SENT_ON), old_part_sent_on__isnull=False
    )
    for pk in PartUse.objects.filter(sent).order_by("pk").values_list("pk", flat=True):
        yield f"part of a visit {pk}: the day on which its old part was sent does not fit"


def counties() -> Iterator[str]:
    """A shelf, its movements and its visits lie in one county, and a use is of its shelf's part."""
    for pk in PartStock.objects.exclude(county_code=F("station__county_code")).values_list("pk", flat=True):
        yield f"stock {pk}: in another county than its station"
    foreign = PartUse.objects.exclude(
        county_code=F("stock__county_code"),
        visit__county_code=F("stock__county_code"),
        part_id=F("stock__part_id"),
    )
    for pk in foreign.order_by("pk").values_list("pk", flat=True):
        yield f"part of a visit {pk}: of another county or of another part than its shelf"
