"""Platforms, merchants, logistics firms, providers and the other parties."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ReadOnlyAdmin, ServiceAction
from aftersales.web.admin_columns import NOTHING, badge, link
from stations.forms.parties import GradeForm, PartyChangeForm, PartyForm, SuspensionForm
from stations.models import Party
from stations.services import parties

GRADE_TONES = {"A": "good", "B": "info", "C": "bad"}


@admin.register(Party)
class PartyAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "contact", "rated", "stands_at")
    list_filter = ("kind", "grade", "is_suspended")
    search_fields = ("name",)
    ordering = ("kind", "name")
    sortable_by = ()
    fields = readonly_fields = ("kind", "name", "contact", "rated", "stands_at", "steps")
    actions = [
        ServiceAction(
            "grade",
            gettext_lazy("Grade the party"),
            permission="stations.change_party",
            service=parties.grade,
            argument="party",
            form=GradeForm,
        ),
        *(
            ServiceAction(
                name,
                label,
                permission="stations.change_party",
                service=service,
                argument="party",
                form=SuspensionForm,
                is_dangerous=is_dangerous,
            )
            for name, label, service, is_dangerous in (
                ("suspend", gettext_lazy("Suspend the party"), parties.suspend, True),
                ("resume", gettext_lazy("Offer the party again"), parties.resume, False),
            )
        ),
    ]

    def get_urls(self):
        view = self.admin_site.admin_view(self.details_view)
        return [path("<path:object_id>/details/", view, name="stations_party_details"), *super().get_urls()]

    def has_add_permission(self, request):
        return request.user.has_perm("stations.add_party")

    @admin.display(description=gettext_lazy("grade"))
    def rated(self, party):
        return badge(party.grade, GRADE_TONES[party.grade]) if party.grade else NOTHING

    @admin.display(description=gettext_lazy("state"))
    def stands_at(self, party):
        return badge(_("suspended"), "warn") if party.is_suspended else badge(_("in business"), "good")

    @admin.display(description=gettext_lazy("steps"))
    def steps(self, party):
        return link(reverse("admin:stations_party_details", args=[party.pk]), _("Correct name or contact"))

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = PartyForm(request.POST if request.method == "POST" else None)
        if (
            form.is_bound
            and form.is_valid()
            and form.call(parties.find_or_create, by=request.user, now=timezone.now(), **form.cleaned_data)
        ):
            return redirect("admin:stations_party_change", form.result.pk)
        return self.service_page(request, form, title=_("Enter a party"), button=_("Save"))

    def details_view(self, request, object_id):
        if not request.user.has_perm("stations.change_party"):
            raise PermissionDenied
        party = self.get_object(request, object_id)
        if party is None:
            raise Http404
        form = PartyChangeForm(
            request.POST if request.method == "POST" else None,
            initial={"name": party.name, "contact": party.contact},
        )
        if (
            form.is_bound
            and form.is_valid()
            and form.call(
                parties.change, party=party, by=request.user, now=timezone.now(), **form.cleaned_data
            )
        ):
            self.message_user(request, _("Saved."), messages.SUCCESS)
            return redirect("admin:stations_party_change", party.pk)
        title = _("Correct name or contact")
        return self.service_page(request, form, title=title, button=_("Save"), row=party)
