"""Writing a batch of whole orders: what is new, what has changed, what must stay as it is.

Lists that people import and orders that platforms send go through here. Rules: docs/imports.md,
docs/rules/orders.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.lib.periods import SHANGHAI
from claims.models import Order, OrderLine
from claims.services import freight, order_changes
from claims.services.order_directory import Directory
from claims.services.order_lines import pairs
from claims.services.order_rows import GivenOrder, OrderRow, whole
from claims.services.order_senders import LIST, Sender
from stations.models import Station

__all__ = ["Directory", "Outcome", "Written", "write", "write_given"]


Key = str | tuple[int, str]


@dataclass
class Outcome:
    """What came of one order: created, updated, unchanged or refused, and then why."""

    given: GivenOrder
    result: str = "unchanged"
    code: str = ""
    reason: str = ""
    order: Order | None = None


@dataclass
class Written:
    """What came of a batch, by rows and by orders; `refused` holds the line and the reason of each row."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    orders: list[Outcome] = field(default_factory=list)


def write(orders: Sequence[list[OrderRow]], *, directory: Directory, file_name: str) -> Written:
    """Enter the rows of whole orders of a list in one transaction.

    An order's facts come from its first row. Of a known order a line is found by article (number, else
    product) and batch: first a line that says exactly the same, then the next one of that article, which is
    changed; what is left over is new. Typed orders, and what claims rest on, stay as they are.
    """
    return write_given([whole(rows) for rows in orders], directory=directory, file_name=file_name)


def write_given(
    orders: Sequence[GivenOrder], *, directory: Directory, file_name: str = "", sender: Sender = LIST
) -> Written:
    """Enter whole orders in one transaction, as `write` says; `sender` says whose orders they are.

    Of what an application sends, each order is written as a whole or refused as a whole.
    """
    with transaction.atomic():
        directory.know_stations({given.station for given in orders if given.station})
        batch = _Batch(directory, sender)
        for given in orders:
            batch.add(given)
        batch.save(file_name)
    return batch.written


