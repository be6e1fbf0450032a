"""Another class for a claim: what follows from it follows."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.forms.reclassifying import ClassForm
from claims.models import Claim
from claims.services import reclassifying
from claims.views.places import CasePage


class ClaimClass(CasePage):
    """Asks for the class and the reason. Only for open claims."""

    permission = "claims.work_on_claim"
    template_name = "claims/claim_class.html"

    def get(self, request, number):
        claim = self._find(number)
        if not claim.is_open:
            messages.info(request, _("This claim has ended; its class stays."))
            return redirect("claims:claim_detail", number)
        initial = {name: getattr(claim, name) for name in (*reclassifying.CLASS, "version")}
        return self._page(claim, ClassForm(initial=initial))

    def post(self, request, number):
        claim = self._find(number)
        form = ClassForm(request.POST)
        if form.is_valid():
            given = {name: value for name, value in form.cleaned_data.items() if name != "version"}
            if form.call(
                reclassifying.reclassify,
                claim=claim,
                by=request.user,
                now=timezone.now(),
                expected_version=form.cleaned_data["version"],
                **given,
            ):
                messages.success(request, _("The class was changed."))
                return redirect("claims:claim_detail", number)
        return self._page(self._find(number), form)

    def _find(self, number) -> Claim:
        claims = Claim.objects.select_related("station", "consumer", "order_line__order")
        return get_object_or_404(claims, number=number)

    def _page(self, claim, form):
        if form.refused is not None and form.refused.code == "stale":
            form.renew(claim.version)
        return self.page(claim=claim, form=form, place=claim.station, status=409 if form.refused else 200)
