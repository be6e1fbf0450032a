from django.core.management.base import BaseCommand, CommandError

from aftersales.audit.trail import system_scope
from aftersales.reports import freezing


class Command(BaseCommand):
    help = (
        "Check every frozen report against its fingerprint. Nothing is counted anew: what is checked is that "
        "no sign of what was frozen has changed. The last line says how many are damaged; exit 1 if any is."
    )

    def handle(self, *args, **options):
        with system_scope("check the fingerprints of reports"):
            damaged = freezing.damaged()
        for edition in damaged:
            self.stdout.write(f"edition {edition.pk}: {edition} does not match its fingerprint")
        self.stdout.write(f"damaged {len(damaged)}")
        if damaged:
            raise CommandError("frozen reports were changed outside the program")
