"""Orders that a person types in from a parcel label or a phone screen."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.lib.money import MAX_FEN, MAX_MILLI, format_yuan
from aftersales.web.lines import checked_line
from claims.models import Consumer, Order, OrderLine
from claims.models.choices import GoodsTypeChoices, ReturnExceptionChoices
from claims.models.orders import COUNTABLE_UNITS, OrderSource, OrderState, Unit
from claims.services import freight, reach
from stations.models import Party, Station
from stations.models.parties import PartyKind
from stations.services import parties

NUMBER_SIGNS = 40
PRODUCT_SIGNS = 120
ARTICLE_SIGNS = 40
CLOCK_TOLERANCE = timedelta(minutes=5)


def type_in(
    *,
    station: Station,
    number: str,
    product: str,
    goods_type: str,
    quantity_milli: int,
    unit: str,
    paid_fen: int,
    freight_fen: int | None = None,
    ordered_at: datetime,
    signed_at: datetime | None = None,
    merchant_name: str = "",
    platform_name: str = "",
    logistics_name: str = "",
    consumer: Consumer | None = None,
    sku: str = "",
    batch: str = "",
    return_exception: str = "",
    by: User,
    now: datetime,
) -> OrderLine:
    """Enter one line of an order that the system does not know, and return it.

    A second line under the same number joins the typed order; the same line again is the same line. Firms
    that are not known yet are added to the list of parties. `freight_fen` is the order's; None leaves it as
    it is known.

    Raises Refused with unknown_station, unknown_consumer, consumer_elsewhere, number_missing,
    product_missing, too_long, unknown_choice, quantity_out_of_range, quantity_not_whole,
    paid_out_of_range, freight_out_of_range, freight_counts_already, ordered_ahead, signed_before_ordered,
    signed_ahead, order_is_imported.
    """
    station = reach.station(station)
    if consumer is not None:
        consumer = reach.consumer(consumer)
        if consumer.station_id != station.pk:
            raise Refused(
                _("This consumer is known at another station than the order."),
                code="consumer_elsewhere",
                field="consumer",
            )
    number = checked_line(number, limit=NUMBER_SIGNS, field="number")
    if not number:
        raise Refused(_("Enter the order number."), code="number_missing", field="number")
    check_times(ordered_at=ordered_at, signed_at=signed_at, now=now)
    check_freight(freight_fen)
    goods = checked_goods(
        product=product,
        goods_type=goods_type,
        quantity_milli=quantity_milli,
        unit=unit,
        paid_fen=paid_fen,
        sku=sku,
        batch=batch,
    )
    if return_exception not in ("", *ReturnExceptionChoices.values):
        raise Refused(
            _("Choose one of the values on offer."), code="unknown_choice", field="return_exception"
        )
    goods["return_exception"] = return_exception
    with transaction.atomic():
        order = _order(
            station,
            number,
            {
                "consumer": consumer,
                "freight_fen": freight_fen or 0,
                "ordered_at": ordered_at,
                "signed_at": signed_at,
                "state": OrderState.SIGNED if signed_at else OrderState.PLACED,
                "merchant": _party(PartyKind.MERCHANT, merchant_name, by=by, now=now),
                "platform": _party(PartyKind.PLATFORM, platform_name, by=by, now=now),
                "logistics": _party(PartyKind.LOGISTICS, logistics_name, by=by, now=now),
            },
            by=by,
            now=now,
        )
        # A form sent twice stands in line here and finds the line of the first one.
        order = Order._base_manager.select_for_update(no_key=True).get(pk=order.pk)
        if freight_fen is not None and freight_fen != order.freight_fen:
            _change_freight(order, freight_fen, by=by, now=now)
        known = OrderLine.objects.filter(order=order, **goods).first()
        if known is not None:
            return known
        line = OrderLine.objects.create(
            order=order, station=station, county_code=station.county_code, **goods
        )
        if order.freight_fen:
            freight.spread(order)
            line.refresh_from_db(fields=["freight_fen"])
        trail.record(
            "order.typed_in",
            by=by,
            obj=line,
            after={
                "order": order.pk,
                "number": number,
                "goods_type": goods["goods_type"],
                "quantity_milli": goods["quantity_milli"],
                "paid_fen": goods["paid_fen"],
            },
            at=now,
        )
    return line


def checked_goods(
    *,
    product: str,
    goods_type: str,
    quantity_milli: int,
    unit: str,
    paid_fen: int,
    sku: str,
    batch: str,
    lot: str = "",
) -> dict:
    """The columns of an order line, checked. Raises Refused as `type_in` says."""
    product = checked_line(product, limit=PRODUCT_SIGNS, field="product")
    if not product:
        raise Refused(_("Say what was bought."), code="product_missing", field="product")
    if goods_type not in GoodsTypeChoices.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="goods_type")
    if unit not in Unit.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="unit")
    if not 0 < quantity_milli <= MAX_MILLI:
        raise Refused(
            _("The quantity must be more than zero."), code="quantity_out_of_range", field="quantity"
        )
    if unit in COUNTABLE_UNITS and quantity_milli % 1000:
        raise Refused(_("Count whole pieces only."), code="quantity_not_whole", field="quantity")
    if not 0 < paid_fen <= MAX_FEN:
        raise Refused(
            _("The amount paid must be more than zero: what cost nothing cannot be compensated."),
            code="paid_out_of_range",
            field="paid",
        )
    return {
        "product": product,
        "goods_type": str(goods_type),
        "quantity_milli": quantity_milli,
        "unit": str(unit),
        "paid_fen": paid_fen,
        "sku": checked_line(sku, limit=ARTICLE_SIGNS, field="sku"),
        "batch": checked_line(batch, limit=ARTICLE_SIGNS, field="batch"),
        "lot": checked_line(lot, limit=ARTICLE_SIGNS, field="lot"),
    }


def check_freight(freight_fen: int | None) -> None:
    """Raise Refused unless a freight that is known is an amount."""
    if freight_fen is not None and not 0 <= freight_fen <= MAX_FEN:
        raise Refused(_("Enter the freight in yuan."), code="freight_out_of_range", field="freight")


def check_times(*, ordered_at: datetime | None, signed_at: datetime | None, now: datetime) -> None:
    """Raise Refused unless an order was placed before it was signed for, and both before now."""
    if ordered_at is not None and ordered_at > now + CLOCK_TOLERANCE:
        raise Refused(_("The order date lies in the future."), code="ordered_ahead", field="ordered_at")
    if signed_at is None:
        return
    if signed_at > now + CLOCK_TOLERANCE:
        raise Refused(_("The delivery date lies in the future."), code="signed_ahead", field="signed_at")
    if ordered_at is not None and signed_at < ordered_at:
        raise Refused(
            _("The goods cannot have been signed for before they were ordered."),
            code="signed_before_ordered",
            field="signed_at",
        )


def _order(station: Station, number: str, facts: dict, *, by: User, now: datetime) -> Order:
    known = Order.objects.filter(station=station, number=number).first()
    if known is None:
        try:
            with transaction.atomic():
                return Order.objects.create(
                    station=station,
                    county_code=station.county_code,
                    number=number,
                    source=OrderSource.TYPED,
                    created_by=by,
                    created_at=now,
                    changed_at=now,
                    **facts,
                )
        except IntegrityError:
            # Somebody else typed the same number a moment ago.
            known = Order.objects.get(station=station, number=number)
    if known.source != OrderSource.TYPED:
        raise Refused(
            _("This order came from its platform with all its lines. Look it up instead of typing it in."),
            code="order_is_imported",
            field="number",
        )
    return known


def _change_freight(order: Order, freight_fen: int, *, by: User, now: datetime) -> None:
    if freight.claimed_lines(list(order.lines.all())):
        raise Refused(
            _("A claim rests on this order, whose freight is noted as %(freight)s.")
            % {"freight": format_yuan(order.freight_fen)},
            code="freight_counts_already",
            field="freight",
        )
    before = order.freight_fen
    order.freight_fen = freight_fen
    order.changed_at = now
    order.version += 1
    order.save(update_fields=["freight_fen", "changed_at", "version"])
    freight.spread(order)
    trail.record(
        "order.changed",
        by=by,
        obj=order,
        before={"freight_fen": before},
        after={"freight_fen": freight_fen},
        at=now,
    )


def _party(kind: PartyKind, name: str, *, by: User, now: datetime) -> Party | None:
    return parties.find_or_create(kind=kind, name=name, by=by, now=now) if name.strip() else None
