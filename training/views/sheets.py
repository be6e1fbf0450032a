"""Sheets of practical exams: what is in use, one of them to read or print, a new one, taking one out."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from stations.access.places import PlacePage, own_station
from training.forms.practicals import SheetForm
from training.models import PracticalSheet
from training.queries.practicals import most_points
from training.rules.practicals import read_items
from training.services import practicals as service

READERS = ("training.examine", "training.keep_questions", "training.view_training")


class SheetList(PlacePage):
    """Every sheet, those in use first."""

    permission = READERS
    template_name = "training/sheet_list.html"

    def get(self, request):
        sheets = sorted(PracticalSheet.objects.all(), key=lambda sheet: (bool(sheet.retired_at), sheet.code))
        return self.page(sheets=sheets, place=own_station(request.user))


class SheetDetail(PlacePage):
    """One sheet with its items."""

    permission = READERS
    template_name = "training/sheet_detail.html"

    def get(self, request, pk):
        sheet = get_object_or_404(PracticalSheet, pk=pk)
        items = read_items(sheet.items)
        return self.page(sheet=sheet, items=items, most=most_points(items), place=own_station(request.user))


class SheetNew(PlacePage):
    """A new sheet, for every county."""

    permission = "training.keep_certificate_terms"
    throughout = True
    template_name = "training/sheet_new.html"

    def get(self, request):
        return self._page(SheetForm())

    def post(self, request):
        form = SheetForm(request.POST)
        if form.is_valid() and form.call(
            service.add_sheet, **form.facts, by=request.user, now=timezone.now()
        ):
            messages.success(request, _("The sheet can be used."))
            return redirect("training:sheet_detail", form.result.pk)
        return self._page(form)

    def _page(self, form: SheetForm):
        return self.page(form=form, place=own_station(self.request.user))


class SheetRetire(PlacePage):
    """Asks once more before a sheet is taken out of use."""

    permission = "training.keep_certificate_terms"
    throughout = True
    template_name = "training/sheet_retire.html"

    def get(self, request, pk):
        sheet = get_object_or_404(PracticalSheet, pk=pk)
        if sheet.retired_at:
            return redirect("training:sheet_detail", pk)
        return self.page(sheet=sheet, place=own_station(request.user))

    def post(self, request, pk):
        sheet = get_object_or_404(PracticalSheet, pk=pk)
        try:
            service.retire_sheet(sheet, by=request.user, now=timezone.now())
        except Refused as refused:
            messages.warning(request, refused.message)
        else:
            messages.success(request, _("The sheet is no longer used."))
        return redirect("training:sheet_detail", pk)
