"""Our own layout of order lists, column by column, for who fills one in: docs/imports.md, section 2."""

from django.utils.translation import gettext_lazy as _

from aftersales.web.list_rows import ListColumn
from claims.models.choices import GoodsTypeChoices
from claims.models.orders import OrderState, Unit
from claims.services.order_mapping import NEEDED

LAYOUT = tuple(
    ListColumn(
        name, title, is_needed=name in NEEDED, note=note, example=example, choices=choices, width=width
    )
    for name, title, note, example, choices, width in (
        (
            "order_number",
            _("Order number"),
            _("Up to 40 signs. The rows of one order stand together."),
            "EXAMPLE-0001",
            (),
            20,
        ),
        (
            "station_code",
            _("Station code"),
            _("The 12-digit code of a village with one station, or the id of a station."),
            "520123103204",
            (),
            18,
        ),
        ("product", _("Product"), _("Up to 120 signs."), "红富士苹果 5斤装", (), 28),
        (
            "goods_type",
            _("Goods type"),
            _("May stay empty where the name of the product says it."),
            "fresh_fruit",
            GoodsTypeChoices.choices,
            16,
        ),
        ("quantity", _("Quantity"), _("More than 0, at most three decimals."), "5", (), 10),
        ("unit", _("Unit"), _("Empty means piece."), "jin", Unit.choices, 10),
        (
            "paid_yuan",
            _("Paid (yuan)"),
            _("For this row without freight, more than 0, at most two decimals."),
            "39.90",
            (),
            12,
        ),
        (
            "freight_yuan",
            _("Freight (yuan)"),
            _("Of the whole order, in its first row."),
            "6.00",
            (),
            12,
        ),
        (
            "ordered_at",
            _("Ordered at"),
            _("2026-11-15 or 2026-11-15 12:30, in Beijing time."),
            "2026-11-15 12:30",
            (),
            18,
        ),
        ("signed_at", _("Signed for at"), _("As above; empty if not delivered yet."), "2026-11-18", (), 18),
        ("merchant", _("Merchant"), _("Up to 120 signs."), "六广果业合作社", (), 22),
        ("platform", _("Platform"), _("Up to 120 signs."), "", (), 18),
        ("logistics", _("Logistics firm"), _("Up to 120 signs."), "", (), 18),
        ("consumer_name", _("Consumer's name"), _("Needed where there is a phone."), "张三", (), 14),
        ("consumer_phone", _("Consumer's phone"), _("A Chinese number."), "13800000000", (), 16),
        ("sku", _("Article number"), _("Up to 40 signs."), "AP-5J", (), 16),
        ("batch", _("Batch"), _("Up to 40 signs."), "20261114", (), 14),
        ("lot", _("Lot number"), _("As the producer printed it on the goods."), "", (), 14),
        ("state", _("State"), _("May stay empty."), "", OrderState.choices, 14),
    )
)
