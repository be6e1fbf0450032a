"""Bringing lists of orders in: `import_list`. What becomes of which row is told in docs/imports.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path

from django.db import IntegrityError
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.lib import csv_rows
from aftersales.lib.csv_rows import Row
from aftersales.lib.errors import Refused
from aftersales.lib.tally import Tally
from aftersales.web import xlsx_rows
from claims.services import order_rows
from claims.services.order_batches import Directory, write
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
) -> Tally:
    """Enter the order lines of a CSV or XLSX list; every good row goes in, importing again changes nothing.

    `mapping` describes another layout than ours; `station` (a village's 12-digit code or a station's id)
    counts where a row names none. `refuse` is told the line and the reason of every refused row. Read and
    written in batches of whole orders, each batch in one transaction; memory grows only by the numbers of
    the orders seen.
    """
    tally, directory = Tally(), Directory(by=by, now=now)

    def refuse_row(line: int, reason: str) -> None:
        tally.refused += 1
        refuse(line, reason)

    rows = _read(path, mapping, station, now, refuse_row)
    for batch in _batches(_orders(rows, refuse_row)):
        try:
            written = write(batch, directory=directory, file_name=path.name)
        except IntegrityError:
            # Somebody else entered one of these orders a moment ago: the second look finds it.
            directory.forget()
            written = write(batch, directory=directory, file_name=path.name)
        tally.imported += written.imported
        tally.updated += written.updated
        tally.unchanged += written.unchanged
        for line, reason in written.refused:
            refuse_row(line, reason)
        progress(tally.rows)
    return tally


def _read(path, mapping, station, now, refuse_row) -> Iterator[OrderRow]:
    """Rows that can be written; the others are refused on the way."""
    needed = NEEDED if mapping is None else mapping.needed
    read_rows = xlsx_rows.read_rows if path.suffix.casefold() == ".xlsx" else csv_rows.read_rows
    for row in read_rows(path, needed=needed):
        if row.fault:
            refuse_row(row.line, _reason(row, needed))
            continue
        try:
            values = row.values if mapping is None else mapping.apply(row.values)
            yield order_rows.read(row.line, values, station=station, now=now)
        except Refused as refused:
            refuse_row(row.line, str(refused))


def _reason(row: Row, needed) -> str:
    spreadsheet_faults = {
        "formula_cell": _("a cell holds a formula; save the list with values only"),
        "error_cell": _("a cell holds an error"),
        "too_large": _("the file is too large to be a list of orders"),
        "not_xlsx": _("the file is damaged or is no XLSX file"),
    }
    return spreadsheet_faults.get(row.fault) or refusal_of_fault(row.fault, needed)


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
