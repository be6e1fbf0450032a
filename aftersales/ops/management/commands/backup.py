"""`backup DIR`: a consistent snapshot with media and schema version."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from aftersales.ops.backups import taking
from aftersales.ops.backups.manifest import BackupError


class Command(BaseCommand):
    help = (
        "Write database, media and a manifest with hashes into a new folder, while the system goes on "
        "working. The keys of FIELD_KEYS are not in it: keep them elsewhere."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="DIR", type=Path, help="a folder that does not exist yet")

    def handle(self, *args, folder, **options):
        try:
            with system_scope("take a backup", quiet=True):
                made = taking.take(folder, by=system_user(), now=timezone.now())
        except (BackupError, OSError) as reason:
            raise CommandError(str(reason)) from None
        needed = f", keys {' '.join(made.key_ids)}" if made.key_ids else ""
        self.stdout.write(
            f"tables {len(made.rows)}, rows {sum(made.rows.values())}, files {made.media_files}{needed}"
        )
        self.stdout.write(f"backup {made.hash}")
