"""Special inspections and spot checks: the list, opening one, how it stands, closing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.web.exports import Column, Export, write
from aftersales.web.paging import keyset_page
from claims.forms.supervision import CheckFilter, CheckForm, CloseForm
from claims.models import Check, CheckItem
from claims.models.choices import GoodsTypeChoices
from claims.queries import supervision as reading
from claims.rules.supervision_checklists import Answer
from claims.services import checks as service
from claims.views import supervision_words as words
from stations.access.guards import may_throughout, require
from stations.access.places import PlacePage
from stations.models import Region

READ, SUPERVISE = "claims.view_supervision", "claims.supervise"
PAGE_SIZE = 30


class SupervisionPage(PlacePage):
    """A page of supervision; what lies in another county does not exist for the person."""

    permission = READ
    here = ""

    def counties(self) -> list[Region]:
        """The counties with a station in reach, by code."""
        return list(Region.objects.filter(code__in=reading.counties()).order_by("code"))

    def table(self, verb: str, title: str, columns: Sequence[Column], rows: Iterable[list], form):
        """Rows as XLSX or CSV, as `?format=` asks, with the filters in words; the trail says who took it."""
        asked, now = self.request.GET.get("format", ""), timezone.now()
        if asked not in ("xlsx", "csv"):
            raise Http404
        written = write(
            Export(
                title=title,
                columns=columns,
                rows=rows,
                made_at=now,
                made_by=str(self.request.user),
                filters=form.in_words(),
            ),
            asked,
        )
        facts = {**written.facts, "filters": dict(form.in_words(searched=False))}
        trail.record(verb, by=self.request.user, after=facts, at=now)
        return written.response()

    def page(self, status: int = 200, template: str = "", **context):
        return super().page(status, template, **{"here": self.here, "area": "supervision", **context})


class CheckPage(SupervisionPage):
    """A page of one check."""

    here = "checks"

    def find(self, pk: int) -> Check:
        return get_object_or_404(reading.checks(), pk=pk)

    def supervises(self, check: Check) -> bool:
        return may_throughout(self.request.user, SUPERVISE, check.county_code)

    def shows_claims(self, check: Check) -> bool:
        """Whether the person may see which claims were drawn: before the end only who goes through them."""
        return check.closed_at is not None or self.supervises(check)

    def about(self, check: Check) -> dict:
        """What every page of a check says of it."""
        words.mark_checks([check])
        return {"check": check, "place": check.county_name, "supervises": self.supervises(check)}


class CheckList(SupervisionPage):
    """All checks in reach, the last opened first; `?format=xlsx` gives them as a table."""

    here = "checks"
    template_name = "claims/check_list.html"

    def get(self, request):
        counties = self.counties()
        form = CheckFilter(request.GET, counties=counties)
        wanted = form.wanted
        rows = _narrowed(reading.checks(), wanted)
        if request.GET.get("format"):
            checks = list(rows)
            words.mark_checks(checks)
            cells = map(words.check_cells, checks)
            return self.table("check.exported", _("Checks of claims"), words.check_columns(), cells, form)
        page = keyset_page(
            rows, cursor=request.GET.get("cursor", ""), order=("-opened_at", "-id"), size=PAGE_SIZE
        )
        words.mark_checks(page.rows)
        return self.page(
            form=form,
            is_narrowed=any(wanted.values()),
            list_page=page,
            shows_county=len(counties) > 1,
        )


def _narrowed(rows, wanted):
    if wanted.get("county"):
        rows = rows.filter(county_code=wanted["county"])
    if wanted.get("theme"):
        rows = rows.filter(theme=wanted["theme"])
    if wanted.get("state"):
        rows = rows.filter(closed_at__isnull=wanted["state"] == "open")
    return rows


class CheckNew(SupervisionPage):
    """First what a check would draw from, then once more before it is drawn."""

    permission = SUPERVISE
    here = "checks"
    template_name = "claims/check_new.html"

    def get(self, request):
        return self._page(CheckForm(counties=self.counties(), today=timezone.localdate()))

    def post(self, request):
        now = timezone.now()
        form = CheckForm(request.POST, counties=self.counties(), today=timezone.localdate(now))
        preview = None
        if form.is_valid():
            asked = form.arguments
            if "open" in request.POST:
                if form.call(service.open_check, by=request.user, now=now, **asked):
                    messages.success(request, _("The claims are drawn. Go through them one by one."))
                    return redirect("supervision:check_detail", form.result.pk)
            else:
                preview = self._preview(form, asked, now)
        return self._page(form, preview)

    def _preview(self, form, asked, now):
        try:
            service.check_period(asked["period"], now)
        except Refused as refused:
            form.refuse(refused)
            return None
        found = reading.candidates(
            asked["county_code"], asked["period"], asked["theme"], but=self.request.user
        )
        return reading.preview(found, asked["rule"].size(len(found)))

    def _page(self, form, preview=None):
        labels = dict(GoodsTypeChoices.choices)
        return self.page(
            status=409 if form.refused else 200,
            form=form,
            preview=preview,
            goods=[(labels[code], count) for code, count in preview.by_goods] if preview else [],
        )


class CheckDetail(CheckPage):
    """One check: what was drawn and how, how far it has come, its findings, those of the cycle before."""

    template_name = "claims/check_detail.html"

    def get(self, request, pk):
        check = self.find(pk)
        findings = list(reading.findings().filter(check_round=check))
        earlier = list(reading.findings().filter(check_round=check.follows_id)) if check.follows_id else []
        today = timezone.localdate()
        words.mark_findings([*findings, *earlier], today)
        again = {finding.repeats_id for finding in findings}
        for finding in earlier:
            finding.came_again = finding.pk in again
        return self.page(
            **self.about(check),
            items=self._items(check) if self.shows_claims(check) else None,
            findings=findings,
            earlier=earlier,
            checklist=reading.checklist_of(check),
            share=check.rule["permille"] / 1000,
        )

    def _items(self, check):
        items = list(
            CheckItem.objects.filter(check_round=check)
            .select_related("claim__station", "checked_by")
            .prefetch_related("findings")
            .order_by("position")
        )
        for item in items:
            item.noes = sum(answer == Answer.NO for answer in item.answers.values())
            item.found = len(item.findings.all())
        return items


class CheckClose(CheckPage):
    """The conclusion, and the question whether the check is really over."""

    permission = SUPERVISE
    template_name = "claims/check_close.html"

    def get(self, request, pk):
        return self._page(self.find(pk), CloseForm())

    def post(self, request, pk):
        check, form = self.find(pk), CloseForm(request.POST)
        if form.is_valid() and form.call(
            service.close_check, check=check, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Closed. The county has been told."))
            return redirect("supervision:check_detail", pk)
        return self._page(self.find(pk), form)

    def _page(self, check, form):
        require(self.request.user, SUPERVISE)
        return self.page(
            status=409 if form.refused else 200,
            **self.about(check),
            form=form,
            left=check.drawn - check.gone_through,
        )
