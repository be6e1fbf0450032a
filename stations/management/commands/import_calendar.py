"""`import_calendar FILE`: days worked and days off, as an official notice arranges them."""

from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from aftersales.web.import_command import ImportCommand
from stations.services import calendar_lists


class Command(ImportCommand):
    help = (
        "Import the working calendar from a CSV file with the columns date,is_workday[,kind,holiday_zh]. "
        "The days count as confirmed unless --provisional is given. Running it again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--source", default="", help="address or number of the notice; else the file's name"
        )
        parser.add_argument("--provisional", action="store_true", help="no notice confirms these days yet")

    def handle(self, *args, file, source, provisional, **options):
        (path,) = self.files([file])
        by = system_user()
        with system_scope("import_calendar", by=by):
            tally = calendar_lists.import_list(
                path=path,
                source=(source or path.name)[: calendar_lists.SOURCE_LENGTH],
                is_confirmed=not provisional,
                by=by,
                now=timezone.now(),
                refuse=self.refuse,
            )
        self.finish(tally)
