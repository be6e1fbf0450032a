"""SQLite over its backup interface, in both directions, while others may be reading and writing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from aftersales.ops.backups.manifest import BackupError
from aftersales.ops.backups.snapshots import Contents, contents

FILE = "database.sqlite3"
POSITION = "instr"


def take(target: Path) -> Contents:
    """Write a copy of the live database as of one moment; returns what is in it."""
    connection.ensure_connection()
    with closing(sqlite3.connect(target / FILE)) as copy:
        connection.connection.backup(copy)
        # The copy is one file, without the log beside it that the live database keeps.
        copy.execute("PRAGMA journal_mode = DELETE")
        return contents(lambda query: copy.execute(query).fetchall(), _tables(copy), POSITION)


def bring_back(source: Path) -> None:
    """Replace everything in the live database, in one transaction of SQLite's own."""
    connection.ensure_connection()
    with closing(sqlite3.connect(f"file:{source / FILE}?mode=ro&immutable=1", uri=True)) as copy:
        try:
            whole = copy.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        except sqlite3.DatabaseError:
            whole = False
        if not whole:
            raise BackupError(f"{FILE} is no sound SQLite database: the backup was made of a broken one.")
        copy.backup(connection.connection)


def present() -> Contents:
    """What the live database holds."""
    connection.ensure_connection()
    live = connection.connection
    return contents(lambda query: live.execute(query).fetchall(), _tables(live), POSITION)


def _tables(database: sqlite3.Connection) -> list[str]:
    rows = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return [name for (name,) in rows]
