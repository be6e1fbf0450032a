"""Writing a batch of imported orders: what is new, what has changed, what must stay as it is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.lib.periods import SHANGHAI
from claims.models import Claim, Order, OrderLine
from claims.models.orders import UNSIGNED_STATES, OrderSource, OrderState
from claims.services import consumers, freight
from claims.services.order_rows import OrderRow
from stations.models import Station
from stations.models.network import StationState
from stations.services import parties

CODE_DIGITS = 12
LINE_COLUMNS = ("product", "goods_type", "quantity_milli", "unit", "paid_fen", "sku", "batch")


@dataclass
class Written:
    """What came of the rows of a batch; `refused` holds the line and the reason of each."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


class Directory:
    """Stations, firms and consumers by what a row calls them, each looked up or entered once.

    `forget` it when the transaction that entered some of them was undone.
    """

    def __init__(self, *, by: User, now: datetime):
        self.by, self.now = by, now
        self.forget()

    def forget(self) -> None:
        self._stations: dict[str, Station | Refused] = {}
        self._parties: dict[tuple[str, str], int] = {}
        self._consumers: dict[tuple[int, str, str], int] = {}

    def station(self, place: str) -> Station:
        """The station of a village code or id. Raises Refused."""
        if place not in self._stations:
            try:
                self._stations[place] = _station(place)
            except Refused as refused:
                self._stations[place] = refused
        found = self._stations[place]
        if isinstance(found, Refused):
            raise found
        return found

    def party_id(self, kind: str, name: str) -> int | None:
        if not name:
            return None
        if (kind, name) not in self._parties:
            party = parties.find_or_create(kind=kind, name=name, by=self.by, now=self.now)
            self._parties[kind, name] = party.pk
        return self._parties[kind, name]

    def consumer_id(self, station: Station, name: str, phone: str) -> int | None:
        if not phone:
            return None
        key = (station.pk, name, phone)
        if key not in self._consumers:
            consumer = consumers.register(station=station, name=name, phone=phone, by=self.by, now=self.now)
            self._consumers[key] = consumer.pk
        return self._consumers[key]


def write(orders: Sequence[list[OrderRow]], *, directory: Directory, file_name: str) -> Written:
    """Enter the rows of whole orders in one transaction.

    An order's facts come from its first row. Of a known order a line is found by article (number, else
    product) and batch: first a line that says exactly the same, then the next one of that article, which is
    changed; what is left over is new. Typed orders, and what claims rest on, stay as they are.
    """
    with transaction.atomic():
        batch = _Batch(directory)
        for rows in orders:
            try:
                batch.add(rows, directory.station(rows[0].station))
            except Refused as refused:
                batch.refuse(rows, str(refused))
        batch.save(file_name)
    return batch.written


