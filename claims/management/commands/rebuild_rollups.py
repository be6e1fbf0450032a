from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aftersales.audit.trail import system_scope
from aftersales.lib.periods import Period, PeriodError, PeriodKind
from claims.services import figures


class Command(BaseCommand):
    help = (
        "Count the figures of every place and period anew from the claims. With --check count only, say what "
        "is different and exit 1 if anything is; without it the differences are put right."
    )

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="count only, change nothing")
        parser.add_argument("--county", metavar="CODE", help="only this county, by its 12 digits")
        parser.add_argument(
            "--month", metavar="YYYY-MM", action="append", help="only this month; may be repeated"
        )

    def handle(self, *args, check, county, month, **options):
        months = self._months(month) if month else None
        with system_scope("rebuild the figures"):
            if not check:
                changed = figures.rebuild(county, months, now=timezone.now())
                self.stdout.write(f"differences {changed}")
                return
            differences = figures.check(county, months)
        for difference in differences:
            self.stdout.write(str(difference))
        self.stdout.write(f"differences {len(differences)}")
        if differences:
            raise CommandError("the kept figures are not those of the claims")

    def _months(self, names: list[str]) -> set[Period]:
        try:
            months = {Period.named(name) for name in names}
        except PeriodError as error:
            raise CommandError(str(error)) from None
        if any(month.kind != PeriodKind.MONTH for month in months):
            raise CommandError("a month is written as 2026-11")
        return months
