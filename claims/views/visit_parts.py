"""The parts of a visit: put aside beforehand, built in or put back, and one that came out of the bag."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web.idempotency import Answer, fingerprint, once
from aftersales.web.paging import keyset_page
from claims.forms.parts import BuiltInForm, OldPartForm, PartSearchForm, PutAsideForm
from claims.models import Part, PartUse, Visit
from claims.queries import parts as reading
from claims.rules.diagnosis import Appliance, appliance_of
from claims.rules.visits import VisitState
from claims.services import parts as service
from claims.views.places import CasePage

PAGE_SIZE = 20


class VisitPartPage(CasePage):
    """A page about the parts of one visit."""

    permission = ("claims.carry_out_visit", "claims.keep_parts")

    def visit(self, pk) -> Visit:
        rows = Visit.objects.select_related("claim__station__parent", "claim__order_line", "station", "place")
        return get_object_or_404(rows, pk=pk)


class VisitPartNew(VisitPartPage):
    """Choose a part, then the shelf it is taken from; with `?built_in=1` it has been built in already."""

    template_name = "claims/visit_part_new.html"

    def get(self, request, pk):
        visit, part = self.visit(pk), self._part()
        if part is None:
            return self._choose(visit)
        return self._page(visit, part, self._form(visit, part))

    def post(self, request, pk):
        visit, part = self.visit(pk), self._part()
        if part is None:
            raise Http404
        form = self._form(visit, part, request.POST)
        if form.is_valid() and form.call(self._act, visit=visit, part=part, form=form):
            messages.success(request, _("Noted: built in.") if self._built_in else _("Put aside."))
            return redirect("claims:visit_detail", visit.pk)
        return self._page(visit, part, form)

    def _act(self, *, visit, part, form) -> None:
        given = {"visit": visit, "part": part, "by": self.request.user, "now": timezone.now()}
        if not self._built_in:
            service.reserve(**given, **form.cleaned_data)
            return
        values = form.shown_values
        once(
            client=f"user:{self.request.user.pk}",
            key=form.cleaned_data["form_key"],
            fingerprint=fingerprint({"visit": visit, "part": part, **values}),
            effect=lambda: Answer.to(service.use_unreserved(**given, **values)),
        )

    @property
    def _built_in(self) -> bool:
        return self.request.GET.get("built_in") == "1"

    def _part(self) -> Part | None:
        code = self.request.GET.get("part", "")
        return get_object_or_404(Part, code=code, retired_at__isnull=True) if code else None

    def _form(self, visit, part, *args):
        shelves = reading.shelves_for(visit, part)
        if self._built_in:
            return BuiltInForm(*args, shelves=shelves, part=part)
        return PutAsideForm(*args, shelves=shelves)

    def _choose(self, visit):
        form = PartSearchForm(self._asked(visit))
        form.is_valid()
        text, appliance = form.cleaned_data.get("q", ""), form.cleaned_data.get("appliance", "")
        page = keyset_page(
            reading.catalogue(text=text, appliance=appliance),
            cursor=self.request.GET.get("cursor", ""),
            order=reading.CATALOGUE_ORDER,
            size=PAGE_SIZE,
        )
        named = [] if text else reading.named_by_diagnosis(visit)
        free = reading.free_for(visit, [*page.rows, *named])
        for part in (*page.rows, *named):
            part.free = free.get(part.pk, 0)
        return self._answer(visit, form=form, list_page=page, named=named)

    def _asked(self, visit) -> dict:
        """What is searched for; unless somebody says otherwise, parts of the kind of goods."""
        asked = self.request.GET.dict()
        appliance = appliance_of(visit.claim.order_line.product)
        if asked.keys() & {"q", "appliance"} or appliance == Appliance.GENERIC:
            return asked
        return {**asked, "appliance": appliance.value}

    def _page(self, visit, part, form):
        has_shelf = form.fields["station"].queryset.exists()
        return self._answer(
            visit,
            form=form,
            part=part,
            has_shelf=has_shelf,
            others=[] if has_shelf else reading.nearest_with(part, near=visit.station),
            status=409 if form.refused else 200,
        )

    def _answer(self, visit, **context):
        return self.page(
            visit=visit,
            is_open=visit.is_booked or (self._built_in and visit.state == VisitState.DONE),
            built_in=self._built_in,
            place=visit.station,
            **context,
        )


class VisitPartAct(VisitPartPage):
    """A part that was put aside is built in, which says where the old one is, or put back."""

    template_name = "claims/visit_part_use.html"

    def get(self, request, pk, step):
        use = self._find(pk, step)
        if step != "use":
            return redirect("claims:visit_detail", use.visit_id)
        return self._page(use, OldPartForm(part=use.part))

    def post(self, request, pk, step):
        use = self._find(pk, step)
        if step == "release":
            return self._release(use)
        form = OldPartForm(request.POST, part=use.part)
        if form.is_valid() and form.call(
            service.use, use=use, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Noted: built in."))
            return redirect("claims:visit_detail", use.visit_id)
        return self._page(use, form)

    def _release(self, use):
        try:
            service.release(use=use, by=self.request.user, now=timezone.now())
        except Refused as refused:
            messages.error(self.request, refused.message)
        else:
            messages.success(self.request, _("Put back on the shelf."))
        return redirect("claims:visit_detail", use.visit_id)

    def _find(self, pk, step) -> PartUse:
        use = reading.use_in_reach(pk) if step in ("use", "release") else None
        if use is None:
            raise Http404
        return use

    def _page(self, use, form):
        return self.page(
            use=use,
            visit=use.visit,
            form=form,
            cancel_url=reverse("claims:visit_detail", args=[use.visit_id]),
            place=use.stock.station,
            status=409 if form.refused else 200,
        )
