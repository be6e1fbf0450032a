"""What an event says: codes, numbers and times of the moment it happened, nothing about a person.

Facts come from the event of the trail, which does not change, and the numbers by which the others know order
and claim. A batch of events takes the same few statements as one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from aftersales.audit.models import AuditEvent
from aftersales.integration.event_kinds import Kind, kind_of
from aftersales.lib.money import fen_to_yuan, format_milli
from claims.models import Claim, Order, OrderLine, Payout

CODES = (
    *("status", "channel", "goods_type", "nature", "severity", "rejection_code", "code", "remedy"),
    *("payout_method", "state", "reason", "outcome", "clock", "level", "stars", "is_urgent"),
)
"""What the trail keeps as codes and small numbers, and what is told under the same name."""
AMOUNTS = {"amount_fen": "amount", "granted_fen": "amount", "freight_fen": "freight"}
QUANTITIES = {"bad_milli": "bad_quantity"}
MOMENTS = {"handling_due_at": "promised_by", "due_at": "due_at", "signed_at": "signed_at"}
OF_AN_ORDER = frozenset(
    {
        *("state", "ordered_at", "signed_at", "freight_fen", "platform_id", "merchant_id", "logistics_id"),
        *("consumer_id", "product", "sku", "batch", "lot", "goods_type", "quantity_milli", "unit"),
        *("paid_fen", "return_exception", "station_id"),
    }
)
"""Columns of an order that are named when they have changed; none says with what."""

ORDER, LINE = "claims.order", "claims.orderline"
PAYOUT, COMPENSATION = "claims.payout", "claims.compensation"


@dataclass(frozen=True)
class Told:
    """An event of the trail as it is told, and the row whose parties and place say to whom."""

    event: AuditEvent
    kind: Kind
    data: dict[str, Any]
    concerns: Claim | Order

    @property
    def order(self) -> Order:
        return self.concerns if isinstance(self.concerns, Order) else self.concerns.order_line.order


@dataclass
class Batch:
    """Events of the trail with the rows that they name, each kind of row read once. Past the scope."""

    events: Collection[AuditEvent]
    kinds: dict[int, Kind] = field(init=False)

    def __post_init__(self):
        found = {event.pk: kind_of(event.verb, event.after) for event in self.events}
        self.kinds = {pk: kind for pk, kind in found.items() if kind is not None}

    def told(self) -> Iterable[Told]:
        """Each event that is told, oldest first; what names no row any more is left out."""
        for event in self.events:
            kind = self.kinds.get(event.pk)
            if kind is None:
                continue
            concerns = self._claims.get(event.claim_id) or self._orders.get(self._order_of(event))
            payout = self._payout(event)
            if concerns is None or (kind == Kind.PAYOUT_ORDERED and payout is None):
                continue
            yield Told(event, kind, _said(event, kind, concerns, payout), concerns)

    @cached_property
    def _claims(self) -> dict[int, Claim]:
        wanted = {event.claim_id for event in self.events if event.pk in self.kinds and event.claim_id}
        rows = Claim._base_manager.select_related("station", "order_line__order").filter(pk__in=wanted)
        return {row.pk: row for row in rows}

    @cached_property
    def _orders(self) -> dict[int, Order]:
        wanted = {self._order_of(event) for event in self.events if event.pk in self.kinds} - {None}
        if not wanted:
            return {}
        rows = Order._base_manager.select_related("station").filter(pk__in=wanted)
        return {row.pk: row for row in rows}

    @cached_property
    def _orders_of_lines(self) -> dict[int, int]:
        wanted = self._named(LINE)
        if not wanted:
            return {}
        return dict(OrderLine._base_manager.filter(pk__in=wanted).values_list("pk", "order_id"))

    @cached_property
    def _payouts(self) -> dict[int, Payout]:
        wanted = self._named(PAYOUT)
        return {row.pk: row for row in Payout._base_manager.filter(pk__in=wanted)} if wanted else {}

    @cached_property
    def _first_payouts(self) -> dict[int, Payout]:
        wanted = self._named(COMPENSATION, Kind.PAYOUT_ORDERED)
        rows = Payout._base_manager.filter(compensation__in=wanted, attempt=1) if wanted else ()
        return {row.compensation_id: row for row in rows}

    def _named(self, label: str, *kinds: Kind) -> set[int]:
        return {
            int(event.object_id)
            for event in self.events
            if event.object_type == label
            and event.pk in self.kinds
            and (not kinds or self.kinds[event.pk] in kinds)
        }

    def _order_of(self, event: AuditEvent) -> int | None:
        if event.object_type == ORDER:
            return int(event.object_id)
        return self._orders_of_lines.get(int(event.object_id)) if event.object_type == LINE else None

    def _payout(self, event: AuditEvent) -> Payout | None:
        if event.object_type == PAYOUT:
            return self._payouts.get(int(event.object_id))
        if event.object_type == COMPENSATION and self.kinds.get(event.pk) == Kind.PAYOUT_ORDERED:
            return self._first_payouts.get(int(event.object_id))
        return None


def _said(event: AuditEvent, kind: Kind, concerns: Claim | Order, payout: Payout | None) -> dict[str, Any]:
    order = concerns if isinstance(concerns, Order) else concerns.order_line.order
    said: dict[str, Any] = {
        "order": order.number,
        "order_id": order.pk,
        "station": concerns.station_id,
        "county": concerns.county_code,
    }
    if isinstance(concerns, Claim):
        said |= {
            "claim": concerns.number,
            "order_line": concerns.order_line_id,
            "sku": concerns.order_line.sku,
        }
    after = event.after or {}
    if kind == Kind.ORDER_CHANGED:
        said["changed"] = sorted(
            name.removesuffix("_id").removesuffix("_fen").removesuffix("_milli")
            for name in after
            if name in OF_AN_ORDER
        )
        return said | ({"state": after["state"]} if after.get("state") else {})
    if kind == Kind.PHOTO_ATTACHED:
        return said | {"photos": len(after.get("photos") or {})}
    said |= _facts(after)
    if payout is not None:
        said |= {
            "payout": payout.number,
            "channel": payout.channel,
            "amount": str(fen_to_yuan(payout.amount_fen)),
        }
    return said


def _facts(after: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of an event that are told, under the names they have in the API."""
    facts = {name: after[name] for name in CODES if after.get(name) not in (None, "")}
    facts |= {told: after[name] for name, told in MOMENTS.items() if after.get(name)}
    amounts = {told: after[name] for name, told in AMOUNTS.items() if after.get(name) is not None}
    quantities = {told: after[name] for name, told in QUANTITIES.items() if after.get(name) is not None}
    return (
        facts
        | {name: str(fen_to_yuan(fen)) for name, fen in amounts.items()}
        | {name: format_milli(milli) for name, milli in quantities.items()}
    )