class _Batch:
    def __init__(self, directory: Directory, sender: Sender = LIST):
        self.directory, self.sender = directory, sender
        self.written = Written()
        self.given: dict[Key, tuple[Station | None, Outcome]] = {}
        self.new_orders: list[Order] = []
        self.new_lines: list[OrderLine] = []
        self.changed_orders: dict[Order, set[str]] = {}
        self.changed_lines: dict[OrderLine, set[str]] = {}
        self.freight_moves: list[Order] = []
        self.events: list[AuditEvent] = []
        self.counts: dict[Station, Counter] = defaultdict(Counter)
        self.months: dict[Station, set[str]] = defaultdict(set)

    def add(self, given: GivenOrder) -> None:
        outcome = Outcome(given)
        self.written.orders.append(outcome)
        try:
            station = self._station(given)
            key = self._key(station, given.number)
            if key in self.given:
                raise Refused(_("the rows of this order do not stand together"), code="order_scattered")
            self.given[key] = (station, outcome)
        except Refused as refused:
            self._refuse(outcome, refused)

    def _station(self, given: GivenOrder) -> Station | None:
        if self.sender.is_application and not given.station:
            return None
        return self.directory.station(given.station)

    def _key(self, station: Station | None, number: str) -> Key:
        """What an order is known by: the number alone among those of an application's party."""
        return number if self.sender.is_application else (station.pk, number)

    def save(self, file_name: str) -> None:
        known = self._known_orders()
        lines = self._known_lines(known.values())
        claimed = freight.claimed_lines([line for of_order in lines.values() for line in of_order])
        self._know_names(known)
        for key, (station, outcome) in self.given.items():
            try:
                order = known.get(key)
                if order is None:
                    self._enter(station, outcome)
                else:
                    self._compare(order, outcome, station or order.station, lines[order.pk], claimed)
            except Refused as refused:
                self._refuse(outcome, refused)
        # In one order everywhere, so that two batches never wait for each other.
        Order.objects.bulk_create(sorted(self.new_orders, key=lambda new: (new.station_id, new.number)))
        OrderLine.objects.bulk_create(self.new_lines)
        order_changes.save(self.changed_orders, self.changed_lines, now=self.directory.now)
        for order in self.freight_moves:
            freight.spread(order)
        self._tell(file_name)

    def _tell(self, file_name: str) -> None:
        for station, counts in self.counts.items():
            self.written.imported += counts["imported"]
            self.written.updated += counts["updated"]
            self.written.unchanged += counts["unchanged"]
            if counts["imported"] or counts["updated"]:
                source = {"file": file_name} if file_name else {}
                after = {**source, **counts, "months": sorted(self.months[station])}
                self._record("order.imported", station, after=after)
        trail.record_many(self.events)

    def _refuse(self, outcome: Outcome, refused: Refused) -> None:
        outcome.result, outcome.code, outcome.reason = "refused", refused.code, str(refused)
        self.written.refused += [(line, outcome.reason) for line, _goods in outcome.given.lines]

    def _known_orders(self) -> dict[Key, Order]:
        """The orders that are meant, locked in one order. What an application sends is first looked for at
        the station it names, then among all orders of its party."""
        stations = {station.pk for station, _outcome in self.given.values() if station is not None}
        numbers = {outcome.given.number for _station, outcome in self.given.values()}
        found = (
            Order.objects.select_for_update(no_key=True, of=("self",))
            .filter(Q(station__in=stations) | self.sender.mine, number__in=numbers)
            .select_related("station")
            .order_by("pk")
        )
        known: dict[Key, Order] = {}
        for order in found:
            key = self._key(order.station, order.number)
            if key not in self.given:
                continue
            station, _outcome = self.given[key]
            if station is not None and station.pk == order.station_id:
                known[key] = order
            elif self.sender.is_application and self.sender.is_named(order):
                known.setdefault(key, order)
        return known

    def _known_lines(self, orders) -> dict[int, list[OrderLine]]:
        lines = defaultdict(list)
        for line in OrderLine.objects.filter(order__in=[order.pk for order in orders]).order_by("id"):
            lines[line.order_id].append(line)
        return lines

    def _know_names(self, known: Mapping[Key, Order]) -> None:
        """Look up the firms and people of all orders that are not refused anyway."""
        open_orders = [
            (station or known[key].station, outcome.given)
            for key, (station, outcome) in self.given.items()
            if (self.sender.may_send(known[key]) if key in known else station is not None)
        ]
        self.directory.know_parties(
            {named for _station, given in open_orders for named in given.parties.items()}
        )
        self.directory.know_consumers([(station, *given.consumer) for station, given in open_orders])

    def _facts(self, given: GivenOrder, station: Station) -> dict[str, Any]:
        return {
            "ordered_at": given.ordered_at,
            "signed_at": given.signed_at,
            "freight_fen": given.freight_fen,
            "consumer_id": self.directory.consumer_id(station, *given.consumer),
            **{f"{kind}_id": self.directory.party_id(kind, name) for kind, name in given.parties.items()},
            **self.sender.own,
        }

    def _enter(self, station: Station | None, outcome: Outcome) -> None:
        given = outcome.given
        if station is None or not given.lines or given.ordered_at is None:
            raise Refused(
                _("this order is new and needs a station, the moment it was ordered and at least one line"),
                code="order_incomplete",
            )
        state = order_changes.step("", given)
        order = Order(
            station=station,
            county_code=station.county_code,
            number=given.number,
            source=self.sender.source,
            created_by=self.directory.by,
            created_at=self.directory.now,
            changed_at=self.directory.now,
            **{**self._facts(given, station), "state": state, "freight_fen": given.freight_fen or 0},
        )
        self.new_orders.append(order)
        outcome.order, outcome.result = order, "created"
        self.months[station].add(f"{order.ordered_at.astimezone(SHANGHAI):%Y-%m}")
        freight.share_out(order.freight_fen, self._add_lines(order, station, given.goods))

    def _add_lines(
        self, order: Order, station: Station, goods: Sequence[Mapping[str, Any]]
    ) -> list[OrderLine]:
        self.counts[station]["imported"] += len(goods)
        lines = [
            OrderLine(order=order, station=station, county_code=station.county_code, **each) for each in goods
        ]
        self.new_lines += lines
        return lines

    def _compare(
        self,
        order: Order,
        outcome: Outcome,
        station: Station,
        lines: list[OrderLine],
        claimed: set[int],
    ) -> None:
        given = outcome.given
        outcome.order = order
        self.sender.check(order)
        facts = self._facts(given, station)
        if station.pk != order.station_id:
            facts |= order_changes.moved_to(station, order, facts)
        changes = order_changes.differences(order, facts)
        order_changes.check_moments(order, changes)
        state = order_changes.step(order.state, given, was_signed=order.signed_at is not None)
        order_changes.check_resting(
            order, changes, state, is_claimed=any(line.pk in claimed for line in lines)
        )
        left, same = pairs(given.lines, lines)
        if self.sender.is_application:
            self.sender.check_authority(order, changes, changes_goods=bool(left))
            if any(line is not None and line.pk in claimed for _number, _goods, line in left):
                raise line_claimed()
        if state != order.state:
            changes["state"] = state
        if changes:
            self._change(order, changes, "order.changed", self.changed_orders)
            outcome.result = "updated"
        counts = self.counts[station]
        counts["updated" if changes else "unchanged"] += same
        if (order.freight_fen and left) or "freight_fen" in changes:
            self.freight_moves.append(order)
        if "station_id" in changes:
            for line in lines:
                self.changed_lines[line] = order_changes.move_line(line, station)
        for number, goods, line in left:
            if line is not None and line.pk in claimed:
                self.written.refused.append((number, str(line_claimed())))
                continue
            if line is None:
                self._add_lines(order, station, [goods])
            else:
                self._change(line, goods, "order.line_changed", self.changed_lines)
                counts["updated"] += 1
            outcome.result = "updated"
            self.changed_orders.setdefault(order, set())

    def _change(self, obj, values: Mapping[str, Any], verb: str, changed: dict[Any, set[str]]) -> None:
        before, after = order_changes.apply(obj, values)
        changed.setdefault(obj, set()).update(after)
        self._record(verb, obj, before=before, after=after)

    def _record(self, verb: str, obj, **what) -> None:
        self.events.append(trail.prepare(verb, by=self.directory.by, obj=obj, at=self.directory.now, **what))


def line_claimed() -> Refused:
    """What a line is told that cannot be changed any more."""
    return Refused(
        _("a claim rests on this order line, which therefore stays as it is"), code="order_line_claimed"
    )
