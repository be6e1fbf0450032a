"""Statements of providers at the desk: what is due, preparing, sending, the provider's word, paying."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.audit import trail
from aftersales.lib.capitals import fen_in_capitals
from aftersales.web import exports
from aftersales.web.formats import money
from aftersales.web.paging import keyset_page
from claims.forms.statements import AgreeForm, DisputeForm, PayForm, PlainForm
from claims.models import Fund, ProviderStatement
from claims.models.provider_orders import StatementStateChoices
from claims.queries import statements as reading
from claims.queries.figures import months_back
from claims.queries.fund import running_fund_of
from claims.rules.provider_orders import StatementState
from claims.services import statements as service
from claims.views.incentives import month_asked, months_offered
from claims.views.places import CasePage
from claims.views.statement_words import (
    STATE_TONES,
    public_link,
    statement_export,
    with_words,
)
from stations.access.guards import require
from stations.models import Party

READ = "claims.view_providerstatement"
PAGE_SIZE = 30


class StatementPage(CasePage):
    """A page about what a county owes its providers; other counties do not exist for the person."""

    permission = READ

    def fund(self, county_code: str) -> Fund:
        """The fund that pays; a county without one has no statements."""
        fund = running_fund_of(county_code)
        if fund is None:
            raise Http404
        return fund

    def find(self, pk: int) -> ProviderStatement:
        rows = ProviderStatement.objects.select_related(
            "provider", "fund", "prepared_by", "agreed_by", "paid_by", "movement"
        )
        return get_object_or_404(rows, pk=pk)

    def page(self, status: int = 200, template: str = "", **context):
        return super().page(status, template, **{"area": "providers", "here": "statements", **context})


class StatementCounties(StatementPage):
    """The counties with a fund in reach; straight to the statements when there is one."""

    template_name = "claims/statement_counties.html"

    def get(self, request):
        funds = {fund.county_code: fund for fund in Fund.objects.order_by("county_code", "-kind")}
        if len(funds) == 1:
            return redirect("claims:statement_county", *funds)
        return self.page(funds=list(funds.values()))


class StatementList(StatementPage):
    """One county: what waits for a statement, all statements, and complaints about fees."""

    template_name = "claims/statement_list.html"

    def get(self, request, county_code):
        fund = self.fund(county_code)
        last = months_back(timezone.localdate(), 2)[0]
        state = request.GET.get("state", "")
        rows = reading.statements(county_code)
        if state in StatementStateChoices.values:
            rows = rows.filter(state=state)
        else:
            state = ""
        page = keyset_page(
            rows, cursor=request.GET.get("cursor", ""), order=("-month", "-id"), size=PAGE_SIZE
        )
        for statement in page.rows:
            statement.tone = STATE_TONES[statement.state]
        return self.page(
            fund=fund,
            place=fund.name,
            month=last,
            due=reading.due(county_code, last),
            complaints=list(reading.open_complaints(county_code)[:PAGE_SIZE]),
            list_page=page,
            state=state,
            states=StatementStateChoices.choices,
        )


class StatementPrepare(StatementPage):
    """Shows what a statement would say, and asks once more before it is prepared."""

    permission = "claims.prepare_statement"
    template_name = "claims/statement_prepare.html"

    def get(self, request, county_code, provider):
        return self._page(county_code, provider, PlainForm())

    def post(self, request, county_code, provider):
        self.fund(county_code)
        party = get_object_or_404(Party, pk=provider, kind="provider")
        form = PlainForm(request.POST)
        if form.is_valid() and form.call(
            service.prepare,
            provider=party,
            county_code=county_code,
            month=month_asked(request),
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("Prepared. Look it through and send it to the provider."))
            return redirect("claims:statement_detail", form.result.pk)
        return self._page(county_code, provider, form)

    def _page(self, county_code, provider, form):
        month = month_asked(self.request)
        orders = list(
            reading.unsettled(county_code, month)
            .filter(provider=provider)
            .select_related("visit__claim__order_line", "visit__place", "statement")
            .prefetch_related(reading.complaints_of_orders())
            .order_by("ended_at", "id")
        )
        return self.page(
            status=409 if form.refused else 200,
            fund=self.fund(county_code),
            party=get_object_or_404(Party, pk=provider, kind="provider"),
            month=month,
            months=months_offered(),
            is_over=month < timezone.localdate().replace(day=1),
            orders=with_words(orders),
            total_fen=sum(order.fee_fen for order in orders),
            form=form,
        )


class StatementDetail(StatementPage):
    """One statement with its orders, and the next step for whoever looks at it."""

    template_name = "claims/statement_detail.html"

    def get(self, request, pk):
        return self.show(self.find(pk))

    def show(self, statement: ProviderStatement, *, link: str = "", status: int = 200, **forms):
        """The page; `link` is shown once, right after the statement was sent."""
        orders = reading.orders_of(statement)
        complaints = [complaint for order in orders for complaint in order.complaints.all()]
        open_complaints = [each for each in complaints if each.state == "open"]
        may_pay = statement.state == StatementState.AGREED
        had_a_hand = self.request.user.pk in (statement.prepared_by_id, statement.agreed_by_id)
        return self.page(
            status=status,
            statement=statement,
            place=statement.fund.name,
            tone=STATE_TONES[statement.state],
            orders=with_words(orders),
            open_complaints=len(open_complaints),
            has_complaints=bool(complaints),
            link=link,
            is_waiting=statement.state == StatementState.SENT,
            can_send=statement.state in (StatementState.DRAFT, StatementState.DISPUTED)
            and not open_complaints,
            can_send_again=statement.state == StatementState.SENT,
            may_pay=may_pay,
            had_a_hand=had_a_hand,
            pay_form=forms.get("pay_form") or PayForm(),
            agree_form=forms.get("agree_form") or AgreeForm(initial={"total_fen": statement.total_fen}),
            dispute_form=forms.get("dispute_form") or DisputeForm(),
        )


class StatementStep(StatementDetail):
    """One step with a statement. Opened without its form, as after a change of language, it leads to the
    statement."""

    def get(self, request, pk, **kwargs):
        return redirect("claims:statement_detail", pk)


class StatementSend(StatementStep):
    """Asks for the provider's word: by its account, and by a link that is shown once."""

    permission = "claims.prepare_statement"

    def post(self, request, pk):
        form = PlainForm(request.POST)
        if form.is_valid() and form.call(
            service.send, statement=self.find(pk), by=request.user, now=timezone.now()
        ):
            _statement, token = form.result
            return self.show(self.find(pk), link=request.build_absolute_uri(public_link(token)))
        messages.error(request, form.refused.message if form.refused else _("Please try again."))
        return redirect("claims:statement_detail", pk)


