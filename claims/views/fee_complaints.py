"""Complaints about the fee of one order at the desk: noted from paper, answered by somebody else."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.forms.statements import AnswerForm, ComplaintForm
from claims.models import FeeComplaint, ProviderOrder
from claims.queries import statements as reading
from claims.rules.provider_orders import ComplaintState
from claims.services import fee_complaints as service
from claims.views.statement_words import COMPLAINT_TONES
from claims.views.statements import StatementPage
from stations.access.guards import require

ORDER = ("provider", "statement", "offered_by", "visit__claim__order_line", "visit__place")


class FeeComplaintNew(StatementPage):
    """The officer notes what a provider has objected to on paper or by phone."""

    permission = "claims.prepare_statement"
    template_name = "claims/fee_complaint_new.html"

    def get(self, request, pk):
        return self._page(self._order(pk), ComplaintForm())

    def post(self, request, pk):
        order, form = self._order(pk), ComplaintForm(request.POST)
        if form.is_valid() and form.call(
            service.file, order=order, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Noted. A manager who did not offer the order answers it."))
            return redirect("claims:fee_complaint", form.result.pk)
        return self._page(order, form)

    def _order(self, pk: int) -> ProviderOrder:
        rows = ProviderOrder.objects.select_related(*ORDER)
        return get_object_or_404(rows.prefetch_related(reading.complaints_of_orders()), pk=pk)

    def _page(self, order, form):
        return self.page(
            status=409 if form.refused else 200,
            order=order,
            place=order.provider.name,
            form=form,
            can_complain=reading.may_complain(order, order.complaints.all()),
        )


class FeeComplaintDetail(StatementPage):
    """One complaint with the order it is about, and its answer."""

    permission = "claims.view_feecomplaint"
    template_name = "claims/fee_complaint.html"

    def get(self, request, pk):
        return self._page(self._find(pk))

    def post(self, request, pk):
        require(request.user, "claims.answer_fee_complaint")
        complaint, form = self._find(pk), AnswerForm(request.POST)
        if form.is_valid() and form.call(
            service.answer, complaint=complaint, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Answered. The provider is told."))
            return redirect("claims:fee_complaint", pk)
        return self._page(self._find(pk), form)

    def _find(self, pk: int) -> FeeComplaint:
        rows = FeeComplaint.objects.select_related(
            "filed_by", "answered_by", *(f"order__{name}" for name in ORDER)
        )
        return get_object_or_404(rows, pk=pk)

    def _page(self, complaint, form=None):
        order = complaint.order
        form = form or AnswerForm(initial={"fee_fen": order.fee_fen})
        return self.page(
            status=409 if form.refused else 200,
            complaint=complaint,
            order=order,
            place=order.provider.name,
            tone=COMPLAINT_TONES[complaint.state],
            form=form,
            is_open=complaint.state == ComplaintState.OPEN,
            is_own=self.request.user.pk in (order.offered_by_id, complaint.filed_by_id),
        )
