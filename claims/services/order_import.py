"""Bringing lists of orders in: `import_list`. What becomes of which row is told in docs/imports.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from aftersales.lib.tally import Tally
from aftersales.web.list_rows import read_rows
from claims.services import order_rows
from claims.services.order_batches import Directory, Written, write
from claims.services.order_layout import LAYOUT
from claims.services.order_mapping import NEEDED, OrderMapping
from claims.services.order_rows import OrderRow
from stations.services.row_faults import refusal_of_fault

BATCH_ROWS = 500


def import_list(
    *,
    path: Path,
    mapping: OrderMapping | None = None,
    station: str = "",
    by: User,
    now: datetime,
    refuse: Callable[[int, str], None],
    progress: Callable[[int], None] = lambda done: None,
    after: int = 0,
    try_only: bool = False,
    settled: Callable[[int, Tally], None] = lambda line, tally: None,
) -> Tally:
    """Enter the order lines of a CSV or XLSX list; every good row goes in, importing again changes nothing.

    `mapping` describes another layout than ours; `station` (a village's 12-digit code or a station's id)
    counts where a row names none. `refuse` is told the line and the reason of every refused row. Read and
    written in batches of whole orders, each batch in one transaction; memory grows only by the numbers of
    the orders seen.

    A run that was broken off goes on: rows up to line `after` are only read. `settled` is told the last line
    of each batch and what came of this run so far, in the transaction of that batch, so that what it writes
    down is true whenever the process ends. With `try_only` each batch is undone, and `settled` is told then.
    """
    tally, directory = Tally(), Directory(by=by, now=now)

    def refuse_row(line: int, reason: str) -> None:
        if line > after:
            tally.refused += 1
            refuse(line, reason)

    def count(written: Written, last_line: int) -> None:
        tally.imported += written.imported
        tally.updated += written.updated
        tally.unchanged += written.unchanged
        for line, reason in written.refused:
            refuse_row(line, reason)
        settled(last_line, tally)

    rows = _read(path, mapping, station, now, refuse_row)
    for batch in _batches(order for order in _orders(rows, refuse_row) if order[-1].line > after):
        last_line = batch[-1][-1].line
        with transaction.atomic():
            try:
                written = write(batch, directory=directory, file_name=path.name)
            except IntegrityError:
                # Somebody else entered one of these orders a moment ago: the second look finds it.
                directory.forget()
                written = write(batch, directory=directory, file_name=path.name)
            if try_only:
                transaction.set_rollback(True)
            else:
                count(written, last_line)
        if try_only:
            directory.forget()
            count(written, last_line)
        progress(tally.rows)
    return tally


def _read(path, mapping, station, now, refuse_row) -> Iterator[OrderRow]:
    """Rows that can be written; the others are refused on the way."""
    needed, layout = (NEEDED, LAYOUT) if mapping is None else (mapping.needed, ())
    for row in read_rows(path, layout=layout, needed=needed):
        if row.fault:
            refuse_row(row.line, refusal_of_fault(row.fault, needed, layout))
            continue
        try:
            values = row.values if mapping is None else mapping.apply(row.values)
            yield order_rows.read(row.line, values, station=station, now=now)
        except Refused as refused:
            refuse_row(row.line, str(refused))


def _orders(rows: Iterator[OrderRow], refuse_row) -> Iterator[list[OrderRow]]:
    """The rows of one order after the other; rows that turn up after their order has ended are refused.

    Only whole orders can be compared with what is known, and only when their rows stand together can that
    be done without holding the file in memory.
    """
    seen: set[tuple[str, str]] = set()
    for key, group in groupby(rows, key=lambda row: (row.station, row.number)):
        if key in seen:
            for row in group:
                refuse_row(row.line, _("the rows of this order do not stand together"))
            continue
        seen.add(key)
        yield list(group)


def _batches(orders: Iterator[list[OrderRow]]) -> Iterator[list[list[OrderRow]]]:
    batch: list[list[OrderRow]] = []
    size = 0
    for order in orders:
        batch.append(order)
        size += len(order)
        if size >= BATCH_ROWS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
