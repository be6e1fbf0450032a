"""One's own certificate: how long it is valid, what is missing, the file, and whether the name is shown."""

from __future__ import annotations

import io
from typing import IO

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.web.exports import safe_file_name
from stations.access.guards import narrow
from stations.access.places import PlacePage, own_station, permissions
from training.forms.certificates import ConsentForm
from training.models import Certificate
from training.queries import certificates as reading
from training.queries import figures
from training.rules.certificates import Standing
from training.services import certificate_pdf
from training.services import certificates as service
from training.views.certificate_words import with_words
from training.views.certificates import READ

LEARN = "training.learn"


class OwnCertificates(PlacePage):
    """What one holds, and what is missing for the next one."""

    permission = LEARN
    template_name = "training/certificate_own.html"

    def get(self, request):
        today = timezone.localdate()
        held = with_words(reading.held_by(request.user), today)
        return self.page(
            held=held,
            current=next((row for row in held if row.standing == Standing.VALID), None),
            result=reading.qualification(request.user, today),
            is_asked=figures.people().filter(user=request.user).exists(),
            place=own_station(request.user),
        )


class CertificateConsent(PlacePage):
    """The holder shows the name on the public page, or takes it off."""

    permission = LEARN

    def post(self, request, pk):
        form = ConsentForm(request.POST)
        own = [row for row in reading.held_by(request.user) if row.pk == pk]
        if not own:
            raise Http404
        if form.is_valid() and form.call(
            service.set_consent,
            certificate=own[0],
            shows_name=form.cleaned_data["shows_name"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(
                request,
                _("Your name is shown to whoever checks your certificate.")
                if form.result.shows_name
                else _("Your name is not shown to anybody who checks your certificate."),
            )
        elif form.refused:
            messages.error(request, form.refused.message)
        else:
            messages.error(request, _("Please try once more."))
        return redirect("training:certificate_own")


class CertificateFile(PlacePage):
    """A certificate as PDF, for its holder and for the desk."""

    permission = (LEARN, READ)

    def get(self, request, pk):
        certificate = self._find(pk)
        back = redirect(
            "training:certificate_own"
            if certificate.user_id == request.user.pk
            else certificate_url(certificate)
        )
        if certificate.revoked_at is not None:
            messages.error(request, _("A revoked certificate is not printed."))
            return back
        try:
            content = certificate_pdf.write(
                [certificate], issuers=certificate_pdf.issuers_of({certificate.county_code})
            )
        except Refused as refused:
            messages.error(request, refused.message)
            return back
        trail.record("certificate.downloaded", by=request.user, obj=certificate)
        return pdf_response(content, _("Training certificate %(number)s") % {"number": certificate.number})

    def _find(self, pk: int) -> Certificate:
        own = Certificate._base_manager.select_related("station").filter(pk=pk, user=self.request.user)
        found = own.first()
        if found is None and READ in permissions(self.request.user):
            narrow(self.request.user, READ)
            found = Certificate.objects.select_related("station").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


def certificate_url(certificate: Certificate) -> str:
    """The page of a certificate at the desk."""
    return reverse("training:certificate_detail", args=[certificate.pk])


def pdf_response(content: bytes | IO[bytes], title: str) -> FileResponse:
    """A PDF as a download that no cache keeps."""
    response = FileResponse(
        io.BytesIO(content) if isinstance(content, bytes) else content,
        as_attachment=True,
        filename=safe_file_name(title, "pdf"),
        content_type="application/pdf",
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
