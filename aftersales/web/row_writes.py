"""Writing other values into many rows in one statement."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connections, models


class RowsGone(RuntimeError):
    """Rows that were to be written are not there (any more); nothing should be kept of the attempt."""


def update_rows(rows: Sequence[models.Model], columns: Sequence[str], *, using: str = "default") -> None:
    """Write these fields of rows of one model as they stand in memory, past the scope, in one statement.

    For rows that the caller has locked. Several times faster than `bulk_update` on PostgreSQL, which it is
    on SQLite. Not for JSON and array fields. Raises RowsGone unless every row was found.
    """
    if not rows:
        return
    model = type(rows[0])
    if connections[using].vendor == "postgresql":
        written = _from_arrays(model, rows, columns, using)
    else:
        written = model._base_manager.using(using).bulk_update(rows, columns)
    if written != len(rows):
        raise RowsGone(f"{model._meta.label}: {written} of {len(rows)} rows written")


def _from_arrays(model, rows: Sequence[models.Model], columns: Sequence[str], using: str) -> int:
    connection, quote = connections[using], connections[using].ops.quote_name
    fields = [model._meta.pk, *(model._meta.get_field(name) for name in columns)]
    names = [quote(field.column) for field in fields]
    arrays = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows] for field in fields
    ]
    places = ", ".join(f"%s::{field.rel_db_type(connection)}[]" for field in fields)
    changes = ", ".join(f"{name} = given.{name}" for name in names[1:])
    table = quote(model._meta.db_table)
    statement = (
        f"UPDATE {table} SET {changes} FROM unnest({places}) AS given ({', '.join(names)}) "
        f"WHERE {table}.{names[0]} = given.{names[0]}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, arrays)
        return cursor.rowcount
