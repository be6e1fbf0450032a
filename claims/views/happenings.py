"""Recording what happened outside: it starts and stops clocks and does not move the claim."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.forms.happenings import RecordForm
from claims.models import Claim
from claims.services import happenings
from claims.views.places import CasePage


class ClaimRecord(CasePage):
    """Asks what happened and when, of what the claim has room for."""

    permission = "claims.work_on_claim"
    template_name = "claims/claim_record.html"

    def get(self, request, number):
        claim = self._find(number)
        possible = happenings.possible_now(claim)
        if not possible:
            messages.info(request, _("Nothing can be recorded in the claim's present state."))
            return redirect("claims:claim_detail", number)
        initial = {"version": claim.version, "at": timezone.localtime()}
        return self._page(claim, RecordForm(initial=initial, possible=possible))

    def post(self, request, number):
        claim = self._find(number)
        form = RecordForm(request.POST, possible=happenings.possible_now(claim))
        if form.is_valid() and form.call(
            happenings.record_event,
            claim=claim,
            event=form.cleaned_data["event"],
            at=form.cleaned_data["at"],
            note=form.cleaned_data["note"],
            by=request.user,
            now=timezone.now(),
            expected_version=form.cleaned_data["version"],
        ):
            messages.success(request, _("Recorded."))
            return redirect("claims:claim_detail", number)
        return self._page(self._find(number), form)

    def _find(self, number) -> Claim:
        claims = Claim.objects.select_related("station", "consumer", "order_line")
        return get_object_or_404(claims, number=number)

    def _page(self, claim, form):
        if form.refused is not None and form.refused.code == "stale":
            form.renew(claim.version)
        return self.page(claim=claim, form=form, place=claim.station, status=409 if form.refused else 200)
