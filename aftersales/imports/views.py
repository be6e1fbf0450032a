"""Bringing lists in: what may be brought in, choosing a file, seeing what it would do, agreeing to it."""

from __future__ import annotations

import json

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts import sealing
from aftersales.imports import asking, corrections, files, filling
from aftersales.imports.forms import ConfirmForm, HistoryForm, UploadForm
from aftersales.imports.kinds import KINDS, Kind
from aftersales.imports.models import ImportForm, ImportState, ListImport
from aftersales.lib.errors import Refused
from aftersales.web.exports import CONTENT_TYPES, safe_file_name
from aftersales.web.idempotency import Answer, fingerprint, once
from aftersales.web.paging import keyset_page
from aftersales.web.service_forms import ServiceForm
from stations.access.places import PlacePage
from stations.access.scope import authority

PAGE_SIZE = 30
REFUSED_SHOWN = 50
TONES = {
    ImportState.QUEUED: "wait",
    ImportState.CHECKING: "info",
    ImportState.CHECKED: "warn",
    ImportState.CONFIRMED: "wait",
    ImportState.ENTERING: "info",
    ImportState.DONE: "good",
    ImportState.FAILED: "bad",
    ImportState.STOPPED: "neutral",
    ImportState.UNDONE: "neutral",
}


class ImportPage(PlacePage):
    """A page of lists, for whoever may bring in one kind of them."""

    permission = tuple(kind.permission for kind in KINDS.values())

    def kinds(self) -> list[Kind]:
        """The kinds that the person may bring in."""
        held = authority(self.request.user)
        return [kind for kind in KINDS.values() if asking.may(kind, held)]

    def kind(self, code: str) -> Kind:
        """One of them; 404 for any other."""
        kind = KINDS.get(code)
        if kind is None or not asking.may(kind, authority(self.request.user)):
            raise Http404
        return kind

    def found(self, pk: int) -> ListImport:
        """A list of one's own, or one of a kind that one may bring in there; 404 for any other."""
        row = get_object_or_404(ListImport.objects.select_related("asked_by"), pk=pk)
        if not self.is_mine(row):
            self.kind(row.kind)
        return row

    def own(self, pk: int) -> ListImport:
        """A list of one's own; 404 for any other: its rows are for who uploaded it."""
        row = self.found(pk)
        if not self.is_mine(row):
            raise Http404
        return row

    def is_mine(self, row: ListImport) -> bool:
        return row.asked_by_id == self.request.user.pk


class ImportHome(ImportPage):
    """What may be brought in, and the log of what was: one's own lists, or with ?whose=all everybody's."""

    template_name = "imports/home.html"

    def get(self, request):
        kinds = self.kinds()
        form = HistoryForm(request.GET, kinds=kinds)
        wanted = form.wanted
        rows = ListImport.objects.select_related("asked_by").defer("sample_sealed", "person_key")
        mine = Q(asked_by=request.user)
        if wanted.get("whose") == "all":
            mine |= Q(kind__in=[kind.code for kind in kinds])
        rows = rows.filter(mine)
        if wanted.get("kind"):
            rows = rows.filter(kind=wanted["kind"])
        if text := wanted.get("q", ""):
            rows = rows.filter(Q(file_name__icontains=text) | Q(sha256__startswith=text.lower()))
        page = keyset_page(
            rows, cursor=request.GET.get("cursor", ""), order=("-asked_at", "-id"), size=PAGE_SIZE
        )
        for row in page.rows:
            row.tone = TONES[ImportState(row.state)]
        return self.page(kinds=kinds, form=form, list_page=page, is_filtered=any(wanted.values()))


class ImportNew(ImportPage):
    """Choosing a file of one kind; what it would do is looked at in the background."""

    template_name = "imports/new.html"

    def get(self, request, kind):
        kind = self.kind(kind)
        return self._page(kind, UploadForm(kind=kind))

    def post(self, request, kind):
        kind = self.kind(kind)
        form = UploadForm(request.POST, request.FILES, kind=kind)
        if form.is_valid() and form.call(self._ask, kind=kind, form=form):
            return redirect("imports:detail", form.result)
        return self._page(kind, form)

    def _ask(self, *, kind: Kind, form: UploadForm) -> int:
        by, given = self.request.user, form.cleaned_data["file"]
        content = given.read()

        def effect() -> Answer:
            row = asking.ask(
                kind=kind,
                content=content,
                file_name=given.name,
                form=form.form,
                options=form.chosen,
                by=by,
                now=timezone.now(),
            )
            return Answer.to(row)

        answer, _replayed = once(
            client=f"user:{by.pk}",
            key=form.cleaned_data["form_key"],
            fingerprint=fingerprint({"kind": kind.code, **form.shown_values}),
            effect=effect,
        )
        return int(answer.object_id)

    def _page(self, kind: Kind, form):
        return self.page(
            kind=kind,
            form=form,
            columns=filling.explanations(kind),
            status=409 if form.refused else 200,
        )


