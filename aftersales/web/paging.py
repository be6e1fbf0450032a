"""Pages of long lists by key instead of by number, and counts that stop counting.

A page is found by comparing whole rows, `(created_at, id) < (x, y)`, so page 10,000 costs what page
1 costs and a row that arrives meanwhile moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan, TupleLookupMixin
from django.utils.translation import gettext as _

SALT = "web.paging"
PAGE_SIZE = 50
COUNT_CAP = 1000
UNPLAIN = {"t": datetime.fromisoformat, "d": date.fromisoformat, "u": UUID}


class RowBefore(TupleLessThan):
    """`(a, b) < (x, y)`. SQLite compares rows too; Django's own form for it would not use the index."""

    def get_fallback_sql(self, compiler, connection):
        return super(TupleLookupMixin, self).as_sql(compiler, connection)


class RowAfter(TupleGreaterThan):
    """`(a, b) > (x, y)`, as a row comparison on both databases."""

    def get_fallback_sql(self, compiler, connection):
        return super(TupleLookupMixin, self).as_sql(compiler, connection)


@dataclass(frozen=True)
class Page:
    """The rows of one page in list order, and the cursors of its neighbours ("" where there is none)."""

    rows: list
    previous: str = ""
    next: str = ""

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


def keyset_page(
    queryset: QuerySet,
    *,
    cursor: str = "",
    order: Sequence[str] = ("-created_at", "-id"),
    size: int = PAGE_SIZE,
) -> Page:
    """One page of `queryset` (model rows or dicts of `values()`) in `order`.

    All fields of `order` run in one direction, together identify a row and are never null. A
    cursor that is not ours, was made for another order or no longer fits gives the first page.
    """
    falling = order[0].startswith("-")
    fields = [name.removeprefix("-") for name in order]
    if any(name.startswith("-") != falling for name in order):
        raise ValueError("the fields of a keyset run in one direction")
    backwards, key = _read(cursor, order)
    rows, more = _fetch(queryset, order, fields, size, falling=falling, backwards=backwards, key=key)
    if key is not None and not rows:
        backwards, key = False, None
        rows, more = _fetch(queryset, order, fields, size, falling=falling, backwards=False, key=None)
    has_previous, has_next = (more, True) if backwards else (key is not None, more)
    return Page(
        rows=rows,
        previous=_write(rows[0], fields, order, backwards=True) if rows and has_previous else "",
        next=_write(rows[-1], fields, order, backwards=False) if rows and has_next else "",
    )


def fits(cursor: str, order: Sequence[str]) -> bool:
    """Whether a cursor is one of ours for a list in this order."""
    return _read(cursor, order)[1] is not None


def _fetch(queryset, order, fields, size, *, falling: bool, backwards: bool, key: tuple | None):
    """Up to `size` rows in list order, and whether there are more beyond them."""
    if key is not None:
        lookup = RowBefore if falling != backwards else RowAfter
        queryset = queryset.filter(lookup(Tuple(*(F(name) for name in fields)), key))
    rows = list(queryset.order_by(*(_turned(order) if backwards else order))[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    return rows, more


def _turned(order: Sequence[str]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in order]


def _write(row: Any, fields: Sequence[str], order: Sequence[str], *, backwards: bool) -> str:
    values = [row[name] if isinstance(row, dict) else _follow(row, name) for name in fields]
    written = [_plain(value) for value in values]
    return signing.dumps([int(backwards), *written], salt=_salt(order), compress=False)


def _follow(row: Any, name: str) -> Any:
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, UUID):
        return {"u": value.hex}
    return value


def _read(cursor: str, order: Sequence[str]) -> tuple[bool, tuple | None]:
    """Direction and key of a cursor; (False, None) for the first page.

    The signature is what keeps hostile values out of the query: only what `_write` made is read.
    """
    if not cursor:
        return False, None
    try:
        backwards, *values = signing.loads(cursor, salt=_salt(order))
    except (signing.BadSignature, ValueError):
        return False, None
    return bool(backwards), tuple(_unplain(value) for value in values)


def _unplain(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    return UNPLAIN[kind](text)


def _salt(order: Sequence[str]) -> str:
    return f"{SALT}:{','.join(order)}"


@dataclass(frozen=True)
class CappedCount:
    """A count that stopped at a cap: prints as 37 or 1000+."""

    number: int
    is_capped: bool = False

    def __str__(self):
        return _("%(number)s+") % {"number": self.number} if self.is_capped else str(self.number)


def capped_count(queryset: QuerySet, *, cap: int = COUNT_CAP) -> CappedCount:
    """Count up to `cap` rows and stop there."""
    number = queryset.order_by().values("pk")[: cap + 1].count()
    return CappedCount(min(number, cap), number > cap)


def capped_counts(counted: Mapping[str, QuerySet], *, cap: int = COUNT_CAP) -> dict[str, CappedCount]:
    """Several counts by name, each up to `cap` rows, in one statement."""
    numbers = dict.fromkeys(counted, 0)
    names, parts, values = [], [], []
    for name, queryset in counted.items():
        rows = queryset.order_by().values("pk")[: cap + 1]
        # An empty scope is known to hold nothing before it is asked for.
        with suppress(EmptyResultSet):
            sql, params = rows.query.get_compiler(rows.db).as_sql()
            names.append(name)
            parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")
            values += params
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", values)
            numbers.update(zip(names, cursor.fetchone(), strict=True))
    return {name: CappedCount(min(number, cap), number > cap) for name, number in numbers.items()}
