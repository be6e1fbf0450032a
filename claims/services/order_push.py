"""Orders that an application sends: a batch of whole orders, or a change of one. docs/rules/orders.md."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.web.api.callers import Caller
from claims.models import Order
from claims.queries import partners
from claims.services import freight, order_changes, order_rows, order_senders
from claims.services.order_batches import Outcome, write_given
from claims.services.order_directory import Directory
from claims.services.order_rows import GivenOrder
from claims.services.orders import check_freight, check_times, checked_goods

PARTIES = ("merchant", "platform", "logistics")


def given(values: Mapping[str, Any], *, now: datetime) -> GivenOrder:
    """A whole order out of values whose types are right already, checked as a typed or imported one is.

    Raises Refused with what `orders.type_in` refuses of an order and its goods, and with name_missing,
    phone_invalid and no_goods_type.
    """
    ordered_at, signed_at = values.get("ordered_at"), values.get("signed_at")
    check_times(ordered_at=ordered_at, signed_at=signed_at, now=now)
    check_freight(values.get("freight"))
    consumer = values.get("consumer") or {}
    return GivenOrder(
        station=values.get("station", ""),
        number=unicodedata.normalize("NFKC", values["number"]),
        lines=[(index, _goods(line)) for index, line in enumerate(values.get("lines", ()))],
        ordered_at=ordered_at,
        signed_at=signed_at,
        state=values.get("state", ""),
        freight_fen=values.get("freight"),
        parties={kind: " ".join(values.get(kind, "").split()) for kind in PARTIES},
        consumer=order_rows.consumer_of(consumer.get("name", ""), consumer.get("phone", "")),
    )


def _goods(line: Mapping[str, Any]) -> dict[str, Any]:
    goods = checked_goods(
        product=line["product"],
        goods_type=line.get("goods_type") or order_rows.goods_type_of(line["product"]),
        quantity_milli=line["quantity"],
        unit=line.get("unit", "piece"),
        paid_fen=line["paid"],
        sku=line.get("sku", ""),
        batch=line.get("batch", ""),
        lot=line.get("lot", ""),
    )
    return {**goods, "return_exception": line.get("return_exception", "")}


def push(orders: Sequence[GivenOrder], *, caller: Caller, by: User, now: datetime) -> list[Outcome]:
    """Enter or bring up to date the orders of an application's party, in one transaction.

    An order is known by its number among those of the party, else by its number at its station. It moves to
    another station as long as nothing rests on it. Each is written as a whole or refused as a whole, and one
    that is refused spoils no other. A consumer whom the station knows keeps the name it knows.
    """
    sender, directory = order_senders.of(caller), Directory(by=by, now=now, renames=False)
    try:
        return write_given(orders, directory=directory, sender=sender).orders
    except IntegrityError:
        # Somebody else entered one of these orders or people a moment ago: the second look finds it.
        directory.forget()
        return write_given(orders, directory=directory, sender=sender).orders


def change(
    *,
    order: Order,
    values: Mapping[str, Any],
    expected_version: int,
    caller: Caller,
    by: User,
    now: datetime,
) -> Order:
    """Change state, signed_at or freight of one order that somebody has read at `expected_version`.

    Raises Refused with stale, order_typed, order_of_another, order_claimed, freight_out_of_range,
    signed_ahead, signed_before_ordered and what a state may be refused with.
    """
    sender = order_senders.of(caller)
    facts = {"signed_at": values.get("signed_at"), "freight_fen": values.get("freight")}
    check_freight(facts["freight_fen"])
    told = GivenOrder(
        station="", number=order.number, signed_at=facts["signed_at"], state=values.get("state", "")
    )
    with transaction.atomic():
        known = (
            partners.orders_of(caller)
            .select_for_update(no_key=True, of=("self",))
            .filter(pk=order.pk)
            .first()
        )
        if known is None or known.version != expected_version:
            raise Refused(_("Somebody else has changed this order meanwhile."), code="stale")
        sender.check(known)
        check_times(ordered_at=known.ordered_at, signed_at=facts["signed_at"], now=now)
        changes = order_changes.differences(known, facts)
        state = order_changes.step(known.state, told, was_signed=known.signed_at is not None)
        is_claimed = bool(freight.claimed_lines(list(known.lines.all())))
        order_changes.check_resting(known, changes, state, is_claimed=is_claimed)
        sender.check_authority(known, changes, changes_goods=False)
        if state != known.state:
            changes["state"] = state
        if changes:
            before, after = order_changes.apply(known, changes)
            order_changes.save({known: set(after)}, {}, now=now)
            if "freight_fen" in changes:
                freight.spread(known)
            trail.record("order.changed", by=by, obj=known, before=before, after=after, at=now)
    return known
