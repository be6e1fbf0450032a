"""The role of the reports reads their views and not one table."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from aftersales.audit.models import AuditEvent
from aftersales.reports import database_views
from tests.factories import seeing_everything

ROLE = "reports of a test"
only_postgres = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="roles are PostgreSQL's")


def grant(role) -> str:
    out = io.StringIO()
    call_command("grant_reports_role", role, stdout=out)
    return out.getvalue().strip()


def may_read(table: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'SET LOCAL ROLE "{ROLE}"')
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
            cursor.execute("RESET ROLE")
    except DatabaseError:
        return False
    return True


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="SQLite's answer")
def test_sqlite_has_no_roles(db):
    with pytest.raises(CommandError, match="SQLite has no roles"):
        grant(ROLE)


@only_postgres
def test_the_role_reads_the_views_alone(cast):
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{ROLE}"')
        cursor.execute(f'GRANT "{ROLE}" TO CURRENT_USER')
        cursor.execute(f'GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO "{ROLE}"')
    tables = ["claims_consumer", "claims_claim", "accounts_user", "audit_auditevent"]
    views = list(database_views.VIEWS)
    assert [table for table in [*tables, *views] if may_read(table)] == [*tables, *views]

    assert grant(ROLE) == f"{ROLE} reads {', '.join(database_views.VIEWS)}"

    assert [table for table in [*tables, *views] if may_read(table)] == views
    with seeing_everything():
        event = AuditEvent.objects.get(verb="report.role_granted")
    assert (event.actor_name, event.after) == ("System", {"role": ROLE})


@only_postgres
def test_the_right_outlasts_a_migration(cast):
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{ROLE}"')
        cursor.execute(f'GRANT "{ROLE}" TO CURRENT_USER')
    grant(ROLE)

    call_command("migrate", verbosity=0)

    assert [table for table in ("claims_consumer", "report_case") if may_read(table)] == ["report_case"]


@only_postgres
def test_roles_that_do_not_fit_are_refused(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        own = cursor.fetchone()[0]

    with pytest.raises(CommandError, match="There is no role nobody"):
        grant("nobody")
    with pytest.raises(CommandError, match="is the role of DATABASE_URL itself"):
        grant(own)
    with pytest.raises(CommandError, match="postgres is a superuser"):
        grant("postgres")
