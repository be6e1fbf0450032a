"""`import_regions FILE…`: official lists of divisions, and the changes between two editions of them."""

from django.core.management.base import CommandError
from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from aftersales.lib.tally import Tally
from aftersales.web.import_command import ImportCommand
from stations.services import region_changes, regions


class Command(ImportCommand):
    help = (
        "Import official divisions from CSV files with the columns code,name (12-digit codes; order free). "
        "Optional columns: is_placeholder; lon_wgs84,lat_wgs84 or lon,lat for the point of a place. "
        "Running it again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="*", metavar="FILE")
        parser.add_argument(
            "--changes",
            metavar="FILE",
            help="apply changes between two editions; columns: "
            "county_code,code_2016,name_2016,code_2023,name_2023,change",
        )
        parser.add_argument(
            "--all-or-nothing", action="store_true", help="keep nothing when a row is refused"
        )

    def handle(self, *args, files, changes, all_or_nothing, **options):
        if not files and not changes:
            raise CommandError("Name a FILE with divisions, or --changes FILE.")
        paths = self.files(files)
        lists_of_changes = self.files([changes] if changes else [])
        by, tally = system_user(), Tally()
        with system_scope("import_regions", by=by):
            if paths:
                tally += regions.import_lists(
                    paths=paths,
                    by=by,
                    now=timezone.now(),
                    refuse=self.refuse,
                    progress=self.progress,
                    all_or_nothing=all_or_nothing,
                )
            for path in [] if all_or_nothing and tally.refused else lists_of_changes:
                tally += region_changes.apply_list(
                    path=path,
                    by=by,
                    now=timezone.now(),
                    refuse=self.refuse,
                    all_or_nothing=all_or_nothing,
                )
        self.finish(tally)
