"""The list of names of a class: added with consent, shown for a reason, taken off."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from stations.access.places import PlacePage, permissions
from training.forms.classes import NamesForm, NamesShowForm
from training.models import Attendee
from training.rules.classes import ClassState
from training.services import class_attendees
from training.views.classes import HOLD, ClassPage

REVEAL = "claims.reveal_personal_data"


class NamesPage(ClassPage):
    """The list of one class; masked but for the answer to somebody who said what for."""

    template_name = "training/class_names.html"

    def show(self, row, *, form=None, why_form=None, names=None):
        listed = list(row.attendees.all())
        may_reveal = REVEAL in permissions(self.request.user, row)
        refused = any(each is not None and each.refused for each in (form, why_form))
        return self.page(
            village_class=row,
            listed=listed,
            names=names,
            form=(form or NamesForm()) if row.state != ClassState.CANCELLED else None,
            why_form=(why_form or NamesShowForm())
            if may_reveal and any(each.person_key for each in listed)
            else None,
            place=row.station,
            status=409 if refused else 200,
        )


class ClassNames(NamesPage):
    """The list, and the form that adds to it."""

    def get(self, request, pk):
        return self.show(self.find(pk))

    def post(self, request, pk):
        row, form = self.find(pk), NamesForm(request.POST)
        if form.is_valid() and form.call(
            class_attendees.add, village_class=row, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Names added: %(n)s.") % {"n": len(form.result)})
            return redirect("training:class_names", row.pk)
        return self.show(row, form=form)


class ClassNamesShow(NamesPage):
    """Showing the names, once, to somebody who says what for."""

    permission = REVEAL

    def get(self, request, pk):
        return redirect("training:class_names", self.find(pk).pk)

    def post(self, request, pk):
        row, form = self.find(pk), NamesShowForm(request.POST)
        if form.is_valid() and form.call(
            class_attendees.reveal,
            village_class=row,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        ):
            return self.show(row, names=form.result)
        return self.show(row, why_form=form)


class ClassNameRemove(PlacePage):
    """Takes somebody off the list: asks once more."""

    permission = HOLD
    template_name = "training/class_name_remove.html"
    about = "attendee"

    def get(self, request, pk):
        attendee = self._find(pk)
        return self.page(
            attendee=attendee, village_class=attendee.village_class, place=attendee.village_class.station
        )

    def post(self, request, pk):
        attendee = self._find(pk)
        try:
            class_attendees.take_off(attendee, by=request.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("Taken off the list."))
        return redirect("training:class_names", attendee.village_class_id)

    def _find(self, pk) -> Attendee:
        return get_object_or_404(Attendee.objects.select_related("village_class__station"), pk=pk)
