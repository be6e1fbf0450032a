"""Cash boxes as pages show them: what should be in them, what is on the way, when they were counted.

The balance of a box is that of its account in the county's books, which a station does not see; it is read
here past the scope for boxes that the person may see.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet, Sum
from django.utils import timezone

from aftersales.audit.trail import system_scope
from claims.models import Account, CashBox, CashCount, CashFloat, Fund, Movement
from claims.models.cash_boxes import FloatState
from claims.models.fund import AccountKind
from claims.rules.payouts import COUNT_DUE_DAYS

SHOWN = 20


@dataclass(frozen=True)
class BoxState:
    """A cash box and how it stands: `is_late` when something is in it and nobody has counted it in time."""

    box: CashBox
    balance_fen: int
    days_uncounted: int | None
    is_late: bool
    last_count: CashCount | None

    @property
    def to_book(self) -> CashCount | None:
        """The last count, when its difference has not been booked."""
        count = self.last_count
        return count if count is not None and count.difference_fen and count.movement_id is None else None


@dataclass(frozen=True)
class BoxMovement:
    """One movement of a box: `is_in` when cash came into it."""

    movement: Movement
    is_in: bool


def boxes(fund: Fund | None = None) -> QuerySet[CashBox]:
    """The cash boxes in reach, by the name of their station; of one fund where given."""
    rows = CashBox.objects.select_related("station", "account", "keeper", "fund").order_by(
        "station__name", "id"
    )
    return rows if fund is None else rows.filter(fund=fund)


def states(rows: Iterable[CashBox], now: datetime) -> list[BoxState]:
    """How each of these boxes stands; one query for all their last counts."""
    rows = list(rows)
    last: dict[int, CashCount] = {}
    found = CashCount.objects.filter(box__in=rows).select_related("counted_by", "booked_by")
    for counted in found.filter(counted_at__in=[box.counted_at for box in rows]).order_by("id"):
        last[counted.box_id] = counted
    return [_state(box, last.get(box.pk), now) for box in rows]


def waiting_floats(rows: QuerySet[CashFloat] | None = None) -> QuerySet[CashFloat]:
    """Cash that was handed over and not received, the longest on the way first."""
    rows = CashFloat.objects.all() if rows is None else rows
    return (
        rows.filter(state=FloatState.HANDED)
        .select_related("box__station", "handed_by", "station")
        .order_by("handed_at", "id")
    )


def movements(box: CashBox) -> list[BoxMovement]:
    """The last movements of a box, the newest first."""
    with system_scope("movements of a cash box", quiet=True):
        rows = (
            Movement.objects.filter(debit_id=box.account_id)
            | Movement.objects.filter(credit_id=box.account_id)
        ).select_related("claim", "by")
        return [BoxMovement(each, each.debit_id == box.account_id) for each in rows.order_by("-id")[:SHOWN]]


def to_book() -> QuerySet[CashCount]:
    """Last counts of boxes that differ from the books and have not been booked, the oldest first."""
    later = CashCount.objects.filter(box_id=OuterRef("box_id"), pk__gt=OuterRef("pk"))
    return (
        CashCount.objects.filter(movement__isnull=True)
        .exclude(book_fen=F("counted_fen"))
        .exclude(Exists(later))
        .order_by("counted_at", "id")
    )


def in_boxes_fen(fund: Fund) -> int:
    """What all cash boxes of a fund should hold together."""
    held = Account.objects.filter(fund=fund, kind=AccountKind.CASH_BOX)
    return held.aggregate(sum=Sum("balance_fen", default=0))["sum"]


def _state(box: CashBox, last: CashCount | None, now: datetime) -> BoxState:
    balance = box.account.balance_fen
    days = None
    if box.counted_at is not None:
        days = (timezone.localdate(now) - timezone.localdate(box.counted_at)).days
    return BoxState(
        box=box,
        balance_fen=balance,
        days_uncounted=days,
        is_late=balance > 0 and (days is None or days > COUNT_DUE_DAYS),
        last_count=last,
    )
