"""Reading orders: the recent ones of a station, and finding the line a claim is about.

Everything here keeps to the scope of the person acting.
"""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from aftersales.accounts.sealing import phone_index
from aftersales.lib.phones import PhoneError, normalise_phone
from claims.models import Order, OrderLine
from claims.models.claims import OPEN_STATUSES, Claim

RECENT_ORDER = ("-order__ordered_at", "-id")
NUMBER_SIGNS = 6


def lines() -> QuerySet:
    """Order lines with what a list shows, in one query whatever their number; nothing sealed is read."""
    return OrderLine.objects.select_related("order", "order__consumer", "order__merchant", "station").only(
        "product",
        "goods_type",
        "quantity_milli",
        "unit",
        "paid_fen",
        "granted_fen",
        "station__name",
        "order__number",
        "order__ordered_at",
        "order__signed_at",
        "order__merchant__name",
        "order__consumer__name_masked",
        "order__consumer__phone_masked",
    )


def recent_lines(*, station=None, among: Collection[int] | None = None) -> QuerySet:
    """Order lines, the last ordered first; of one station or with these keys where given. Page it by
    `RECENT_ORDER`."""
    queryset = lines()
    if among is not None:
        queryset = queryset.filter(pk__in=among)
    if station is not None:
        queryset = queryset.filter(station=station)
    return queryset.order_by(*RECENT_ORDER)


def search_lines(text: str, *, limit: int) -> list[OrderLine]:
    """Up to `limit` order lines that a word typed into the search box means, the last ordered first.

    An order number or a phone number must match as a whole. Where neither does, the text is the end of an
    order number (six signs or more, as people read them out) or part of a product's name.
    """
    text = text.strip()
    if not text:
        return []
    exact = Q(order__number=text)
    if index := _phone_index(text):
        exact |= Q(order__consumer__phone_index=index)
    found = list(lines().filter(exact).order_by(*RECENT_ORDER)[:limit])
    if found:
        return found
    loose = Q(product__icontains=text)
    if len(text) >= NUMBER_SIGNS:
        loose |= Q(order__number__iendswith=text)
    return list(lines().filter(loose).order_by(*RECENT_ORDER)[:limit])


def orders_found(text: str) -> QuerySet[Order]:
    """Orders whose whole number, or whose buyer's whole phone number, the text is."""
    text = text.strip()
    exact = Q(number=text)
    if index := _phone_index(text):
        exact |= Q(consumer__phone_index=index)
    return Order.objects.filter(exact) if text else Order.objects.none()


def open_claim_numbers(found: list[OrderLine]) -> dict[int, str]:
    """The number of an open claim on each of these lines that has one."""
    return dict(
        Claim.objects.filter(order_line__in=[line.pk for line in found], status__in=OPEN_STATUSES)
        .order_by("id")
        .values_list("order_line_id", "number")
    )


def order_with_lines(pk: int) -> QuerySet:
    """One order with its parties, its consumer and its lines."""
    return (
        Order.objects.filter(pk=pk)
        .select_related("station", "consumer", "merchant", "logistics", "platform", "created_by")
        .prefetch_related("lines")
    )


def _phone_index(text: str) -> str:
    try:
        return phone_index(normalise_phone(text))
    except PhoneError:
        return ""
