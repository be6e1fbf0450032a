from django.core.management.base import BaseCommand

from aftersales.audit.trail import system_scope
from claims.services import clock_rebuild


class Command(BaseCommand):
    help = "Count the running clocks of every claim anew from their starts and pauses; 0 on healthy data."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="count only, change nothing")

    def handle(self, *args, **options):
        with system_scope("rebuild the clocks"):
            changed = clock_rebuild.rebuild(write=not options["check"])
        self.stdout.write(f"changed {changed}")
