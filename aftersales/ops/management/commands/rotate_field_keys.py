"""`rotate_field_keys`: after a new master key has been put in front of FIELD_KEYS."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from aftersales.ops import key_rotation


class Command(BaseCommand):
    help = (
        "Wrap every person's key with the newest master key of FIELD_KEYS. When all of them are, the older "
        "keys can be taken out of FIELD_KEYS; backups made before still need them. Running it again is safe."
    )

    def handle(self, *args, **options):
        with system_scope("rotate field keys", quiet=True):
            rotation = key_rotation.rotate(by=system_user(), now=timezone.now(), refuse=self._refuse)
        self.stdout.write(str(rotation))
        if rotation.refused:
            raise SystemExit(1)

    def _refuse(self, row: str, reason: str) -> None:
        self.stderr.write(f"{row}: {reason}", style_func=str)