class ImportTemplate(ImportPage):
    """The empty list of one kind, to be filled in."""

    def get(self, request, kind, form):
        kind = self.kind(kind)
        if form not in ImportForm.values:
            raise Http404
        file_name = safe_file_name(_("List to fill in %(kind)s") % {"kind": kind.title}, form)
        response = FileResponse(
            filling.write(kind, form, now=timezone.now()),
            as_attachment=True,
            filename=file_name,
            content_type=CONTENT_TYPES[form],
        )
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response


class ImportDetail(ImportPage):
    """How far a list is, what it would do or did, which rows were refused; asks again by itself."""

    template_name = "imports/detail.html"

    def get(self, request, pk):
        return self.shown(self.found(pk))

    def shown(self, row: ListImport, *, form=None, status: int = 200):
        """The page of a list as it stands now."""
        row.tone, kind, mine = TONES[ImportState(row.state)], KINDS[row.kind], self.is_mine(row)
        refused = list(row.refused.order_by("line", "id")[:REFUSED_SHOWN]) if mine else []
        is_kept = files.is_kept(row)
        good = row.new_rows + row.changed_rows
        return self.page(
            row=row,
            kind=kind,
            form=form,
            is_mine=mine,
            is_kept=is_kept,
            is_under_way=row.state in asking.UNDER_WAY,
            decides=mine and row.state == ImportState.CHECKED and is_kept,
            may_stop=mine and row.state in asking.OPEN,
            may_take_back=mine and row.state == ImportState.DONE and kind.take_back is not None,
            good_rows=good,
            refused=refused,
            sample=_sample(row, {each.line: each.reason for each in refused}) if mine else None,
            foreseen_rows=sum(row.foreseen.values()),
            percent=_percent(row),
            status=status,
        )

    def answered(self, row: ListImport, service, **given):
        """Call a service about a list and show what came of it."""
        form = ServiceForm({})
        if form.is_valid() and form.call(service, row=row, by=self.request.user, now=timezone.now(), **given):
            return redirect("imports:detail", row.pk)
        messages.error(self.request, form.refused.message)
        return self.shown(self.own(row.pk), status=409)


class ImportConfirm(ImportDetail):
    """Have the rows brought in."""

    http_method_names = ["post", "options"]

    def post(self, request, pk):
        row, form = self.own(pk), ConfirmForm(request.POST)
        form.is_valid()
        return self.answered(row, asking.confirm, keep_good=bool(form.cleaned_data.get("keep_good")))


class ImportStop(ImportDetail):
    """Give a list up."""

    http_method_names = ["post", "options"]

    def post(self, request, pk):
        return self.answered(self.own(pk), asking.stop)


class ImportTakeBack(ImportDetail):
    """Take back what a list entered, after it was asked once more."""

    template_name = "imports/take_back.html"

    def get(self, request, pk):
        row = self.own(pk)
        return self.page(row=row, kind=KINDS[row.kind], cancel_url=reverse("imports:detail", args=[pk]))

    def post(self, request, pk):
        row = self.own(pk)
        form = ServiceForm({})
        form.is_valid()
        if form.call(asking.take_back, row=row, by=request.user, now=timezone.now()):
            said = _("Taken back: %(removed)s. Stay because something rests on them: %(kept)s.")
            messages.success(request, said % form.result)
        else:
            messages.error(request, form.refused.message)
        return redirect("imports:detail", pk)


class ImportCorrections(ImportPage):
    """The refused rows with their reasons, to be corrected and uploaded again."""

    def get(self, request, pk):
        try:
            written = corrections.write(row=self.own(pk), by=request.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("imports:detail", pk)
        return written.response()


def _sample(row: ListImport, reasons: dict[int, str]) -> dict | None:
    """The first rows of the file as it was uploaded, each with the reason for which it is refused, if so."""
    if not row.sample_sealed:
        return None
    rows = json.loads(sealing.unseal(row.person_key, row.sample_sealed))
    titles = list(rows[0]["cells"]) if rows else []
    return {
        "titles": titles,
        "rows": [
            {
                "line": each["line"],
                "cells": [each["cells"].get(title, "") for title in titles],
                "reason": reasons.get(each["line"], ""),
            }
            for each in rows
        ],
    }


def _percent(row: ListImport) -> int:
    """How much of the rows that were foreseen is dealt with."""
    foreseen = sum(row.foreseen.values())
    return min(100, 100 * row.rows // foreseen) if foreseen else 0
