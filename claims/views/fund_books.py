"""The books of a fund: its accounts, every movement, and the month as a statement that prints."""

from datetime import date

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.web import exports
from aftersales.web.paging import keyset_page
from claims.forms.fund_books import CloseMonthForm, MovementFilter
from claims.models import Account, Fund, FundMonth
from claims.queries import fund_books, fund_months
from claims.queries.figures import months_back
from claims.services import fund_months as service
from claims.views.fund import FundPage
from claims.views.fund_statement import account_rows, export_of, kind_rows

PAGE_SIZE = 50
MONTHS_SHOWN = 24


class AccountList(FundPage):
    """Every account of a fund with its balance; both sides of the books come to the same."""

    here = "accounts"

    def get(self, request, key):
        fund = self.fund(key)
        groups = fund_books.account_groups(fund)
        by_debit, by_credit = fund_books.sides(groups)
        return self.page(
            template="claims/fund_accounts.html",
            fund=fund,
            groups=groups,
            by_debit_fen=by_debit,
            by_credit_fen=by_credit,
        )


class MovementList(FundPage):
    """Every movement of a fund, newest first, by kind, account and month."""

    here = "movements"

    def get(self, request, key):
        fund = self.fund(key)
        accounts = Account.objects.filter(fund=fund).select_related("party", "station").order_by("kind", "pk")
        form = MovementFilter(request.GET or None, accounts=accounts, months=_months(fund))
        wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
        page = keyset_page(
            fund_books.movements(fund, **wanted),
            cursor=request.GET.get("cursor", ""),
            order=("-at", "-id"),
            size=PAGE_SIZE,
        )
        return self.page(
            template="claims/fund_movements.html",
            fund=fund,
            form=form,
            list_page=page,
            movements=fund_books.for_list(page.rows),
        )


class FundStatement(FundPage):
    """One month of a fund: on the screen, on A4, as XLSX. A month that is not closed says so."""

    here = "statement"

    def get(self, request, key):
        fund = self.fund(key)
        months = _months(fund)
        first_day = _asked(request, months)
        found = fund_months.statement(fund, first_day)
        form = request.GET.get("format", "")
        if form:
            return self._export(found, form)
        closed = FundMonth.objects.filter(fund=fund).select_related("closed_by")[:MONTHS_SHOWN]
        due = fund_months.next_to_close(fund)
        return self.page(
            template="claims/fund_statement.html",
            fund=fund,
            statement=found,
            months=months,
            kinds=kind_rows(found),
            accounts=account_rows(found),
            closed_months=closed,
            due=due if fund_months.is_over(due, timezone.now()) else None,
            printed_at=timezone.now(),
        )

    def _export(self, found: fund_months.Statement, form: str):
        if form not in exports.CONTENT_TYPES:
            raise Http404
        written = exports.write(
            export_of(found, made_by=str(self.request.user), made_at=timezone.now()), form
        )
        trail.record(
            "fund_month.exported",
            by=self.request.user,
            obj=found.fund,
            after={
                "month": f"{found.first_day:%Y-%m}",
                "form": form,
                "rows": written.rows,
                "sha256": written.sha256,
            },
        )
        return written.response()


class FundClose(FundPage):
    """The next month of a fund is closed, once it is over."""

    permission = "claims.close_fund_month"
    here = "statement"

    def get(self, request, key):
        fund = self.fund(key)
        return self._page(fund, CloseMonthForm(initial={"month": fund_months.next_to_close(fund)}))

    def post(self, request, key):
        fund = self.fund(key)
        form = CloseMonthForm(request.POST)
        if form.is_valid() and form.call(
            service.close_month,
            fund=fund,
            first_day=form.cleaned_data["month"],
            by=request.user,
            now=timezone.now(),
        ):
            month = form.result
            messages.success(request, _("%(month)s is closed.") % {"month": month})
            return redirect(f"{reverse('claims:fund_statement', args=[key])}?month={month}")
        return self._page(fund, form)

    def _page(self, fund: Fund, form: CloseMonthForm):
        due = fund_months.next_to_close(fund)
        return self.page(
            template="claims/fund_close.html",
            status=409 if form.refused else 200,
            fund=fund,
            form=form,
            statement=fund_months.statement(fund, due),
            is_over=fund_months.is_over(due, timezone.now()),
        )


def _months(fund: Fund) -> list[date]:
    """The months a fund has books for, this one first."""
    today, first = timezone.localdate(), fund_months.first_month(fund)
    count = (today.year - first.year) * 12 + today.month - first.month + 1
    return months_back(today, max(1, count))[::-1]


def _asked(request, months: list[date]) -> date:
    """The month in ?month=2026-11, else the last one that is over or the only one; 404 for any other."""
    text = request.GET.get("month", "")
    if not text:
        return months[1] if len(months) > 1 else months[0]
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None
    if asked not in months:
        raise Http404
    return asked
