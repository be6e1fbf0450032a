"""What belongs to a visit beside its steps: photos while the form is filled in, cost lines, the signature."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.idempotency import Answer, fingerprint, once
from aftersales.web.service_forms import ServiceForm
from claims.forms.filing import PhotoForm
from claims.forms.visits import SignatureForm, VisitCostForm
from claims.models import Visit, VisitCost, VisitSignature
from claims.rules.visits import CANVAS, VisitStep
from claims.services import visit_costs, visit_proofs
from claims.views import visit_steps
from claims.views.evidence import PLAIN, stage_all, staged
from claims.views.visit_acts import VisitStepPage
from claims.views.visits import VisitPage


class VisitPhotos(VisitStepPage):
    """Takes photos of the work one by one while the form is filled in."""

    permission = "claims.carry_out_visit"
    http_method_names = ["post"]
    template_name = "claims/parts/photos_staged.html"
    step = VisitStep.FINISH

    def post(self, request, pk):
        visit, _is_possible = self.ready(pk)
        form = PhotoForm(request.POST)
        if not form.is_valid():
            return HttpResponse(_("Open the form again and send it once more."), PLAIN, status=400)
        token = form.cleaned_data["form_key"]
        refusals = stage_all(request, station=visit_proofs.station_of(visit), form_token=token)
        if refusals:
            return HttpResponse("\n".join(refusals), PLAIN, status=409)
        return self.page(photos=staged(request.user, token))


class VisitCostNew(VisitPage):
    """One more cost line."""

    permission = "claims.carry_out_visit"
    template_name = "claims/visit_cost.html"

    def get(self, request, pk):
        return self.answer(self.made(pk), VisitCostForm())

    def post(self, request, pk):
        visit = self.made(pk)
        form = VisitCostForm(request.POST)
        if form.is_valid() and form.call(self._add, visit=visit, form=form):
            messages.success(request, _("Noted."))
            return redirect("claims:visit_detail", pk)
        return self.answer(visit, form)

    def http_method_not_allowed(self, request, pk, **kwargs):
        """Who may not write costs down is told so first."""
        self.made(pk)
        return super().http_method_not_allowed(request, pk, **kwargs)

    def _add(self, *, visit: Visit, form: VisitCostForm) -> None:
        given, user = form.shown_values, self.request.user
        once(
            client=f"user:{user.pk}",
            key=form.cleaned_data["form_key"],
            fingerprint=fingerprint({"visit": visit, **given}),
            effect=lambda: Answer.to(visit_costs.add(visit=visit, by=user, now=timezone.now(), **given)),
        )

    def made(self, pk) -> Visit:
        """The visit, for who may write down what it cost. Raises PermissionDenied."""
        visit = self.visit(pk)
        if not visit_steps.may_make(visit, self.request.user, self.may(visit)):
            raise PermissionDenied
        return visit


class VisitCostWithdraw(VisitCostNew):
    """A wrong line is taken out of the sum; it stays to be seen."""

    template_name = "claims/visit_cost_withdraw.html"

    def get(self, request, pk, cost_id):
        visit = self.made(pk)
        return self.answer(visit, ServiceForm(), cost=self._cost(visit, cost_id))

    def post(self, request, pk, cost_id):
        visit = self.made(pk)
        cost, form = self._cost(visit, cost_id), ServiceForm(request.POST)
        if form.is_valid() and form.call(
            visit_costs.withdraw, cost=cost, by=request.user, now=timezone.now()
        ):
            messages.success(request, _("The line is withdrawn."))
            return redirect("claims:visit_detail", pk)
        return self.answer(visit, form, cost=cost)

    def _cost(self, visit: Visit, cost_id) -> VisitCost:
        return get_object_or_404(VisitCost, pk=cost_id, visit=visit)


class VisitSignaturePage(VisitPage):
    """The consumer's signature: asked for with a reason, kept in the history, shown once."""

    permission = "claims.reveal_personal_data"
    template_name = "claims/visit_signature.html"

    def get(self, request, pk):
        return self._page(self._signed(pk), SignatureForm())

    def post(self, request, pk):
        visit, form = self._signed(pk), SignatureForm(request.POST)
        if form.is_valid() and form.call(
            visit_proofs.reveal_signature,
            visit=visit,
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        ):
            return self._page(visit, form, lines=[_points(stroke) for stroke in form.result if stroke])
        return self._page(visit, form)

    def _signed(self, pk) -> Visit:
        visit = self.visit(pk)
        get_object_or_404(VisitSignature, visit=visit)
        return visit

    def _page(self, visit, form, lines=()):
        return self.answer(visit, form, lines=lines, canvas=CANVAS)


def _points(stroke: list[list[int]]) -> str:
    """A stroke as SVG writes it."""
    return " ".join(f"{x},{y}" for x, y in stroke)
