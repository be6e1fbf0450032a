"""`import_parts FILE`: spare parts from a list."""

from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from aftersales.web.import_command import ImportCommand
from claims.services import part_lists


class Command(ImportCommand):
    help = (
        "Import spare parts from a CSV file (UTF-8) with the columns code, name, appliance, fits, "
        "price_yuan, old_part_comes_back (yes or no) and guide, whose steps are divided by |. Running it "
        "again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")

    def handle(self, *args, file, **options):
        (path,) = self.files([file])
        by = system_user()
        with system_scope("import_parts", by=by):
            tally = part_lists.import_list(path=path, by=by, now=timezone.now(), refuse=self.refuse)
        self.finish(tally)
