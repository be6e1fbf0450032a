"""One row of our layout of order lists, read and checked: docs/imports.md, section 2."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.errors import InvalidValue, Refused
from aftersales.lib.money import parse_milli, yuan_to_fen
from aftersales.lib.phones import PhoneError, normalise_phone
from aftersales.web.service_forms import is_unprintable
from claims.models.orders import OrderState, Unit
from claims.rules.suggestions import suggest
from claims.services.consumers import NAME_SIGNS
from claims.services.orders import check_freight, check_times, checked_goods

NUMBER_SIGNS = 40
PARTY_SIGNS = 120
UNIT_WORDS = {
    "件": Unit.PIECE,
    "个": Unit.PIECE,
    "只": Unit.PIECE,
    "台": Unit.PIECE,
    "公斤": Unit.KILOGRAM,
    "千克": Unit.KILOGRAM,
    "斤": Unit.JIN,
    "箱": Unit.BOX,
    "盒": Unit.BOX,
    "袋": Unit.BAG,
    "包": Unit.BAG,
}
STATE_WORDS = {
    "待发货": OrderState.PLACED,
    "已下单": OrderState.PLACED,
    "已发货": OrderState.SHIPPED,
    "运输中": OrderState.SHIPPED,
    "已签收": OrderState.SIGNED,
    "已取消": OrderState.CANCELLED,
    "已完成": OrderState.CLOSED,
}
TIME = re.compile(
    r"(20\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,6})?)?)?\s*(Z|[+-]\d{2}:\d{2})?",
    re.ASCII,
)


@dataclass(frozen=True)
class OrderRow:
    """A row that can be written: the order's facts, the line's columns, and who bought.

    `parties` holds names by kind, "" where none is given; `line` is the row's place in its file.
    """

    line: int
    station: str
    number: str
    ordered_at: datetime
    signed_at: datetime | None
    freight_fen: int | None
    parties: Mapping[str, str]
    consumer: tuple[str, str]
    goods: Mapping[str, Any]
    state: str = ""


@dataclass(frozen=True)
class GivenOrder:
    """A whole order as somebody sends it: its facts, and its lines with their places.

    What is left out says nothing: "" or None, and no lines for an order that is known.
    """

    station: str
    number: str
    lines: Sequence[tuple[int, Mapping[str, Any]]] = ()
    ordered_at: datetime | None = None
    signed_at: datetime | None = None
    state: str = ""
    freight_fen: int | None = None
    parties: Mapping[str, str] = field(default_factory=dict)
    consumer: tuple[str, str] = ("", "")

    @property
    def goods(self) -> list[Mapping[str, Any]]:
        return [goods for _line, goods in self.lines]


def whole(rows: Sequence[OrderRow]) -> GivenOrder:
    """The order of rows that stand together; its facts come from the first one."""
    first = rows[0]
    return GivenOrder(
        station=first.station,
        number=first.number,
        lines=[(row.line, row.goods) for row in rows],
        ordered_at=first.ordered_at,
        signed_at=first.signed_at,
        state=first.state,
        freight_fen=first.freight_fen,
        parties=first.parties,
        consumer=first.consumer,
    )


def read(line: int, values: Mapping[str, str], *, station: str, now: datetime) -> OrderRow:
    """Read one row of our layout; `station` counts where the row names none. Raises Refused."""

    def words(name: str) -> str:
        given = " ".join(values.get(name, "").split())
        if any(is_unprintable(sign) for sign in given):
            raise Refused(_("a value contains signs that cannot be printed"), code="unprintable")
        return given

    def text(name: str) -> str:
        return unicodedata.normalize("NFKC", words(name)).strip()

    number = text("order_number")
    if not number or len(number) > NUMBER_SIGNS:
        raise Refused(
            _("the order number is missing or longer than %(limit)s signs") % {"limit": NUMBER_SIGNS},
            code="number_missing",
        )
    place = text("station_code") or station
    if not place:
        raise Refused(_("the station is missing"), code="station_missing")
    ordered_at = _time(text("ordered_at"))
    if ordered_at is None:
        raise Refused(_("the order date is missing"), code="not_a_time")
    signed_at = _time(text("signed_at"))
    check_times(ordered_at=ordered_at, signed_at=signed_at, now=now)
    freight_fen = _amount(yuan_to_fen, given, _("the freight")) if (given := text("freight_yuan")) else None
    check_freight(freight_fen)
    product = words("product")
    return OrderRow(
        line=line,
        station=place,
        number=number,
        ordered_at=ordered_at,
        signed_at=signed_at,
        freight_fen=freight_fen,
        parties={kind: _party(words(kind)) for kind in ("merchant", "platform", "logistics")},
        consumer=consumer_of(words("consumer_name"), text("consumer_phone")),
        goods=checked_goods(
            product=product,
            goods_type=text("goods_type") or goods_type_of(product),
            quantity_milli=_amount(parse_milli, text("quantity"), _("the quantity")),
            unit=UNIT_WORDS.get(text("unit"), text("unit")) or Unit.PIECE,
            paid_fen=_amount(yuan_to_fen, text("paid_yuan"), _("the amount paid")),
            sku=text("sku"),
            batch=text("batch"),
            lot=text("lot"),
        ),
        state=_state(text("state")),
    )


def _state(text: str) -> str:
    state = STATE_WORDS.get(text, text)
    if state and state not in OrderState.values:
        raise Refused(_("the state of the order is none of ours"), code="unknown_choice")
    return str(state)


def _time(text: str) -> datetime | None:
    """An instant written as a date with or without a time; without a zone it is Shanghai's."""
    if not text:
        return None
    found = TIME.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        *parts, zone = found.groups()
        moment = datetime(*(int(part or 0) for part in parts))
        if zone:
            return datetime.fromisoformat(f"{moment.isoformat()}{zone}")
    except ValueError:
        raise Refused(_("a time cannot be read"), code="not_a_time") from None
    return timezone.make_aware(moment)


def _amount(parse, text: str, what: str) -> int:
    try:
        return parse(text)
    except InvalidValue as wrong:
        reasons = {
            "empty": _("%(what)s is missing"),
            "negative": _("%(what)s is negative"),
            "too_many_decimals": _("%(what)s has too many decimals"),
            "too_large": _("%(what)s is too large"),
        }
        reason = reasons.get(wrong.code, _("%(what)s is not a plain number"))
        raise Refused(reason % {"what": what}, code=wrong.code) from None


def _party(name: str) -> str:
    if len(name) > PARTY_SIGNS:
        raise Refused(
            _("the name of a firm is longer than %(limit)s signs") % {"limit": PARTY_SIGNS}, code="long_name"
        )
    return name


def consumer_of(name: str, phone: str) -> tuple[str, str]:
    """Name and phone; both empty without a phone, since nothing else tells two people apart.

    Raises Refused with name_missing or phone_invalid.
    """
    if not phone:
        return "", ""
    if not name or len(name) > NAME_SIGNS:
        raise Refused(
            _("a phone needs the consumer's name, of at most %(limit)s signs") % {"limit": NAME_SIGNS},
            code="name_missing",
        )
    try:
        return name, normalise_phone(phone)
    except PhoneError:
        raise Refused(_("the phone is no Chinese telephone number"), code="phone_invalid") from None


def goods_type_of(product: str) -> str:
    """What the name of a product says it is. Raises Refused("no_goods_type")."""
    suggested = suggest("", product).goods_type
    if suggested is None:
        raise Refused(
            _("the goods type is missing and the product's name does not say it"), code="no_goods_type"
        )
    return suggested.value
