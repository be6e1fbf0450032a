"""Statements as the provider sees them: through its account, or through the link without one.

Nothing here names a consumer. Both doors do the same through `Word`; only how the statement is found differs.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from aftersales.audit.trail import system_scope
from aftersales.web.paging import keyset_page
from aftersales.web.throttle import Throttle
from claims.forms.statements import AgreeForm, ComplaintForm, DisputeForm
from claims.models import ProviderOrder, ProviderStatement
from claims.queries import statements
from claims.queries.provider_desks import may_answer_here
from claims.rules.provider_orders import StatementState
from claims.services import fee_complaints
from claims.services import statements as service
from claims.views.provider_links import HEADERS, STAFF_SEAT
from claims.views.provider_pages import FRAME, DeskMixin, DeskPage
from claims.views.statement_words import STATE_TONES, public_link, with_words

PAGE_SIZE = 24
BY_ADDRESS = Throttle("statement link by address", limit=30, window=timedelta(minutes=15))
DOOR = "a provider looks at its statement"
SAID = {
    "agree": gettext_lazy("Thank you. The county will pay this statement."),
    "dispute": gettext_lazy("Noted. The county answers and sends the statement again."),
    "complain": gettext_lazy("Noted. Somebody who did not offer the order will answer."),
}


class Word(View):
    """One statement: look at it, agree, say what is wrong, object to the fee of one order."""

    template_name = ""
    how = ""

    def find(self) -> ProviderStatement:
        """The statement this request may see; 404 for any other."""
        raise NotImplementedError

    def here(self) -> str:
        """The address of the statement for who asks."""
        raise NotImplementedError

    def person(self):
        """The account that gives its word; nobody without one."""
        return None

    def frame(self) -> dict:
        """What the door's frame needs."""
        return {}

    def get(self, request, **_address):
        return self.show()

    def post(self, request, **_address):
        act = request.POST.get("act", "")
        if act not in SAID:
            return self.show(status=400)
        form = {"agree": AgreeForm, "dispute": DisputeForm, "complain": ComplaintForm}[act](request.POST)
        with system_scope(DOOR, quiet=True):
            statement = self.find()
            row = self._order(statement) if act == "complain" else statement
            if form.is_valid() and form.call(
                self._service(act), **self._about(act, row), **form.cleaned_data
            ):
                messages.success(request, SAID[act])
                return redirect(self.here())
        return self.show(status=409 if form.refused else 200, form=form, act=act, row=row)

    def show(self, *, status: int = 200, form=None, act: str = "", row=None):
        with system_scope(DOOR, quiet=True):
            statement = self.find()
            orders = with_words(statements.orders_of(statement))
        chosen = self._chosen(orders, row)
        if chosen is not None and act != "complain":
            act, form = "complain", ComplaintForm()
        return render(
            self.request,
            self.template_name,
            {
                "statement": statement,
                "orders": orders,
                "tone": STATE_TONES[statement.state],
                "is_waiting": statement.state == StatementState.SENT,
                "open_complaints": sum(not order.may_complain for order in orders)
                if statement.state in (StatementState.SENT, StatementState.DISPUTED)
                else 0,
                "here": self.here(),
                "chosen": chosen,
                "agree_form": form
                if act == "agree"
                else AgreeForm(initial={"total_fen": statement.total_fen}),
                "dispute_form": form if act == "dispute" else DisputeForm(),
                "complaint_form": form if act == "complain" else None,
                **self.frame(),
            },
            status=status,
        )

    def _chosen(self, orders, row) -> ProviderOrder | None:
        """The order whose fee is objected to: the one that was sent, or ?order=."""
        asked = str(row.pk) if isinstance(row, ProviderOrder) else self.request.GET.get("order", "")
        found = [order for order in orders if str(order.pk) == asked and order.may_complain]
        return found[0] if found else None

    def _order(self, statement: ProviderStatement) -> ProviderOrder:
        asked = self.request.POST.get("order", "")
        if not (asked.isascii() and asked.isdigit()):
            raise Http404
        order = ProviderOrder.objects.filter(pk=int(asked[:18]), statement=statement).first()
        if order is None:
            raise Http404
        return order

    def _service(self, act: str):
        return {"agree": service.agree, "dispute": service.dispute, "complain": fee_complaints.file}[act]

    def _about(self, act: str, row) -> dict:
        given = {"by": self.person(), "now": timezone.now()}
        return {**given, "order": row} if act == "complain" else {**given, "statement": row, "how": self.how}


class ProviderStatements(DeskPage):
    """The statements that the county has sent to the account's provider."""

    template_name = "claims/provider_statements.html"

    def get(self, request):
        with system_scope(DOOR, quiet=True):
            page = keyset_page(
                statements.of_provider(self.desk.provider_id, self.desk.county_code),
                cursor=request.GET.get("cursor", ""),
                order=("-month", "-id"),
                size=PAGE_SIZE,
            )
        for statement in page.rows:
            statement.tone = STATE_TONES[statement.state]
        return self.page(list_page=page)


class ProviderStatementDetail(DeskMixin, Word):
    """One of them, through the account."""

    template_name = "claims/provider_statement.html"
    how = "account"

    def find(self):
        rows = statements.of_provider(self.desk.provider_id, self.desk.county_code)
        return get_object_or_404(rows.select_related("provider", "fund"), pk=self.kwargs["pk"])

    def here(self):
        return reverse("claims:provider_statement", args=[self.kwargs["pk"]])

    def person(self):
        return self.request.user

    def frame(self):
        return {"frame": FRAME, "desk": self.desk, "place": self.desk.provider}


class ProviderStatementLink(Word):
    """One of them, through the link that was sent: no account, no cookie that says who."""

    template_name = "claims/public_statement.html"
    how = "link"

    def dispatch(self, request, *args, **kwargs):
        now, address, token = timezone.now(), request.META.get("REMOTE_ADDR", ""), kwargs["token"]
        if BY_ADDRESS.is_closed(address, now=now):
            response = render(request, "claims/provider_gone.html", {"is_busy": True}, status=429)
        elif statements.by_token(token, now=now) is not None:
            response = super().dispatch(request, *args, **kwargs)
        elif statements.was_link(token):
            said = _("This link is over. Ask the county centre for a new one.")
            response = render(request, "claims/provider_gone.html", {"said": said}, status=410)
        else:
            BY_ADDRESS.count_failure(address, now=now)
            raise Http404
        for name, value in HEADERS.items():
            response[name] = value
        return response

    def post(self, request, **address):
        statement = self.find()
        if not may_answer_here(
            request.user, provider_id=statement.provider_id, county_code=statement.county_code
        ):
            messages.error(request, STAFF_SEAT)
            return self.show(status=403)
        return super().post(request, **address)

    def person(self):
        return self.request.user if self.request.user.is_authenticated else None

    def find(self):
        found = statements.by_token(self.kwargs["token"], now=timezone.now())
        if found is None:
            raise Http404
        return found

    def here(self):
        return public_link(self.kwargs["token"])
