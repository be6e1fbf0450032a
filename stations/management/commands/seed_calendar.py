"""`seed_calendar YEAR…`: the provisional days of years without an official notice."""

from django.core.management.base import CommandError
from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.lib.tally import Tally
from aftersales.web.import_command import ImportCommand
from stations.services import calendar


class Command(ImportCommand):
    help = (
        "Write the days of years as the law alone makes them: weekends, statutory holidays and their "
        "substitutes, marked provisional. Days that a notice confirms stay as they are."
    )

    def add_arguments(self, parser):
        parser.add_argument("years", metavar="YEAR", nargs="+", type=int)

    def handle(self, *args, years, **options):
        tally = Tally()
        by = system_user()
        with system_scope("seed_calendar", by=by):
            for year in years:
                try:
                    tally += calendar.seed_year(year=year, by=by, now=timezone.now())
                except Refused as refused:
                    raise CommandError(str(refused)) from None
        self.finish(tally)
