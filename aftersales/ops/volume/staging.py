"""Temporary tables that Python fills in one go, and `INSERT … SELECT` from them, on both databases.

Instants are staged as whole seconds since 1970: cheap to draw, and each database puts them into its own form.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NewType, get_args, get_type_hints

from django.db import connection, models

Json = NewType("Json", str)
"""JSON as text; staged in the database's own form, so that a row of many claims is read once."""

_TYPES = {
    "postgresql": {int: "bigint", str: "text", Json: "jsonb"},
    "sqlite": {int: "integer", str: "text", Json: "text"},
}


def stage(cursor, table: str, row_type: type, rows: Iterable[tuple]) -> None:
    """Make a temporary table of a NamedTuple's fields, of int, str, Json or None, and fill it with rows.

    Inside a transaction; on PostgreSQL the table goes when that ends.
    """
    types = _TYPES[connection.vendor]
    columns = {
        name: types[next(each for each in (*get_args(kind), kind) if each in types)]
        for name, kind in get_type_hints(row_type).items()
    }
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    described = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    on_postgres = connection.vendor == "postgresql"
    lasting = " ON COMMIT DROP" if on_postgres else ""
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({described}){lasting}")
    if on_postgres:
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"ANALYZE {table}")
    else:
        marks = ", ".join(["?"] * len(columns))
        # Django's own cursor would look for its placeholders in every row.
        connection.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def insert(cursor, model: type[models.Model], source: str, /, *, on_conflict: str = "", **given: str) -> None:
    """Insert into a model's table what SQL expressions over `source` give for its columns.

    Columns that are not given get the default of their field. With `on_conflict`, the rest of that clause,
    `source` needs a WHERE, since SQLite reads ON as part of a join otherwise.
    """
    columns, expressions, parameters = [], [], []
    for field in model._meta.concrete_fields:
        if field.attname in given:
            expression = _typed(field, given.pop(field.attname))
        elif field.primary_key:
            continue
        else:
            expression = _constant(field)
            parameters.append(field.get_db_prep_save(field.get_default(), connection))
        columns.append(f'"{field.column}"')
        expressions.append(expression)
    if given:
        raise ValueError(f"{model._meta.label} has no {', '.join(given)}")
    clause = f" ON CONFLICT {on_conflict}" if on_conflict else ""
    cursor.execute(
        f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) '
        f"SELECT {', '.join(expressions)} FROM {source}{clause}",
        parameters,
    )


def reserve_keys(cursor, model: type[models.Model], count: int) -> list[int]:
    """Keys for rows that are about to be written; nobody else gets them.

    On SQLite only inside a transaction, which alone may write.
    """
    table, column = model._meta.db_table, model._meta.pk.column
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [f'"{table}"', column, count],
        )
        return [key for (key,) in cursor.fetchall()]
    cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
    last = (cursor.fetchone() or (0,))[0]
    return list(range(last + 1, last + 1 + count))


def _typed(field: models.Field, expression: str) -> str:
    on_postgres = connection.vendor == "postgresql"
    if isinstance(field, models.DateTimeField):
        return f"to_timestamp({expression})" if on_postgres else f"datetime({expression}, 'unixepoch')"
    if isinstance(field, models.DateField):
        return (
            f"CAST(to_timestamp({expression}) AS date)" if on_postgres else f"date({expression}, 'unixepoch')"
        )
    if isinstance(field, models.JSONField):
        return f"CAST({expression} AS jsonb)" if on_postgres else expression
    return expression


def _constant(field: models.Field) -> str:
    return f"CAST(%s AS {field.cast_db_type(connection)})" if connection.vendor == "postgresql" else "%s"
