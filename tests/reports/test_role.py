"""The database role of the regulator's reports reads views without persons; nothing helps it to do more."""

import pytest
from django.db import DatabaseError, connection, connections

from aftersales.reports import database_views
from tests.postgres import SERVER_USER

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles"),
    pytest.mark.django_db(transaction=True, databases=["default", "reports"]),
]
ROLE = "reports_of_role_test"
TRICKS = (
    "SELECT 1",
    "SET default_transaction_read_only = off",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
    "SET ROLE NONE",
    "RESET ROLE",
    "SET search_path = public, pg_temp",
    "SET row_security = off",
    "SET session_replication_role = replica",
    "SET ROLE aftersales",
    f"SET ROLE {SERVER_USER}",
    "SET SESSION AUTHORIZATION aftersales",
    f"SET SESSION AUTHORIZATION {SERVER_USER}",
)
DEFINITIONS = (
    "CREATE TABLE mine (x int)",
    "CREATE TEMPORARY TABLE mine (x int)",
    "CREATE VIEW mine AS SELECT * FROM claims_consumer",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "CREATE ROLE mine",
    "ALTER TABLE claims_claim DISABLE TRIGGER ALL",
    "ALTER VIEW report_case RENAME TO mine",
    "ALTER ROLE aftersales PASSWORD 'mine'",
    "DROP VIEW report_case",
    "DROP TABLE claims_claim",
    "TRUNCATE claims_movement",
    "GRANT ALL ON claims_claim TO CURRENT_USER",
    "COPY report_place TO PROGRAM 'cat'",
    "COPY report_place TO '/tmp/mine'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT nextval('claims_claim_id_seq')",
    "SELECT lo_create(0) FROM pg_authid",
    "LOCK TABLE claims_claim IN ACCESS EXCLUSIVE MODE",
)


@pytest.fixture
def reader():
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} LOGIN")
    database_views.let_role_read(connection, ROLE)
    settings = {**connection.settings_dict, "USER": ROLE, "PASSWORD": ""}
    opened = type(connections["default"])(settings, "reader")
    try:
        yield opened
    finally:
        opened.close()
        with connection.cursor() as cursor:
            cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}")
            cursor.execute(f"REVOKE ALL ON SCHEMA public FROM {ROLE}")
            cursor.execute(f"DROP ROLE {ROLE}")


def relations(kind: str) -> dict[str, str]:
    """Every relation of a kind ("r" tables, "v" views) with the name of one column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, min(a.attname) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE n.nspname = 'public' AND c.relkind = %s AND a.attnum > 0 AND NOT a.attisdropped "
            "GROUP BY 1 ORDER BY 1",
            [kind],
        )
        return dict(cursor.fetchall())


def goes_through(opened, statement: str) -> bool:
    try:
        with opened.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return False
    return True


def test_every_view_of_the_reports_and_no_other_relation_is_read(reader):
    tables, views = relations("r"), relations("v")

    assert set(views) == set(database_views.VIEWS)
    assert [name for name in views if not goes_through(reader, f'SELECT * FROM "{name}" LIMIT 1')] == []
    assert len(tables) > 150
    assert [name for name in tables if goes_through(reader, f'SELECT 1 FROM "{name}" LIMIT 1')] == []


def test_no_view_shows_a_person():
    personal = ("name_", "phone", "address", "consumer", "filed_by", "user", "description", "account")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name LIKE 'report\\_%'"
        )
        columns = [each for each in cursor.fetchall() if each[0] in database_views.VIEWS]
    assert len(columns) > 30
    assert [each for each in columns if each[1].startswith(personal) or each[1].endswith("_masked")] == []


def test_nothing_is_written_or_read_whatever_is_set_first(reader):
    tables = relations("r")
    writing = [
        statement
        for name, column in (tables | relations("v")).items()
        for statement in (
            f'INSERT INTO "{name}" DEFAULT VALUES',
            f'UPDATE "{name}" SET "{column}" = NULL',
            f'DELETE FROM "{name}"',
        )
    ]
    reading = [f'SELECT 1 FROM "{name}" LIMIT 1' for name in tables]
    for trick in TRICKS:
        reader.close()
        goes_through(reader, trick)
        assert [each for each in writing + reading if goes_through(reader, each)] == [], trick


def test_nothing_is_defined_or_taken(reader):
    goes_through(reader, "SET default_transaction_read_only = off")

    assert [statement for statement in DEFINITIONS if goes_through(reader, statement)] == []
