"""Photos: sent one by one while a form is filled in, taken out again, added later, looked at."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web.idempotency import KEY
from aftersales.web.picture_store import serve_picture
from claims.forms.filing import PhotoForm
from claims.models import Claim, OrderLine, Photo
from claims.services import evidence
from claims.views.places import CasePage

PLAIN = "text/plain; charset=utf-8"


def staged(user, form_token: str):
    """The photos a person has sent for a form that is still being filled in."""
    if not KEY.fullmatch(form_token):
        return Photo.objects.none()
    return Photo.objects.filter(form_token=form_token, uploaded_by=user, claim__isnull=True)


def stage_all(request, *, station, form_token: str) -> list[str]:
    """Stage every photo of the request; return a sentence for each one that was refused."""
    refusals = []
    for upload in request.FILES.getlist("photos"):
        try:
            evidence.stage(
                upload=upload, station=station, form_token=form_token, by=request.user, now=timezone.now()
            )
        except Refused as refused:
            refusals.append(_("%(file)s: %(reason)s") % {"file": upload.name[:40], "reason": refused.message})
    return refusals


class PhotoStage(CasePage):
    """Takes photos one by one and answers with the list of them, or with a sentence why not."""

    permission = "claims.file_claim"
    http_method_names = ["post"]
    template_name = "claims/parts/photos_staged.html"

    def post(self, request, line_id):
        line = get_object_or_404(OrderLine.objects.select_related("station"), pk=line_id)
        form = PhotoForm(request.POST)
        if not form.is_valid():
            return HttpResponse(_("Open the form again and send it once more."), PLAIN, status=400)
        form_token = form.cleaned_data["form_key"]
        refusals = stage_all(request, station=line.station, form_token=form_token)
        if refusals:
            return HttpResponse("\n".join(refusals), PLAIN, status=409)
        return self.page(photos=staged(request.user, form_token))


class ClaimPhotoAdd(CasePage):
    """More evidence for an open claim."""

    permission = "claims.file_claim"
    template_name = "claims/claim_photo_add.html"

    def get(self, request, number):
        return self._page(number, PhotoForm())

    def post(self, request, number):
        form = PhotoForm(request.POST)
        if not form.is_valid():
            return self._page(number, form)
        claim = get_object_or_404(Claim.objects.select_related("station"), number=number)
        form_token = form.cleaned_data["form_key"]
        refusals = stage_all(request, station=claim.station, form_token=form_token)
        if refusals:
            return self._page(number, form, refusals)
        try:
            added = evidence.attach(claim=claim, form_token=form_token, by=request.user, now=timezone.now())
        except Refused as refused:
            return self._page(number, form, [refused.message])
        if not added:
            return self._page(number, form, [_("Choose at least one photo.")])
        messages.success(request, _("Photos added: %(count)s.") % {"count": added})
        return redirect("claims:claim_detail", number)

    def _page(self, number, form, refusals=()):
        claim = get_object_or_404(Claim.objects.select_related("station"), number=number)
        return self.page(
            claim=claim,
            form=form,
            refusals=refusals,
            photos=staged(self.request.user, form["form_key"].value() or ""),
            status=409 if refusals else 200,
        )


class ClaimPhoto(CasePage):
    """One picture; small with `?small=1`."""

    permission = "claims.view_claim_page"
    http_method_names = ["get", "head"]

    def get(self, request, pk):
        photo = get_object_or_404(Photo, pk=pk)
        return serve_picture(request, photo.file_name, thumbnail=request.GET.get("small") == "1")
