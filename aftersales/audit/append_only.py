"""Triggers that refuse to change or remove rows, on both databases.

A model is marked with `@append_only`; single columns are frozen with `frozen_columns`, the rows that belong
to another one with `frozen_with`. The triggers are installed after every migration, because SQLite silently
drops them when a migration rebuilds a table, and a system check counts them. On PostgreSQL the application's
role should own no table, so that it cannot switch them off; TRUNCATE is refused by a statement trigger.
"""

from __future__ import annotations

from django.core import checks
from django.db import connections

_guarded_models: list[tuple[type, tuple[str, ...], str]] = []
_guarded_parts: list[tuple[type, str, str]] = []


def append_only(model):
    """Class decorator: rows are inserted and read, never changed or deleted."""
    _guarded_models.append((model, (), ""))
    return model


def frozen_with(parent: str, *, when: str):
    """Class decorator: once `when` (SQL over the row `parent` points to, under that name) holds, its rows of
    this model are neither added nor changed nor removed.

    `{row}` in `when` stands for the row itself. On PostgreSQL the parent is locked against changes until the
    row is committed: who changes the parent waits for rows under way, and those that come later see it.
    """

    def mark(model):
        _guarded_parts.append((model, parent, when))
        return model

    return mark


def frozen_columns(*columns: str, when: str):
    """Class decorator: these columns, and the row, stay once `when` (SQL over OLD) holds."""

    def mark(model):
        _guarded_models.append((model, columns, when))
        return model

    return mark


def _sqlite_statements(table: str, columns: tuple[str, ...], when: str) -> dict[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    if not columns:
        return {
            f"{table}_no_update": f'CREATE TRIGGER {table}_no_update BEFORE UPDATE ON "{table}" {refuse}',
            f"{table}_no_delete": f'CREATE TRIGGER {table}_no_delete BEFORE DELETE ON "{table}" {refuse}',
        }
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
    return {
        f"{table}_frozen": f'CREATE TRIGGER {table}_frozen BEFORE UPDATE ON "{table}" '
        f"WHEN ({when}) AND ({changed}) {refuse}",
        f"{table}_kept": f'CREATE TRIGGER {table}_kept BEFORE DELETE ON "{table}" WHEN ({when}) {refuse}',
    }


def _postgres_statements(table: str, columns: tuple[str, ...], when: str) -> dict[str, str]:
    call = "EXECUTE FUNCTION aftersales_refuse()"
    if not columns:
        return {
            f"{table}_no_update": f'CREATE TRIGGER {table}_no_update BEFORE UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW {call}",
            f"{table}_no_truncate": f'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON "{table}" '
            f"FOR EACH STATEMENT {call}",
        }
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    return {
        f"{table}_frozen": f'CREATE TRIGGER {table}_frozen BEFORE UPDATE ON "{table}" '
        f"FOR EACH ROW WHEN (({when}) AND ({changed})) {call}",
        f"{table}_kept": f'CREATE TRIGGER {table}_kept BEFORE DELETE ON "{table}" '
        f"FOR EACH ROW WHEN ({when}) {call}",
        f"{table}_no_truncate": f'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON "{table}" '
        f"FOR EACH STATEMENT {call}",
    }


def _sqlite_parts(model, parent: str, when: str) -> dict[str, str]:
    table, field = model._meta.db_table, model._meta.get_field(parent)
    asked = f'SELECT {when} FROM "{field.related_model._meta.db_table}" AS {parent} WHERE {parent}.id ='
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    rows = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}
    late = {row: f"({asked} {row}.{field.column})".replace("{row}", row) for row in ("OLD", "NEW")}
    return {
        f"{table}_no_{verb}_later": f"CREATE TRIGGER {table}_no_{verb}_later BEFORE {verb.upper()} "
        f'ON "{table}" WHEN {" OR ".join(late[row] for row in either)} {refuse}'
        for verb, either in rows.items()
    }


def _postgres_parts(model, parent: str, when: str) -> dict[str, str]:
    table, field = model._meta.db_table, model._meta.get_field(parent)
    asked = f'SELECT {when} FROM "{field.related_model._meta.db_table}" AS {parent} WHERE {parent}.id = '
    asked = f"{asked}($1).{field.column} FOR SHARE".replace("{row}", "($1)").replace("'", "''")
    return {
        f"{table}_not_later": f"CREATE TRIGGER {table}_not_later BEFORE INSERT OR UPDATE OR DELETE "
        f"ON \"{table}\" FOR EACH ROW EXECUTE FUNCTION aftersales_refuse_later('{asked}')",
        f"{table}_no_truncate": f'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON "{table}" '
        f"FOR EACH STATEMENT EXECUTE FUNCTION aftersales_refuse()",
    }


POSTGRES_FUNCTIONS = """
CREATE OR REPLACE FUNCTION aftersales_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION aftersales_refuse_later() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_late boolean := false;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        EXECUTE TG_ARGV[0] INTO is_late USING OLD;
    END IF;
    IF TG_OP <> 'DELETE' AND is_late IS NOT TRUE THEN
        EXECUTE TG_ARGV[0] INTO is_late USING NEW;
    END IF;
    IF is_late THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""


def expected_triggers(vendor: str) -> dict[str, tuple[str, str]]:
    """Trigger name to (table, statement that creates it)."""
    build = _postgres_statements if vendor == "postgresql" else _sqlite_statements
    expected = {}
    for model, columns, when in _guarded_models:
        table = model._meta.db_table
        for name, statement in build(table, columns, when).items():
            expected[name] = (table, statement)
    parts = _postgres_parts if vendor == "postgresql" else _sqlite_parts
    for model, parent, when in _guarded_parts:
        for name, statement in parts(model, parent, when).items():
            expected[name] = (model._meta.db_table, statement)
    return expected


def append_only_tables() -> frozenset[str]:
    """The tables of which no row ever changes or goes."""
    return frozenset(model._meta.db_table for model, columns, _when in _guarded_models if not columns)


def install(connection) -> None:
    """Create every missing trigger whose table exists."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTIONS)
        present = present_triggers(connection)
        for name, (table, statement) in expected_triggers(connection.vendor).items():
            if table in tables and name not in present:
                cursor.execute(statement)


def remove(connection) -> None:
    """Take every trigger away: for emptying a test database, and for the owner's migrations."""
    with connection.cursor() as cursor:
        for name in present_triggers(connection):
            table = expected_triggers(connection.vendor)[name][0]
            on_table = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def present_triggers(connection) -> set[str]:
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {row[0] for row in cursor.fetchall()}
    return found & expected_triggers(connection.vendor).keys()


def install_after_migrate(sender, using="default", **kwargs):
    install(connections[using])


def check_triggers(app_configs=None, databases=None, **kwargs):
    """System check: every table that must not change has its triggers."""
    problems = []
    for alias in databases or []:
        if alias == "reports":
            continue
        connection = connections[alias]
        tables = set(connection.introspection.table_names())
        present = present_triggers(connection)
        for name, (table, _statement) in expected_triggers(connection.vendor).items():
            if table in tables and name not in present:
                problems.append(
                    checks.Error(
                        f"Trigger {name} is missing on {table}.", hint="Run migrate.", id="audit.E001"
                    )
                )
    return problems
