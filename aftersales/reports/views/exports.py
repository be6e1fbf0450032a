"""Exports of reports: downloads, lists of claims asked for and fetched, and the log of all of them."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.views.generic import View

from aftersales.accounts.scoping import current_scope
from aftersales.reports import exporting
from aftersales.reports.case_lists import regions_in_reach
from aftersales.reports.connection import CONNECTION
from aftersales.reports.export_files import path_of
from aftersales.reports.export_forms import CaseListForm, RefusalForm
from aftersales.reports.models import ReportEdition, ReportExport
from aftersales.reports.models.exports import ExportState
from aftersales.reports.renderers import RENDERERS, of_edition
from aftersales.web.exports import CONTENT_TYPES, safe_file_name
from aftersales.web.paging import keyset_page
from aftersales.web.service_forms import ServiceForm
from stations.access.guards import PermissionMixin
from stations.access.places import permissions

APPROVE, SEE_ALL = "reports.approve_exports", "reports.view_exports"
TONES = {
    ExportState.HELD: "warn",
    ExportState.WAITING: "wait",
    ExportState.WORKING: "info",
    ExportState.DONE: "good",
    ExportState.FAILED: "bad",
    ExportState.REFUSED: "bad",
    ExportState.STOPPED: "neutral",
}


class ExportPage(PermissionMixin, View):
    """A page of exports for whoever may read reports."""

    permission = exporting.READ

    def find(self, pk: int) -> ReportExport:
        """One's own export, or one in reach of those who see all; 404 for any other."""
        rows = ReportExport.objects.select_related("asked_by", "decided_by")
        row = get_object_or_404(rows, pk=pk)
        if row.asked_by_id != self.request.user.pk and SEE_ALL not in permissions(self.request.user, row):
            raise Http404
        row.tone = TONES[row.state]
        return row

    def is_mine(self, row: ReportExport) -> bool:
        return row.asked_by_id == self.request.user.pk


class ExportList(ExportPage):
    """The log of exports, the newest first: one's own, or with ?whose=all those of everybody in reach."""

    def get(self, request):
        sees_all = SEE_ALL in permissions(request.user)
        whose = "all" if sees_all and request.GET.get("whose") == "all" else "mine"
        rows = ReportExport.objects.select_related("asked_by")
        held = rows.none()
        if APPROVE in permissions(request.user):
            held = rows.filter(state=ExportState.HELD).exclude(asked_by=request.user)
        if whose == "mine":
            rows = rows.filter(asked_by=request.user)
        word = request.GET.get("q", "").strip()[:60]
        if word:
            rows = rows.filter(Q(title__icontains=word) | Q(sha256__startswith=word.lower()))
        page = keyset_page(rows, cursor=request.GET.get("cursor", ""), order=("-asked_at", "-id"), size=30)
        for row in page.rows:
            row.tone = TONES[row.state]
        context = {
            "list_page": page,
            "sees_all": sees_all,
            "whose": whose,
            "word": word,
            "held": list(held[:20]),
        }
        return render(request, "reports/export_list.html", context)


class ExportNew(ExportPage):
    """Which claims, in which form; says how many rows there are before anything is made."""

    def get(self, request):
        return self._page(self._form())

    def post(self, request):
        form = self._form(request.POST)
        if form.is_valid() and form.call(exporting.ask, **form.wanted, by=request.user, now=timezone.now()):
            return redirect("reports:export_detail", form.result.pk)
        return self._page(form)

    @staticmethod
    def _form(data=None) -> CaseListForm:
        return CaseListForm(data, places=regions_in_reach(current_scope()), today=timezone.localdate())

    def _page(self, form):
        status = 409 if form.refused else 200
        context = {"form": form, "above": exporting.APPROVAL_ABOVE}
        return render(self.request, "reports/export_new.html", context, status=status)


class ExportDetail(ExportPage):
    """How far a file is; the page asks again by itself until it has ended."""

    def get(self, request, pk):
        return self._page(self.find(pk))

    def _page(self, row, *, refusal: RefusalForm | None = None, status: int = 200):
        has_file = path_of(row) is not None and timezone.now() < row.kept_until
        mine = self.is_mine(row)
        decides = (
            not mine and row.state == ExportState.HELD and APPROVE in permissions(self.request.user, row)
        )
        context = {
            "row": row,
            "percent": 100 * row.done // row.count if row.count else 0,
            "is_under_way": row.state in exporting.UNDER_WAY,
            "has_file": has_file,
            "link": exporting.token_of(row) if has_file and mine else "",
            "may_stop": mine and (row.state in exporting.NOT_ENDED or has_file),
            "decides": decides,
            "refusal": refusal or RefusalForm(),
            "keeps_file": row.what == exporting.CASES,
        }
        return render(self.request, "reports/export_detail.html", context, status=status)


class ExportStop(ExportDetail):
    """Give a file up that is being made, or remove a finished one."""

    http_method_names = ["post", "options"]

    def post(self, request, pk):
        row = self.find(pk)
        if not self.is_mine(row):
            raise Http404
        return self._answer(exporting.stop, row)

    def _answer(self, service, row, **given):
        form = ServiceForm({})
        if form.is_valid() and form.call(service, row=row, by=self.request.user, now=timezone.now(), **given):
            return redirect("reports:export_detail", row.pk)
        messages.error(self.request, form.refused.message)
        return self._page(self.find(row.pk), status=409)


class ExportApprove(ExportStop):
    """Let a large list be made."""

    def post(self, request, pk):
        return self._answer(exporting.approve, self.held(pk))

    def held(self, pk: int) -> ReportExport:
        """The export, for who may decide about it."""
        row = self.find(pk)
        if APPROVE not in permissions(self.request.user, row):
            raise Http404
        return row


class ExportRefuse(ExportApprove):
    """Say that a large list is not made, and why."""

    def post(self, request, pk):
        row, form = self.held(pk), RefusalForm(request.POST)
        if form.is_valid() and form.call(
            exporting.refuse,
            row=row,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        ):
            return redirect("reports:export_detail", pk)
        return self._page(self.find(pk), refusal=form, status=409 if form.refused else 200)


class ExportFile(PermissionMixin, View):
    """The file itself, for the person who asked, through the link of the day."""

    permission = exporting.READ
    http_method_names = ["get", "options"]

    def get(self, request, pk, token):
        row = get_object_or_404(ReportExport.objects, pk=pk)
        file = exporting.fetch(row, token, by=request.user, now=timezone.now())
        if file is None:
            raise Http404
        response = FileResponse(
            file,
            as_attachment=True,
            filename=safe_file_name(row.title, row.form),
            content_type=CONTENT_TYPES[row.form],
        )
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response


class EditionFile(PermissionMixin, View):
    """A frozen report as XLSX, CSV or PDF; the same bytes whoever asks, in the language of who asks."""

    permission = exporting.READ
    http_method_names = ["get", "head", "options"]

    def get(self, request, pk, form):
        if form not in RENDERERS:
            raise Http404
        edition = get_object_or_404(ReportEdition.objects.using(CONNECTION), pk=pk)
        written = RENDERERS[form](of_edition(edition, translation.get_language()))
        if request.method == "GET":
            exporting.note(
                written=written,
                what="edition",
                form=form,
                region_code=edition.region_code,
                asked={"period": edition.period, "edition": edition.number, "sha256": edition.sha256},
                edition_id=edition.pk,
                by=request.user,
                now=timezone.now(),
            )
        return written.response()
