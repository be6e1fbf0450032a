"""Reading goods in custody: what lies on a shelf, what one claim has, what one person keeps."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from claims.models import Claim, CustodyItem, Stocktake
from claims.rules.custody import WAITS_LONG_AFTER_DAYS, Whereabouts, days_on_shelf
from claims.rules.numbering import is_valid_label, normalise_number

SHELF_ORDER = ("received_at", "id")


def _listed() -> QuerySet[CustodyItem]:
    return CustodyItem.objects.select_related("claim__consumer", "station", "keeper")


def on_shelf(*, station=None, keeper=None) -> QuerySet[CustodyItem]:
    """Goods that are still there, the longest waiting first; of one station or one keeper where given."""
    goods = _listed().filter(whereabouts=Whereabouts.ON_SHELF)
    if station is not None:
        goods = goods.filter(station=station)
    if keeper is not None:
        goods = goods.filter(keeper=keeper)
    return goods.order_by(*SHELF_ORDER)


def left(*, station=None) -> QuerySet[CustodyItem]:
    """Goods that have gone on, the last first."""
    goods = _listed().exclude(whereabouts=Whereabouts.ON_SHELF)
    if station is not None:
        goods = goods.filter(station=station)
    return goods.order_by("-left_at", "-id")


def labelled(text: str) -> QuerySet[CustodyItem]:
    """The goods with a label as somebody typed or scanned it; none when it is no label."""
    label = normalise_number(text)
    return _listed().filter(label=label) if is_valid_label(label) else CustodyItem.objects.none()


def of_claim(claim: Claim) -> QuerySet[CustodyItem]:
    """Everything that was taken in for a claim, in order."""
    return CustodyItem.objects.filter(claim=claim).select_related("station").order_by("id")


def last_stocktake(station) -> Stocktake | None:
    """The newest count of a station's shelf, if there was one."""
    return Stocktake.objects.filter(station=station).select_related("by").order_by("-at", "-id").first()


def days_waiting(item: CustodyItem, now: datetime) -> int:
    """Whole days the goods have lain on the shelf, in local days."""
    return days_on_shelf(timezone.localdate(item.received_at), timezone.localdate(item.left_at or now))


def waits_long(item: CustodyItem, now: datetime) -> bool:
    """Whether goods on the shelf have waited longer than a refund may take by law."""
    return item.whereabouts == Whereabouts.ON_SHELF and days_waiting(item, now) >= WAITS_LONG_AFTER_DAYS
