"""Incentives are paid by two people: put together, confirmed with the bank's reference; or one is struck."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web.formats import money
from claims.forms.fund import ReasonForm
from claims.forms.incentives import ConfirmForm, PrepareForm
from claims.models import Incentive, IncentiveBatch
from claims.models.incentives import BatchState
from claims.queries import incentives as reading
from claims.services import incentives as service
from claims.views.incentives import BATCH_TONES, IncentivePage, month_asked
from stations.access.guards import require


class IncentivePrepare(IncentivePage):
    """Asks once more before a month is put together for payment."""

    permission = "claims.prepare_incentives"
    template_name = "claims/incentive_prepare.html"

    def get(self, request, county_code):
        return self._page(self.fund(county_code), month_asked(request), PrepareForm())

    def post(self, request, county_code):
        fund, month = self.fund(county_code), month_asked(request)
        form = PrepareForm(request.POST)
        if form.is_valid() and form.call(
            service.prepare, county_code=county_code, month=month, by=request.user, now=timezone.now()
        ):
            messages.success(request, _("Put together. A second person confirms it."))
            return redirect("claims:incentive_batch", form.result.pk)
        return self._page(fund, month, form)

    def _page(self, fund, month, form):
        unpaid = list(reading.unpaid(fund.county_code, month).values_list("amount_fen", flat=True))
        return self.page(
            fund=fund,
            month=month,
            form=form,
            count=len(unpaid),
            sum_fen=sum(unpaid),
            is_over=month < timezone.localdate().replace(day=1),
            status=409 if form.refused else 200,
        )


class IncentiveBatchPage(IncentivePage):
    """One payment: who gets what, and the confirmation by a second person."""

    template_name = "claims/incentive_batch.html"

    def get(self, request, pk):
        return self._page(self._find(pk), ConfirmForm())

    def post(self, request, pk):
        require(request.user, "claims.confirm_incentives")
        batch, form = self._find(pk), ConfirmForm(request.POST)
        if form.is_valid() and form.call(
            service.confirm, batch=batch, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            amount = money(form.result.amount_fen)
            messages.success(request, _("Booked: %(amount)s paid to agents.") % {"amount": amount})
            return redirect("claims:incentive_batch", pk)
        return self._page(self._find(pk), form)

    def _find(self, pk) -> IncentiveBatch:
        rows = IncentiveBatch.objects.select_related("fund", "proposed_by", "decided_by")
        return get_object_or_404(rows, pk=pk)

    def _page(self, batch, form):
        sums: dict[int, dict] = {}
        rows = batch.incentives.select_related("agent__user", "station").order_by("agent_id", "id")
        for each in rows:
            line = sums.setdefault(
                each.agent_id, {"agent": each.agent, "station": each.station, "claims": 0, "fen": 0}
            )
            line["claims"] += 1
            line["fen"] += each.amount_fen
        return self.page(
            fund=batch.fund,
            batch=batch,
            tone=BATCH_TONES[batch.state],
            lines=list(sums.values()),
            form=form,
            is_open=batch.state == BatchState.PROPOSED,
            is_own=batch.proposed_by_id == self.request.user.pk,
            status=409 if form.refused else 200,
        )


class IncentiveBatchCancel(IncentivePage):
    """A payment that nobody has confirmed is taken apart again."""

    permission = "claims.prepare_incentives"
    http_method_names = ["post"]

    def post(self, request, pk):
        batch = get_object_or_404(IncentiveBatch, pk=pk)
        try:
            service.cancel_batch(batch=batch, by=request.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("The payment is taken apart; everything is due as before."))
        return redirect("claims:incentive_batch", pk)


class IncentiveStrike(IncentivePage):
    """One incentive is struck, with a reason."""

    permission = "claims.confirm_incentives"

    def get(self, request, pk):
        return self._page(self._find(pk), ReasonForm())

    def post(self, request, pk):
        incentive, form = self._find(pk), ReasonForm(request.POST)
        if form.is_valid() and form.call(
            service.cancel, incentive=incentive, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Struck."))
            return redirect(self._back(incentive))
        return self._page(incentive, form)

    def _find(self, pk) -> Incentive:
        return get_object_or_404(Incentive.objects.select_related("claim", "agent__user", "station"), pk=pk)

    def _back(self, incentive: Incentive) -> str:
        url = reverse("claims:incentive_agent", args=[incentive.county_code, incentive.agent_id])
        return f"{url}?month={incentive.month:%Y-%m}"

    def _page(self, incentive, form):
        return self.page(
            template="claims/reason_confirm.html",
            status=409 if form.refused else 200,
            title=_("Strike an incentive"),
            text=_("%(amount)s for claim %(number)s. The claim can never earn one again.")
            % {"amount": money(incentive.amount_fen), "number": incentive.claim.number},
            form=form,
            is_danger=True,
            cancel_url=self._back(incentive),
            place=incentive.station,
        )
