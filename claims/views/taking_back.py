"""A coupon, goods sent again or an exchange are taken back after all."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.forms.fund import ReasonForm
from claims.models import Claim, Compensation
from claims.models.compensation import CompensationState, Remedy
from claims.services import taking_back as service
from claims.views.places import CasePage


class ClaimTakeBack(CasePage):
    """Says what happens, asks for the reason. The last remedy of the claim that can be taken back."""

    permission = "claims.approve_compensation"
    template_name = "claims/reason_confirm.html"

    def get(self, request, number):
        return self._page(*self._find(number), ReasonForm())

    def post(self, request, number):
        claim, compensation = self._find(number)
        form = ReasonForm(request.POST)
        if form.is_valid() and form.call(
            service.take_back,
            compensation=compensation,
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        ):
            messages.success(
                request, _("Taken back. Reopen the claim if the villager is to get something else.")
            )
            return redirect("claims:claim_detail", number)
        return self._page(claim, compensation, form)

    def _find(self, number) -> tuple[Claim, Compensation]:
        claim = get_object_or_404(Claim.objects.select_related("station"), number=number)
        done = Compensation.objects.filter(
            claim=claim, state=CompensationState.EXECUTED, remedy__in=service.CAN_BE_TAKEN_BACK
        )
        compensation = done.select_related("coupon", "reship").order_by("-round").first()
        if compensation is None:
            raise Http404
        return claim, compensation

    def _page(self, claim, compensation, form):
        return self.page(
            status=409 if form.refused else 200,
            title=_("Take it back: %(remedy)s") % {"remedy": compensation.get_remedy_display()},
            text=self._means(compensation),
            form=form,
            is_danger=True,
            cancel_url=reverse("claims:claim_detail", args=[claim.number]),
            place=claim.number,
        )

    def _means(self, compensation) -> str:
        if compensation.remedy == Remedy.COUPON:
            return _("The coupon %(code)s is worth nothing from now on; a redeemed one stays.") % {
                "code": compensation.coupon.code
            }
        if compensation.reship.shipped_at is None:
            return _("The goods are not sent any more. What the villager brought can be given back.")
        return _("The goods that were sent must be in custody again; they go back to the merchant.")
