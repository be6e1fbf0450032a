"""Losses with agricultural inputs, line by line, and what the law adds as information."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web.admin_filters import key_of
from claims.forms.losses import LossForm
from claims.models import Claim, LossLine
from claims.models.compensation import CompensationState
from claims.models.losses import LossKindChoices
from claims.rules import losses as rule
from claims.services import inspections
from claims.services import losses as service
from claims.views.compensation import current_compensation
from claims.views.places import CasePage

UNDECIDED = (CompensationState.PROPOSED, CompensationState.CHOSEN)


class ClaimLosses(CasePage):
    """The lines, their sums, and a form for one more; a line is taken out by its button."""

    permission = "claims.work_on_claim"
    template_name = "claims/claim_losses.html"

    def get(self, request, number):
        claim = self._claim(number)
        return self._page(claim, LossForm()) if service.are_listed(claim) else self._elsewhere(claim)

    def post(self, request, number):
        claim = self._claim(number)
        if not service.are_listed(claim):
            return self._elsewhere(claim)
        if "remove" in request.POST:
            return self._remove(claim)
        form = LossForm(request.POST)
        if form.is_valid() and form.call(
            service.add, claim=claim, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("The line is added. The amount was worked out anew."))
            return redirect("claims:claim_losses", number)
        return self._page(claim, form)

    def _remove(self, claim):
        line = get_object_or_404(LossLine, claim=claim, pk=key_of(self.request.POST["remove"]))
        try:
            service.remove(line=line, by=self.request.user, now=timezone.now())
        except Refused as refused:
            messages.error(self.request, refused.message)
        else:
            messages.success(self.request, _("The line is taken out. The amount was worked out anew."))
        return redirect("claims:claim_losses", claim.number)

    def _claim(self, number) -> Claim:
        claims = Claim.objects.select_related("station", "consumer", "order_line__order")
        return get_object_or_404(claims, number=number)

    def _elsewhere(self, claim):
        messages.info(self.request, _("Losses are listed for agricultural inputs that are at fault."))
        return redirect("claims:claim_detail", claim.number)

    def _page(self, claim, form):
        lines = list(LossLine.objects.filter(claim=claim, round=claim.round).order_by("id"))
        compensation = current_compensation(claim)
        sums = [
            (kind.label, sum(line.amount_fen for line in lines if line.kind == kind))
            for kind in LossKindChoices
        ]
        paid = claim.order_line.paid_fen
        return self.page(
            claim=claim,
            line=claim.order_line,
            lines=lines,
            sums=sums,
            total_fen=sum(amount for _label, amount in sums),
            compensation=compensation,
            is_editable=claim.is_open and (compensation is None or compensation.state in UNDECIDED),
            inspection_missing=inspections.is_missing(claim),
            fraud_fen=rule.fraud_fen(paid),
            form=form,
            place=claim.station,
            status=409 if form.refused else 200,
        )
