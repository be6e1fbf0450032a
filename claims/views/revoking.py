"""An approval is taken back before it is carried out."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.formats import money
from claims.forms.fund import ReasonForm
from claims.models.compensation import CompensationState
from claims.services import compensation as service
from claims.views.compensation import CompensationPage


class ClaimRevoke(CompensationPage):
    """The officer's way back from an approval: the line gets its amount back, the claim stays open."""

    permission = "claims.approve_compensation"

    def get(self, request, number):
        return self._page(*self.find(number), ReasonForm())

    def post(self, request, number):
        claim, compensation = self.find(number)
        form = ReasonForm(request.POST)
        if form.is_valid() and form.call(
            service.revoke,
            compensation=compensation,
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        ):
            messages.success(request, _("The approval is taken back. The amount can be worked out anew."))
            return redirect("claims:claim_detail", number)
        return self._page(claim, compensation, form)

    def _page(self, claim, compensation, form):
        if compensation.state != CompensationState.APPROVED and form.refused is None:
            return redirect("claims:claim_detail", claim.number)
        return self.page(
            template="claims/reason_confirm.html",
            status=409 if form.refused else 200,
            title=_("Take the approval back"),
            text=_("%(remedy)s %(amount)s is not carried out; the claim stays open.")
            % {"remedy": compensation.get_remedy_display(), "amount": money(compensation.amount_fen)},
            form=form,
            is_danger=True,
            cancel_url=reverse("claims:claim_detail", args=[claim.number]),
            place=claim.number,
        )
