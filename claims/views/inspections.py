"""Samples of a claim's goods: referred to a body, with a sheet to print, and what it found."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.qr import qr_svg
from claims.forms.losses import ResultForm, SampleForm, WaiveForm
from claims.models import Claim, Inspection
from claims.models.inspections import InspectionResult
from claims.services import inspections as service
from claims.views.evidence import stage_all
from claims.views.places import CasePage
from stations.access.places import permissions
from stations.rules.parties import PartyKind
from stations.services import parties

RESULT_TONES = {
    "": "wait",
    InspectionResult.FAULT_FOUND: "bad",
    InspectionResult.NO_FAULT: "good",
    InspectionResult.UNCLEAR: "warn",
    InspectionResult.WAIVED: "neutral",
}


class InspectionPage(CasePage):
    """A page around the samples of one claim."""

    permission = "claims.work_on_claim"

    def claim(self, number: str) -> Claim:
        claims = Claim.objects.select_related("station", "consumer", "order_line__order__merchant")
        return get_object_or_404(claims, number=number)

    def inspection(self, number: str, pk: int) -> Inspection:
        rows = Inspection.objects.select_related(
            "body",
            "report",
            "sent_by",
            "claim__station",
            "claim__consumer",
            "claim__order_line__order__merchant",
        )
        return get_object_or_404(rows, claim__number=number, pk=pk)


class ClaimInspections(InspectionPage):
    """The samples so far, and a form to send one; officers may go on without a result."""

    template_name = "claims/claim_inspections.html"

    def get(self, request, number):
        return self._page(self.claim(number))

    def post(self, request, number):
        claim = self.claim(number)
        if "waive" in request.POST:
            return self._waive(claim)
        form = SampleForm(request.POST)
        if form.is_valid() and form.call(
            self._send, claim=claim, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Noted. Print the sheet and send it along with the sample."))
            return redirect("claims:claim_inspections", number)
        return self._page(claim, form=form)

    def _send(self, *, body: str, by, now, **given) -> Inspection:
        """A body that nobody has named before joins the list of parties."""
        with transaction.atomic():
            party = parties.find_or_create(kind=PartyKind.INSPECTION, name=body, by=by, now=now)
            return service.send(body=party, by=by, now=now, **given)

    def _last_body(self) -> str:
        """The body that was asked last, as far as the person's reach goes: most often it is the same one."""
        asked = Inspection.objects.filter(body__isnull=False).order_by("-id")
        return asked.values_list("body__name", flat=True).first() or ""

    def _waive(self, claim):
        form = WaiveForm(self.request.POST)
        may = self.may_waive(claim)
        if (
            may
            and form.is_valid()
            and form.call(
                service.waive, claim=claim, by=self.request.user, now=timezone.now(), **form.cleaned_data
            )
        ):
            messages.success(self.request, _("Noted. The claim can be decided now."))
            return redirect("claims:claim_inspections", claim.number)
        return self._page(claim, waive=form)

    def may_waive(self, claim) -> bool:
        """Going on without a result is for those who decide."""
        return "claims.approve_compensation" in permissions(self.request.user, claim)

    def _form(self, form, claim) -> SampleForm | None:
        if not claim.is_open:
            return None
        return form or SampleForm(initial={"sent_on": timezone.localdate(), "body": self._last_body()})

    def _page(self, claim, form=None, waive=None):
        samples = list(
            Inspection.objects.filter(claim=claim)
            .select_related("body", "report", "sent_by", "result_by")
            .order_by("id")
        )
        for sample in samples:
            sample.tone = RESULT_TONES[sample.result]
        refused = any(each is not None and each.refused for each in (form, waive))
        return self.page(
            claim=claim,
            line=claim.order_line,
            samples=samples,
            is_missing=service.is_missing(claim),
            form=self._form(form, claim),
            waive=waive or WaiveForm() if claim.is_open and self.may_waive(claim) else None,
            place=claim.station,
            status=409 if refused else 200,
        )


class InspectionResultEnter(InspectionPage):
    """What the body found, with a photo of its report."""

    template_name = "claims/inspection_result.html"

    def get(self, request, number, pk):
        inspection = self.inspection(number, pk)
        return self._page(inspection, ResultForm(initial={"result_on": timezone.localdate()}))

    def post(self, request, number, pk):
        inspection = self.inspection(number, pk)
        form = ResultForm(request.POST)
        if not form.is_valid():
            return self._page(inspection, form)
        form_token = form.cleaned_data["form_key"]
        refusals = stage_all(request, station=inspection.claim.station, form_token=form_token)
        if not refusals and form.call(
            service.enter_result,
            inspection=inspection,
            form_token=form_token,
            by=request.user,
            now=timezone.now(),
            **form.shown_values,
        ):
            messages.success(request, _("The result is entered."))
            return redirect("claims:claim_inspections", number)
        return self._page(inspection, form, refusals)

    def _page(self, inspection, form, refusals=()):
        if inspection.result and form.refused is None:
            return redirect("claims:claim_inspections", inspection.claim.number)
        return self.page(
            claim=inspection.claim,
            inspection=inspection,
            form=form,
            refusals=refusals,
            place=inspection.claim.station,
            status=409 if refusals or form.refused else 200,
        )


class InspectionSheet(InspectionPage):
    """The sheet that goes to the inspection body with the sample. Names no consumer."""

    def get(self, request, number, pk):
        inspection = self.inspection(number, pk)
        back = reverse("claims:claim_inspections", args=[number])
        return render(
            request,
            "claims/inspection_sheet.html",
            {
                "inspection": inspection,
                "claim": inspection.claim,
                "line": inspection.claim.order_line,
                "back": back,
                "qr": qr_svg(request.build_absolute_uri(back), label=_("Opens the page of the inspections")),
                "printed_at": timezone.now(),
            },
        )