class _Batch:
    def __init__(self, directory: Directory):
        self.directory = directory
        self.written = Written()
        self.given: dict[tuple[int, str], tuple[Station, list[OrderRow]]] = {}
        self.new_orders: list[Order] = []
        self.new_lines: list[OrderLine] = []
        self.freight_moves: list[Order] = []
        self.counts: dict[Station, Counter] = defaultdict(Counter)
        self.months: dict[Station, set[str]] = defaultdict(set)

    def refuse(self, rows: Sequence[OrderRow], reason: str) -> None:
        self.written.refused += [(row.line, reason) for row in rows]

    def add(self, rows: list[OrderRow], station: Station) -> None:
        if (station.pk, rows[0].number) in self.given:
            raise Refused(_("the rows of this order do not stand together"), code="order_scattered")
        self.given[station.pk, rows[0].number] = (station, rows)

    def save(self, file_name: str) -> None:
        known = self._known_orders()
        lines, claimed = self._known_lines(known.values())
        for (station_id, number), (station, rows) in self.given.items():
            order = known.get((station_id, number))
            if order is None:
                self._enter(station, rows)
            else:
                self._compare(order, rows, station, lines[order.pk], claimed)
        Order.objects.bulk_create(self.new_orders)
        OrderLine.objects.bulk_create(self.new_lines)
        for order in self.freight_moves:
            freight.spread(order)
        for station, counts in self.counts.items():
            self.written.imported += counts["imported"]
            self.written.updated += counts["updated"]
            self.written.unchanged += counts["unchanged"]
            if counts["imported"] or counts["updated"]:
                after = {"file": file_name, **counts, "months": sorted(self.months[station])}
                self._record("order.imported", station, after=after)

    def _known_orders(self) -> dict[tuple[int, str], Order]:
        numbers = defaultdict(list)
        for station_id, number in self.given:
            numbers[station_id].append(number)
        known = Q(pk__in=[])
        for station_id, of_station in numbers.items():
            known |= Q(station_id=station_id, number__in=of_station)
        return {(order.station_id, order.number): order for order in Order.objects.filter(known)}

    def _known_lines(self, orders) -> tuple[dict[int, list[OrderLine]], set[int]]:
        """Lines by order, and the keys of those that somebody has claimed or been compensated for."""
        lines = defaultdict(list)
        for line in OrderLine.objects.filter(order__in=[order.pk for order in orders]).order_by("id"):
            lines[line.order_id].append(line)
        every = [line for of_order in lines.values() for line in of_order]
        claimed = set(
            Claim.objects.filter(order_line__in=[line.pk for line in every]).values_list(
                "order_line_id", flat=True
            )
        )
        return lines, claimed | {line.pk for line in every if line.granted_fen or line.bad_milli}

    def _facts(self, row: OrderRow, station: Station) -> dict[str, Any]:
        return {
            "ordered_at": row.ordered_at,
            "signed_at": row.signed_at,
            "freight_fen": row.freight_fen,
            "consumer_id": self.directory.consumer_id(station, *row.consumer),
            **{f"{kind}_id": self.directory.party_id(kind, name) for kind, name in row.parties.items()},
        }

    def _enter(self, station: Station, rows: list[OrderRow]) -> None:
        order = Order(
            station=station,
            county_code=station.county_code,
            number=rows[0].number,
            source=OrderSource.IMPORT,
            created_by=self.directory.by,
            created_at=self.directory.now,
            changed_at=self.directory.now,
            **{
                **self._facts(rows[0], station),
                "state": OrderState.SIGNED if rows[0].signed_at else OrderState.PLACED,
                "freight_fen": rows[0].freight_fen or 0,
            },
        )
        self.new_orders.append(order)
        self.months[station].add(f"{order.ordered_at.astimezone(SHANGHAI):%Y-%m}")
        freight.share_out(order.freight_fen, self._add_lines(order, station, rows))

    def _add_lines(self, order: Order, station: Station, rows: Sequence[OrderRow]) -> list[OrderLine]:
        self.counts[station]["imported"] += len(rows)
        lines = [
            OrderLine(order=order, station=station, county_code=station.county_code, **row.goods)
            for row in rows
        ]
        self.new_lines += lines
        return lines

    def _compare(
        self,
        order: Order,
        rows: list[OrderRow],
        station: Station,
        lines: list[OrderLine],
        claimed: set[int],
    ) -> None:
        if order.source == OrderSource.TYPED:
            self.refuse(rows, _("this order was typed in at the station and stays as it is"))
            return
        facts = self._facts(rows[0], station)
        changes = {
            name: value
            for name, value in facts.items()
            if value is not None and getattr(order, name) != value
        }
        overwritten = [name for name in changes if getattr(order, name) is not None]
        if overwritten and any(line.pk in claimed for line in lines):
            self.refuse(rows, _("a claim rests on this order, which therefore stays as it is"))
            return
        if order.signed_at is None and "signed_at" in changes and order.state in UNSIGNED_STATES:
            changes["state"] = OrderState.SIGNED
        if changes:
            self._change(order, changes, "order.changed")
        counts = self.counts[station]
        left, same = _without_equals(rows, lines)
        counts["updated" if changes else "unchanged"] += same
        if (order.freight_fen and left) or "freight_fen" in changes:
            self.freight_moves.append(order)
        for row, line in left:
            if line is None:
                self._add_lines(order, station, [row])
            elif line.pk in claimed:
                self.refuse([row], _("a claim rests on this order line, which therefore stays as it is"))
            else:
                self._change(line, row.goods, "order.line_changed")
                counts["updated"] += 1

    def _change(self, obj: Order | OrderLine, values: Mapping[str, Any], verb: str) -> None:
        changed = [name for name, value in values.items() if getattr(obj, name) != value]
        before = {name: _plain(getattr(obj, name)) for name in changed}
        for name in changed:
            setattr(obj, name, values[name])
        obj.save(update_fields=[name.removesuffix("_id") for name in changed])
        after = {name: _plain(getattr(obj, name)) for name in changed}
        self._record(verb, obj, before=before, after=after)

    def _record(self, verb: str, obj, **what) -> None:
        trail.record(verb, by=self.directory.by, obj=obj, at=self.directory.now, **what)


def _without_equals(
    rows: list[OrderRow], lines: list[OrderLine]
) -> tuple[list[tuple[OrderRow, OrderLine | None]], int]:
    """Pair rows with the known lines of their article; pairs that say the same are left out and counted."""
    free: dict[tuple, list[OrderLine]] = defaultdict(list)
    for line in lines:
        free[_article({name: getattr(line, name) for name in LINE_COLUMNS})].append(line)
    differing = []
    for row in rows:
        of_article = free[_article(row.goods)]
        equal = next(
            (
                line
                for line in of_article
                if all(getattr(line, name) == row.goods[name] for name in LINE_COLUMNS)
            ),
            None,
        )
        if equal is None:
            differing.append(row)
        else:
            of_article.remove(equal)
    pairs = []
    for row in differing:
        of_article = free[_article(row.goods)]
        pairs.append((row, of_article.pop(0) if of_article else None))
    return pairs, len(rows) - len(differing)


def _article(goods: Mapping[str, Any]) -> tuple[str, str, str]:
    return goods["sku"], "" if goods["sku"] else goods["product"], goods["batch"]


def _station(place: str) -> Station:
    if not (place.isascii() and place.isdigit()):
        raise Refused(_("the station is neither a 12-digit code nor an id"), code="unknown_station")
    found = Station.objects.exclude(state=StationState.CLOSED)
    found = found.filter(region=place) if len(place) == CODE_DIGITS else found.filter(pk=int(place[:18]))
    stations = list(found[:2])
    if not stations:
        raise Refused(_("there is no station %(place)s") % {"place": place}, code="unknown_station")
    if len(stations) > 1:
        raise Refused(
            _("there are several stations in %(place)s; name one by its id") % {"place": place},
            code="several_stations",
        )
    return stations[0]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
