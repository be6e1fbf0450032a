"""`grant_reports_role ROLE`: the role of REPORTS_DATABASE_URL may read the report views and nothing else."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.reports.database_views import VIEWS, let_role_read


class Command(BaseCommand):
    help = (
        "Let a PostgreSQL role read the views that reports are made of, and take every other right on our "
        "tables from it. To be repeated after a restore. Only with PostgreSQL."
    )

    def add_arguments(self, parser):
        parser.add_argument("role", metavar="ROLE", help="the role of REPORTS_DATABASE_URL; it must exist")

    def handle(self, *args, role, **options):
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no roles: reports open the same file, for reading only.")
        self._check(role)
        with system_scope("grant reports role", quiet=True), transaction.atomic():
            let_role_read(connection, role)
            trail.record("report.role_granted", by=system_user(), after={"role": role}, at=timezone.now())
        self.stdout.write(f"{role} reads {', '.join(VIEWS)}")

    def _check(self, role: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper, rolname = current_user FROM pg_roles WHERE rolname = %s", [role])
            found = cursor.fetchone()
        if found is None:
            raise CommandError(f"There is no role {role}; createuser makes one.")
        is_superuser, is_own = found
        if is_own:
            raise CommandError(
                f"{role} is the role of DATABASE_URL itself; reports need one that owns nothing."
            )
        if is_superuser:
            raise CommandError(f"{role} is a superuser, from whom no right can be taken.")
