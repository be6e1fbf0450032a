"""The database as it was when it had been made, brought back after a test that committed.

Django empties every table and has the default rows written anew, which costs more than most tests. Here the
whole file is copied back (SQLite), or those tables that changed are emptied and filled (PostgreSQL).
"""

import sqlite3

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.test import TransactionTestCase
from psycopg import sql

from tests.database import Started

MANY_TRIES = 40
"""Copying waits a quarter of a second for a lock and tries again."""


class SqliteCopy:
    """All pages of the database in memory."""

    def __init__(self):
        self._memory = sqlite3.connect(":memory:")
        connection.ensure_connection()
        connection.connection.backup(self._memory)

    def restore(self) -> None:
        connection.ensure_connection()
        tries = 0

        def count(_status, _remaining, _total):
            nonlocal tries
            tries += 1
            if tries > MANY_TRIES:
                raise RuntimeError("Somebody still holds the database of a test that is over.")

        self._memory.backup(connection.connection, progress=count)

    def close(self) -> None:
        self._memory.close()


TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
TRIGGERS = "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal"
VIEWS = "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"


class PostgresCopy:
    """The default rows as the server copies them, and a connection that no trigger stops."""

    def __init__(self):
        self._owner = psycopg.connect(
            Started.server.owner_of(connection.settings_dict["NAME"]), autocommit=True
        )
        self._owner.execute("SET session_replication_role = replica")
        self._owner.execute("SET lock_timeout = '10s'")
        self._tables = [row[0] for row in self._owner.execute(TABLES)]
        self._looking = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {}, count(*), max(xmin::text::bigint) FROM {}").format(name, sql.Identifier(name))
            for name in self._tables
        )
        self._states = self._look()
        self._rows = {name: self._read(name) for name in self._tables if self._states[name][0]}
        self._scheme = self._describe()

    def _look(self) -> dict[str, tuple]:
        """Of every table how many rows it has and the youngest transaction that wrote one of them."""
        return {name: state for name, *state in self._owner.execute(self._looking, prepare=True)}

    def _describe(self) -> list:
        return [sorted(self._owner.execute(query).fetchall()) for query in (TRIGGERS, VIEWS)]

    def _read(self, name: str) -> bytes:
        query = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(name))
        with self._owner.cursor().copy(query) as copy:
            return b"".join(bytes(part) for part in copy)

    def restore(self) -> None:
        states = self._look()
        changed = [name for name in self._tables if states[name] != self._states[name]]
        with self._owner.transaction(), self._owner.cursor() as cursor:
            for name in changed:
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
                if name in self._rows:
                    query = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(name))
                    with cursor.copy(query) as copy:
                        copy.write(self._rows[name])
        if changed:
            self._states |= {name: state for name, state in self._look().items() if name in self._rows}

        if self._describe() != self._scheme:
            # The test took triggers or views away; they come back as after a migration.
            emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
            self._scheme = self._describe()

    def close(self) -> None:
        self._owner.close()


class Pristine:
    """What the database was like before the first test that commits."""

    def __init__(self):
        self._copy: SqliteCopy | PostgresCopy | None = None

    def keep(self) -> None:
        """Copy the database, unless that has been done."""
        if self._copy is None:
            self._copy = PostgresCopy() if connection.vendor == "postgresql" else SqliteCopy()

    def restore(self) -> None:
        self._copy.restore()
        ContentType.objects.clear_cache()

    def close(self) -> None:
        if self._copy is not None:
            self._copy.close()
            self._copy = None


pristine = Pristine()
_enter_test = TransactionTestCase._fixture_setup.__func__


def _with_a_copy_kept(case):
    pristine.keep()
    _enter_test(case)


TransactionTestCase._fixture_setup = classmethod(_with_a_copy_kept)
TransactionTestCase._fixture_teardown = lambda case: pristine.restore()
