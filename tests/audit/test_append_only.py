"""Rows that never change: eight statements, after every migration, also as the role of the application."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from aftersales.audit import append_only
from aftersales.audit.models import AuditEvent
from claims.models import FundMonth, Movement
from claims.services import fund_months
from tests.audit.statements import got_through, statements
from tests.claims.money.cases import XIUWEN, fill
from tests.factories import seeing_everything

ROLE = "application of a test"
REFUSED = dict.fromkeys(statements(Movement), "append-only")
DENIED = dict.fromkeys(REFUSED, "permission denied")
only_postgres = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="roles are PostgreSQL's")


def make_books(cast) -> list:
    """A movement, a closed month and an event."""
    from datetime import UTC, date, datetime

    fund = fill(XIUWEN, cash_fen=10_000, entered_by=cast.manager, confirmed_by=cast.officer)
    with seeing_everything():
        month = fund_months.close_month(
            fund=fund, first_day=date(2026, 11, 1), by=cast.manager, now=datetime(2026, 12, 1, tzinfo=UTC)
        )
        return [Movement.objects.get(), FundMonth.objects.get(pk=month.pk), AuditEvent.objects.first()]


def grant(role: str = ROLE) -> str:
    out = io.StringIO()
    call_command("grant_application_role", role, stdout=out)
    return out.getvalue().strip()


def create_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{ROLE}"')
        cursor.execute(f'GRANT "{ROLE}" TO CURRENT_USER')


def test_none_of_the_eight_statements_gets_through(cast):
    for row in make_books(cast):
        assert got_through(row) == REFUSED


def test_without_its_triggers_the_table_takes_all_eight(cast):
    """So that the test above fails for the triggers and for nothing else."""
    row = make_books(cast)[1]
    append_only.remove(connection)

    assert got_through(row) == dict.fromkeys(REFUSED, "carried out")


def test_migration_that_loses_the_triggers_gives_them_back(transactional_db):
    from tests.cast import make_cast

    rows = make_books(make_cast())
    expected = set(append_only.expected_triggers(connection.vendor))
    if connection.vendor == "sqlite":
        # What AlterField does there: the table is built anew, and its triggers are gone without a word.
        with connection.schema_editor() as editor:
            editor._remake_table(Movement)
    else:
        append_only.remove(connection)
    lost = expected - append_only.present_triggers(connection)
    assert any(name.startswith("claims_movement_") for name in lost)
    assert [error.id for error in append_only.check_triggers(databases=["default"])] == ["audit.E001"] * len(
        lost
    )

    call_command("migrate", verbosity=0)

    assert append_only.present_triggers(connection) == expected
    assert append_only.check_triggers(databases=["default"]) == []
    for row in rows:
        assert got_through(row) == REFUSED


@only_postgres
def test_role_of_the_application_is_refused_before_any_trigger(cast):
    rows = make_books(cast)
    create_role()
    told = grant()

    assert told == f"{ROLE} only adds rows to {len(append_only.append_only_tables())} tables"
    for row in rows:
        assert got_through(row, role=ROLE) == DENIED
    append_only.remove(connection)
    for row in rows:
        assert got_through(row, role=ROLE) == DENIED


@only_postgres
def test_role_of_the_application_does_its_work_and_outlasts_a_migration(cast):
    make_books(cast)
    create_role()
    grant()
    with connection.cursor() as cursor:
        cursor.execute(f'REVOKE UPDATE ON claims_account FROM "{ROLE}"')

    call_command("migrate", verbosity=0)

    with connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{ROLE}"')
        fill("320324000000", cash_fen=500, entered_by=cast.manager, confirmed_by=cast.officer)
        cursor.execute("RESET ROLE")
        cursor.execute(
            "SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = %s "
            "AND (privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER') OR table_name = ANY(%s) "
            "AND privilege_type IN ('UPDATE', 'DELETE'))",
            [ROLE, sorted(append_only.append_only_tables())],
        )
        assert cursor.fetchone() == (0,)
    with seeing_everything():
        assert Movement.objects.count() == 2


@only_postgres
def test_roles_that_do_not_fit_are_refused(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        own = cursor.fetchone()[0]

    for role, words in {
        "nobody": "There is no role nobody",
        own: "owns the tables or belongs to their owner",
        "postgres": "postgres is a superuser",
    }.items():
        with pytest.raises(CommandError, match=words):
            grant(role)


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="SQLite's answer")
def test_sqlite_has_no_roles(db):
    with pytest.raises(CommandError, match="SQLite has no roles"):
        grant()
