"""Counting again how much is bad: after a miscount, and in a new round."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.forms.counting import CountForm
from claims.models import Claim
from claims.services import counting
from claims.views.formula import with_unit
from claims.views.places import CasePage


class ClaimCount(CasePage):
    """Asks for the quantity and the reason, then works the amount out anew. Only for open claims."""

    permission = "claims.work_on_claim"
    template_name = "claims/claim_count.html"

    def get(self, request, number):
        claim = self._find(number)
        if not claim.is_open:
            messages.info(request, _("This claim has ended; nothing is counted any more."))
            return redirect("claims:claim_detail", number)
        initial = {"version": claim.version, "bad_milli": claim.bad_milli}
        return self._page(claim, CountForm(line=claim.order_line, initial=initial))

    def post(self, request, number):
        claim = self._find(number)
        form = CountForm(request.POST, line=claim.order_line)
        if form.is_valid():
            given = {name: value for name, value in form.cleaned_data.items() if name != "version"}
            if form.call(
                counting.recount,
                claim=claim,
                by=request.user,
                now=timezone.now(),
                expected_version=form.cleaned_data["version"],
                **given,
            ):
                messages.success(request, _("Counted. The amount was worked out anew."))
                return redirect("claims:claim_detail", number)
        return self._page(self._find(number), form)

    def _find(self, number) -> Claim:
        claims = Claim.objects.select_related("station", "consumer", "order_line__order")
        return get_object_or_404(claims, number=number)

    def _page(self, claim, form):
        if form.refused is not None and form.refused.code == "stale":
            form.renew(claim.version)
        return self.page(
            claim=claim,
            form=form,
            total=with_unit(claim.order_line.quantity_milli, claim.order_line.unit),
            place=claim.station,
            status=409 if form.refused else 200,
        )