class StatementNote(StatementStep):
    """The officer notes what the provider has said on paper."""

    permission = "claims.prepare_statement"
    SAID = {
        "agree": gettext_lazy("Noted: the provider agrees."),
        "dispute": gettext_lazy("Noted: the provider does not agree."),
    }

    def post(self, request, pk, word):
        if word not in self.SAID:
            raise Http404
        form = AgreeForm(request.POST) if word == "agree" else DisputeForm(request.POST)
        act = service.agree if word == "agree" else service.dispute
        if form.is_valid() and form.call(
            act,
            statement=self.find(pk),
            how="paper",
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        ):
            messages.success(request, self.SAID[word])
            return redirect("claims:statement_detail", pk)
        return self.show(self.find(pk), status=409 if form.refused else 200, **{f"{word}_form": form})


class StatementPay(StatementStep):
    """A second person books that the provider is paid."""

    def post(self, request, pk):
        require(request.user, "claims.pay_statement")
        form = PayForm(request.POST)
        if form.is_valid() and form.call(
            service.pay, statement=self.find(pk), by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(
                request, _("Booked: %(amount)s paid.") % {"amount": money(form.result.total_fen)}
            )
            return redirect("claims:statement_detail", pk)
        return self.show(self.find(pk), status=409 if form.refused else 200, pay_form=form)


class StatementTable(StatementPage):
    """The orders of a statement as a table for a spreadsheet."""

    def get(self, request, pk):
        statement = self.find(pk)
        now = timezone.now()
        written = exports.write(
            statement_export(statement, reading.orders_of(statement), made_by=str(request.user), made_at=now),
            "xlsx",
        )
        trail.record(
            "report.exported",
            by=request.user,
            county_code=statement.county_code,
            after={
                "report": "provider_statement",
                "number": statement.number,
                "form": "xlsx",
                "rows": written.rows,
                "sha256": written.sha256,
            },
            at=now,
        )
        return written.response()


class StatementSheet(StatementPage):
    """The statement on A4 with a place for both seals."""

    def get(self, request, pk):
        statement = self.find(pk)
        return render(
            request,
            "claims/statement_sheet.html",
            {
                "statement": statement,
                "orders": with_words(reading.orders_of(statement)),
                "capitals": fen_in_capitals(statement.total_fen),
                "back": reverse("claims:statement_detail", args=[pk]),
                "printed_at": timezone.now(),
            },
        )
