from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.lib.periods import Period, PeriodError
from aftersales.reports import freezing
from claims.services import figures


class Command(BaseCommand):
    help = (
        "Freeze the reports of a month or a quarter that is over, for every region from the county up. The "
        "last line is the fingerprint of the whole country's report, which a frozen period keeps."
    )

    def add_arguments(self, parser):
        parser.add_argument("period", metavar="YYYY-MM|YYYY-QN", help="the month or quarter")

    def handle(self, *args, period, **options):
        now = timezone.now()
        try:
            wanted = Period.named(period)
            with system_scope("freeze the reports of a period"):
                figures.fold(now=now)
                editions = freezing.freeze(wanted, by=system_user(), now=now)
        except PeriodError:
            raise CommandError("a period is written as 2026-11 or 2026-Q4") from None
        except Refused as refused:
            raise CommandError(f"{refused.code}: {refused}") from None
        for edition in editions:
            self.stdout.write(
                f"{edition.region_code} {edition.region_name} edition {edition.number} {edition.sha256}"
            )
        self.stdout.write(freezing.nation_hash(editions))
