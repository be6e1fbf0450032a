"""Many certificates in one file: asked for, how far it is, taken away."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.web.paging import keyset_page
from aftersales.web.service_forms import ServiceForm
from stations.access.places import PlacePage, permissions
from stations.queries import counties_in_reach
from training.forms.certificates import CertificateFilterForm
from training.models import CertificatePrint
from training.models.certificates import PrintState
from training.services import certificate_prints as service
from training.views.certificates import BY_DAY, ISSUE, REVOKE, narrowed
from training.views.own_certificates import pdf_response

READ = "training.view_certificateprint"
PAGE_SIZE = 30
TONES = {
    PrintState.WAITING: "wait",
    PrintState.RUNNING: "info",
    PrintState.READY: "good",
    PrintState.FAILED: "bad",
}


class PrintList(PlacePage):
    """The files that were made or are being made, the newest first."""

    permission = READ
    template_name = "training/print_list.html"

    def get(self, request):
        page = keyset_page(
            CertificatePrint.objects.select_related("asked_by"),
            cursor=request.GET.get("cursor", ""),
            order=("-asked_at", "-id"),
            size=PAGE_SIZE,
        )
        for row in page.rows:
            row.tone = TONES[row.state]
        return self.page(list_page=page)


class PrintNew(PlacePage):
    """Which certificates are to be printed, narrowed as in the list; asks once more with their number."""

    permission = (ISSUE, REVOKE)
    template_name = "training/print_new.html"

    def get(self, request):
        return self._page(self._filter(request.GET), ServiceForm())

    def post(self, request):
        chosen = self._filter(request.POST)
        form = ServiceForm(request.POST)
        if form.is_valid() and form.call(
            service.ask,
            certificates=list(self._rows(chosen)[: service.MOST + 1]),
            by=request.user,
            now=timezone.now(),
        ):
            return redirect("training:print_detail", form.result.pk)
        return self._page(chosen, form)

    @staticmethod
    def _filter(data) -> CertificateFilterForm:
        return CertificateFilterForm(data, counties=list(counties_in_reach()))

    @staticmethod
    def _rows(chosen: CertificateFilterForm):
        return narrowed(chosen.wanted).filter(revoked_at__isnull=True).order_by(*BY_DAY)

    def _page(self, chosen, form):
        rows = self._rows(chosen)
        number = rows.count()
        return self.page(
            chosen=chosen,
            form=form,
            number=number,
            most=service.MOST,
            fits=0 < number <= service.MOST,
            some=list(rows[:5]),
            status=409 if form.refused else 200,
        )


class PrintDetail(PlacePage):
    """How far a file is; the page asks again by itself until it is there."""

    permission = READ
    template_name = "training/print_detail.html"

    def get(self, request, pk):
        return self._page(find(pk))

    def post(self, request, pk):
        row = find(pk)
        if not {ISSUE, REVOKE} & self.may():
            raise Http404
        form = ServiceForm(request.POST)
        if form.is_valid() and form.call(service.ask_again, row=row, by=request.user, now=timezone.now()):
            return redirect("training:print_detail", pk)
        messages.error(request, form.refused.message)
        return self._page(find(pk), status=409)

    def may(self) -> frozenset[str]:
        """What the person may do here."""
        return permissions(self.request.user)

    def _page(self, row, status: int = 200):
        return self.page(
            print=row,
            tone=TONES[row.state],
            percent=100 * row.done // row.count,
            is_under_way=row.state in service.NOT_ENDED,
            has_file=service.path_of(row) is not None,
            may_make=bool({ISSUE, REVOKE} & self.may()),
            status=status,
        )


class PrintFile(PlacePage):
    """The file itself, while it is kept."""

    permission = READ

    def get(self, request, pk):
        row = find(pk)
        path = service.path_of(row)
        if path is None:
            messages.error(request, _("This file is no longer kept. Have it made again."))
            return redirect("training:print_detail", pk)
        try:
            service.refuse_revoked(row)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("training:print_detail", pk)
        trail.record("certificate_print.downloaded", by=request.user, obj=row, after={"sha256": row.sha256})
        return pdf_response(
            path.open("rb"), _("Certificates %(day)s") % {"day": timezone.localdate(row.asked_at)}
        )


def find(pk: int) -> CertificatePrint:
    return get_object_or_404(CertificatePrint.objects.select_related("asked_by"), pk=pk)
