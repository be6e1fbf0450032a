"""PostgreSQL over pg_dump and pg_restore, the first bound to a snapshot that is counted as well."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from django.db import connection, connections, transaction
from psycopg.conninfo import make_conninfo

from aftersales.ops.backups.manifest import BackupError
from aftersales.ops.backups.snapshots import Contents, contents

FILE = "database.dump"
POSITION = "strpos"
# Of what the settings say, that which tells where the database is; psycopg takes more than the programs know.
WHERE = (
    "service",
    "host",
    "port",
    "dbname",
    "user",
    "passfile",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
)


def take(target: Path) -> Contents:
    """Dump the database as of one moment; returns what is in it. Raises BackupError without pg_dump."""
    program = _program("pg_dump")
    with transaction.atomic(durable=True):
        _ask("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # The dump may take longer than a request may.
        _ask("SET LOCAL idle_in_transaction_session_timeout = 0")
        _ask("SET LOCAL statement_timeout = 0")
        snapshot = _ask("SELECT pg_export_snapshot()")[0][0]
        _run(
            program,
            *("--format=custom", "--no-owner", "--no-privileges"),
            *(f"--snapshot={snapshot}", f"--file={target / FILE}"),
        )
        return present()


def bring_back(source: Path) -> None:
    """Replace our tables, views and functions in one transaction; nobody else may be working on them."""
    program = _program("pg_restore")
    connections.close_all()
    _run(
        program,
        *("--no-owner", "--no-privileges", "--clean", "--if-exists"),
        *("--single-transaction", "--exit-on-error", str(source / FILE)),
        # Somebody who is still connected is told of instead of waited for.
        options="-c lock_timeout=10s",
    )
    _ask("ANALYZE")


def present() -> Contents:
    """What the live database holds, in the transaction that is open, if one is."""
    tables = [name for (name,) in _ask("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")]
    return contents(_ask, tables, POSITION)


def _ask(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall() if cursor.description else []


def _program(name: str) -> str:
    """Where a program of PostgreSQL lies: in PG_BIN, else on the path."""
    found = shutil.which(name, path=os.environ.get("PG_BIN") or None)
    if found is None:
        raise BackupError(
            f"{name} was not found. It comes with PostgreSQL's client programs (on Debian: "
            "apt-get install postgresql-client); PG_BIN can name their folder."
        )
    return found


def _run(program: str, *arguments: str, options: str = "") -> None:
    """Run a program on the database of the settings; the password is not in the list of processes."""
    given = connection.get_connection_params()
    where = {name: given[name] for name in WHERE if given.get(name)}
    done = subprocess.run(
        [program, f"--dbname={make_conninfo(**where)}", *arguments],
        env={**os.environ, "PGPASSWORD": given.get("password") or "", "PGOPTIONS": options},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{Path(program).name} failed: {done.stderr.strip()}")
