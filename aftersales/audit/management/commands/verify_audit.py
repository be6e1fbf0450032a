from django.core.management.base import BaseCommand, CommandError

from aftersales.audit.models import AuditBlock
from aftersales.audit.sealing import first_broken_block
from aftersales.audit.trail import system_scope


class Command(BaseCommand):
    help = "Walk the sealed audit chain of every county; exit 1 and name the first broken block if any."

    def handle(self, *args, **options):
        with system_scope("verify the audit chain", quiet=True):
            broken = first_broken_block()
            if broken:
                raise CommandError(
                    f"broken block {broken.county_code or 'programme'}/{broken.number}: {broken.why}"
                )
            self.stdout.write(f"blocks {AuditBlock.objects.count()}, all whole")
