"""`grant_application_role ROLE`: a role that owns nothing may run the application."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit import trail
from aftersales.audit.append_only import append_only_tables
from aftersales.audit.application_role import let_role_write
from aftersales.audit.trail import system_scope


class Command(BaseCommand):
    help = (
        "Let a PostgreSQL role that owns nothing run the application: it reads and writes our tables and "
        "only adds rows to those that never change. Run as the owner, who keeps to migrations from then on. "
        "Migrations keep these rights; to be repeated after a restore. Only with PostgreSQL."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "role", metavar="ROLE", help="the role of DATABASE_URL from now on; it must exist"
        )

    def handle(self, *args, role, **options):
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no roles: its triggers guard the rows that never change.")
        self._check(role)
        with system_scope("grant application role", quiet=True), transaction.atomic():
            let_role_write(connection, role)
            trail.record("audit.role_granted", by=system_user(), after={"role": role}, at=timezone.now())
        self.stdout.write(f"{role} only adds rows to {len(append_only_tables())} tables")

    def _check(self, role: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper, pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles "
                "WHERE rolname = %s",
                [role],
            )
            found = cursor.fetchone()
        if found is None:
            raise CommandError(f"There is no role {role}; createuser makes one.")
        is_superuser, is_owner = found
        if is_superuser:
            raise CommandError(f"{role} is a superuser, from whom no right can be taken.")
        if is_owner:
            raise CommandError(
                f"{role} owns the tables or belongs to their owner; it could drop the triggers."
            )
