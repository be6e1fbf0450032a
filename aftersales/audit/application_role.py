"""The PostgreSQL role that the application runs as: it owns nothing, so it cannot switch a trigger off.

It reads and writes every table, and only adds rows to those that are append-only. Migrations run as the
owner; after each of them the roles that had these rights have them again, on new tables too.
"""

from django.db import connections

from aftersales.audit.append_only import append_only_tables

SIGN = "audit_auditevent"
"""Whoever may add rows to this table, beside its owner, is a role that the application runs as."""
HISTORY_OF_MIGRATIONS = "django_migrations"


def let_role_write(connection, role: str) -> None:
    """Give a PostgreSQL role what the application needs, and take everything else away."""
    quoted = connection.ops.quote_name(role)
    only_added = append_only_tables()
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}")
        cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM {quoted}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        # Tables alone: who may read the views of the reports is taken for their role.
        for table in connection.introspection.table_names(cursor):
            rights = "SELECT, INSERT, UPDATE, DELETE"
            if table in only_added:
                rights = "SELECT, INSERT"
            elif table == HISTORY_OF_MIGRATIONS:
                rights = "SELECT"
            cursor.execute(f"GRANT {rights} ON {connection.ops.quote_name(table)} TO {quoted}")


def writers(connection) -> list[str]:
    """The roles that the application may run as, beside the owner of its tables."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT grantee FROM information_schema.role_table_grants "
            "WHERE table_name = %s AND privilege_type = 'INSERT' AND grantee <> current_user "
            "ORDER BY grantee",
            [SIGN],
        )
        return [role for (role,) in cursor.fetchall()]


def grant_after_migrate(sender, using="default", **kwargs):
    """Signal handler: roles that had the rights have them again, on tables that have come since."""
    for role in writers(connections[using]):
        let_role_write(connections[using], role)
