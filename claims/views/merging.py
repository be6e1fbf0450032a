"""Ending a duplicate in favour of another open claim."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.forms.merging import MergeForm
from claims.models import Claim
from claims.queries import claims as reading
from claims.services import merging
from claims.views import tones
from claims.views.places import CasePage

CANDIDATES_SHOWN = 20


class ClaimMerge(CasePage):
    """Shows the open claims of the same order line or phone to merge this one into."""

    permission = "claims.merge_claim"
    template_name = "claims/claim_merge.html"

    def get(self, request, number):
        claim, candidates = self._find(number)
        initial = {"version": claim.version, "into": candidates[0].number if len(candidates) == 1 else ""}
        return self._page(claim, candidates, MergeForm(candidates=candidates, initial=initial))

    def post(self, request, number):
        claim, candidates = self._find(number)
        form = MergeForm(request.POST, candidates=candidates)
        if form.is_valid() and form.call(
            merging.merge,
            duplicate=claim,
            into=form.by_number[form.cleaned_data["into"]],
            by=request.user,
            now=timezone.now(),
            expected_version=form.cleaned_data["version"],
        ):
            into = form.cleaned_data["into"]
            messages.success(request, _("%(number)s was merged into this claim.") % {"number": claim.number})
            return redirect("claims:claim_detail", into)
        return self._page(*self._find(number), form)

    def _find(self, number) -> tuple[Claim, list[Claim]]:
        claims = Claim.objects.select_related("station", "consumer", "order_line")
        claim = get_object_or_404(claims, number=number)
        if not claim.is_open:
            return claim, []
        others = reading.open_claims_like(order_line=claim.order_line, consumer=claim.consumer)
        return claim, list(others.exclude(pk=claim.pk)[:CANDIDATES_SHOWN])

    def _page(self, claim, candidates, form):
        if form.refused is not None and form.refused.code == "stale":
            form.renew(claim.version)
        tones.mark(candidates, timezone.now())
        return self.page(
            claim=claim,
            candidates=candidates,
            form=form,
            chosen=form["into"].value(),
            warning=merging.WARNING,
            place=claim.station,
            status=409 if form.refused else 200,
        )
