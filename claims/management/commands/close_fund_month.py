"""`close_fund_month`: close the months of funds that are over, or work closed ones out once more."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from claims.models import Fund, FundMonth
from claims.queries import fund_months as reading
from claims.services import fund_months


class Command(BaseCommand):
    help = (
        "Close every month of every fund that is over and not closed yet, one line for each. With --county "
        "and --month, close or look at that one: a month that is closed already is worked out once more, and "
        "the line is the same. --check closes nothing and works out every closed month again. Exit status 1 "
        "when the books do not agree."
    )

    def add_arguments(self, parser):
        parser.add_argument("--county", metavar="CODE", default="", help="funds of this county only")
        parser.add_argument("--month", metavar="YYYY-MM", default="", help="this month only")
        parser.add_argument("--check", action="store_true", help="close nothing, work out what is closed")

    def handle(self, *args, county, month, check, **options):
        by, first_day = system_user(), _first_day(month)
        with system_scope("close_fund_month", by=by):
            funds = Fund.objects.order_by("county_code", "kind")
            if county:
                funds = funds.filter(county_code=county)
                if not funds.exists():
                    raise CommandError(f"--county {county}: no fund there")
            if check:
                self._check(funds, first_day)
                return
            try:
                for fund in funds:
                    self._close(fund, first_day, by)
            except Refused as refused:
                what = refused.details.get("what", "")
                raise CommandError(f"{fund.key}: {refused.code} {what}".rstrip()) from None

    def _close(self, fund, first_day, by):
        now = timezone.now()
        if first_day:
            months = [fund_months.close_month(fund=fund, first_day=first_day, by=by, now=now)]
        else:
            months = fund_months.close_due(fund=fund, by=by, now=now)
        for month in months:
            self.stdout.write(_line(fund, month))

    def _check(self, funds, first_day):
        months = FundMonth.objects.filter(fund__in=funds).select_related("fund").order_by("first_day", "fund")
        if first_day:
            months = months.filter(first_day=first_day)
        changed = [month for month in months if reading.differs(month)]
        for month in changed:
            self.stdout.write(f"{month.fund.key} {month}: no longer comes to what was closed")
        self.stdout.write(f"months {len(months)}, changed {len(changed)}")
        if changed:
            raise SystemExit(1)


def _line(fund: Fund, month: FundMonth) -> str:
    return f"{fund.key} {month} movements {month.count} closing {month.closing_fen} {month.digest}"


def _first_day(month: str) -> date | None:
    if not month:
        return None
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        raise CommandError(f"--month {month}: not a month like 2026-10") from None
