"""What a database holds at one moment, asked of the moment itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aftersales.ops.key_rotation import sealed_models

Ask = Callable[[str], list[tuple]]
"""Runs a query and returns all its rows."""


@dataclass(frozen=True)
class Contents:
    """Applied migrations as app.name, ids of the master keys in use, and rows by table."""

    migrations: list[str]
    key_ids: list[str]
    rows: dict[str, int]


def contents(ask: Ask, tables: Iterable[str], position: str) -> Contents:
    """Read the contents over `ask`; `position` is the database's function that finds a sign in a text."""
    migrations = ask("SELECT app, name FROM django_migrations")
    key_ids = {
        key_id
        for model in sealed_models()
        for (key_id,) in ask(
            f"SELECT DISTINCT substr(person_key, 1, {position}(person_key, ':') - 1) "
            f"FROM {model._meta.db_table} WHERE person_key <> ''"
        )
    }
    return Contents(
        migrations=sorted(f"{app}.{name}" for app, name in migrations),
        key_ids=sorted(key_ids),
        rows={table: ask(f'SELECT count(*) FROM "{table}"')[0][0] for table in sorted(tables)},
    )
