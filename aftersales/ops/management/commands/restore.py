"""`restore DIR`: the way back from a backup."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aftersales.ops.backups import restoring
from aftersales.ops.backups.manifest import BackupError


class Command(BaseCommand):
    help = (
        "Put database and media back as they were when the backup was made, and check that everything holds. "
        "Stop web server and task cluster before. Refuses a damaged backup, one of another version, and a "
        "database with work in it."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--replace", action="store_true", help="give up what the database holds now")

    def handle(self, *args, folder, replace, **options):
        try:
            kept = restoring.restore(folder, replace=replace, now=timezone.now())
        except (BackupError, OSError) as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(
            f"tables {len(kept.rows)}, rows {sum(kept.rows.values())}, files {kept.media_files}, "
            f"as of {kept.made_at}"
        )
        self.stdout.write(f"restored {kept.hash}")
