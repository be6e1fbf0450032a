"""Stations: the list a manager works from, with the steps of their life as actions."""

from functools import partial

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.web.admin import ReadOnlyAdmin, ServiceAction
from aftersales.web.admin_columns import NOTHING, badge, link, link_to
from aftersales.web.service_forms import NoteField
from stations import queries
from stations.models import Station
from stations.services import network
from stations.views.life import STEPS
from stations.views.pages import STATE_TONES


class ReasonForm(forms.Form):
    """Why a station is suspended or closed."""

    reason = NoteField(label=_("Reason"), max_length=200, min_length=network.SHORTEST_REASON)


class CertifiedFilter(admin.SimpleListFilter):
    """Operating village points at which nobody holds a valid certificate."""

    title = _("certificates")
    parameter_name = "certified"

    def lookups(self, request, model_admin):
        return [("nobody", _("Nobody certified"))]

    def queryset(self, request, queryset):
        if self.value() != "nobody":
            return queryset
        without = queries.without_certified_agent(timezone.localdate())
        return queryset.filter(pk__in=without.order_by().values("pk"))


@admin.register(Station)
class StationAdmin(ReadOnlyAdmin):
    door_permissions = {"add_view": "stations.run_stations"}
    list_display = ("name", "tier", "region", "hands_over_to", "people", "phase", "stands_at", "page")
    list_select_related = ("region", "parent")
    list_filter = ("tier", "state", "phase", CertifiedFilter)
    search_fields = ("name",)
    search_help_text = _("Name of the station or place, or code")
    ordering = ("region_id", "id")
    sortable_by = ()
    actions = [
        ServiceAction(
            step.action.value,
            step.label,
            permission="stations.run_stations",
            service=partial(network.move, action=step.action),
            argument="station",
            form=ReasonForm if step.is_danger else forms.Form,
            is_dangerous=step.is_danger,
        )
        for step in STEPS.values()
    ]
    fields = readonly_fields = (
        "name",
        "tier",
        "region",
        "hands_over_to",
        "stands_at",
        "phase",
        "functions_shown",
        "opens_at",
        "noon_closes_at",
        "noon_opens_at",
        "closes_at",
        "phone",
        "lon",
        "lat",
        "point_is_own",
        "radius_m",
        "opened_on",
        "page",
    )

    def get_queryset(self, request):
        today = timezone.localdate()
        posted = Q(agents__left_on__isnull=True, agents__isnull=False)
        return (
            super()
            .get_queryset(request)
            .annotate(
                posted=Count("agents", filter=posted),
                certified=Count("agents", filter=posted & Q(agents__certified_until__gte=today)),
            )
        )

    def get_search_results(self, request, queryset, search_term):
        return queries.search_stations(queryset, search_term), False

    def has_add_permission(self, request):
        return request.user.has_perm("stations.run_stations")

    def add_view(self, request, form_url="", extra_context=None):
        """A station is applied for on a page that helps to find its place."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect("stations:station_new")

    @admin.display(description=_("hands over to"))
    def hands_over_to(self, station):
        return link_to(station.parent)

    @admin.display(description=_("people, certified"))
    def people(self, station):
        return f"{station.posted}, {station.certified}" if station.posted else NOTHING

    @admin.display(description=_("state"))
    def stands_at(self, station):
        return badge(station.get_state_display(), STATE_TONES[station.state])

    @admin.display(description=_("functions"))
    def functions_shown(self, station):
        return ", ".join(map(str, station.function_names)) or NOTHING

    @admin.display(description=_("page"))
    def page(self, station):
        return link(reverse("stations:station_detail", args=[station.pk]), _("Open the page"))
