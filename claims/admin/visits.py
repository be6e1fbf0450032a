"""Home visits, their costs and the windows for them as rows: read here, recorded on their own pages."""

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, link, link_to, moment_column, money_column
from aftersales.web.admin_filters import YesNoFilter
from claims.admin.filters import PlaceFilter, PlaceOfClaimFilter
from claims.models import Availability, Visit, VisitCost
from claims.rules.visits import VisitState
from claims.views.tones import VISIT_TONES


class WithdrawnFilter(YesNoFilter):
    title = gettext_lazy("counts or withdrawn")
    parameter_name = "withdrawn"
    condition = Q(withdrawn_at__isnull=False)
    yes, no = gettext_lazy("Withdrawn"), gettext_lazy("Counts as a cost")


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    list_display = (
        "claim_link",
        "kind",
        "state_shown",
        moment_column("starts_at", gettext_lazy("from")),
        "place",
        "who",
        "page",
    )
    list_select_related = ("claim", "place", "technician", "provider")
    list_filter = ("state", "kind", PlaceOfClaimFilter)
    search_fields = ("claim__number",)
    search_help_text = gettext_lazy("Claim number")
    ordering = ("-starts_at", "-id")
    sortable_by = ()
    fields = readonly_fields = (
        "claim_link",
        "round",
        "kind",
        "task",
        "is_home_help",
        "state",
        "starts_at",
        "ends_at",
        "place",
        "station",
        "who",
        "distance_m",
        "override_reason",
        "transport",
        "planned_by",
        "planned_at",
        "started_at",
        "ended_at",
        "ended_by",
        "outcome",
        "found",
        "done",
        "failure",
        "failure_note",
        "proof",
        "page",
    )

    @admin.display(description=gettext_lazy("claim"))
    def claim_link(self, visit):
        return link_to(visit.claim)

    @admin.display(description=gettext_lazy("state"))
    def state_shown(self, visit):
        return badge(visit.get_state_display(), VISIT_TONES[VisitState(visit.state)])

    @admin.display(description=gettext_lazy("who goes"))
    def who(self, visit):
        return visit.technician or visit.provider or _("nobody goes yet")

    @admin.display(description=gettext_lazy("page"))
    def page(self, visit):
        return link(reverse("claims:visit_detail", args=[visit.pk]), _("Open the visit"))


@admin.register(VisitCost)
class VisitCostAdmin(ReadOnlyAdmin):
    list_display = (
        "claim_link",
        "kind",
        money_column("amount_fen", gettext_lazy("amount")),
        "borne_by",
        "by",
        moment_column("at", gettext_lazy("recorded")),
        moment_column("withdrawn_at", gettext_lazy("withdrawn")),
    )
    list_select_related = ("visit__claim", "by")
    list_filter = (WithdrawnFilter, "kind", "borne_by")
    search_fields = ("visit__claim__number",)
    search_help_text = gettext_lazy("Claim number")
    ordering = ("-at", "-id")
    sortable_by = ()
    fields = readonly_fields = (
        "claim_link",
        "kind",
        money_column("amount_fen", gettext_lazy("amount")),
        "borne_by",
        "note",
        "by",
        "at",
        "withdrawn_at",
    )

    @admin.display(description=gettext_lazy("claim"))
    def claim_link(self, cost):
        return link_to(cost.visit.claim)


@admin.register(Availability)
class AvailabilityAdmin(ReadOnlyAdmin):
    list_display = ("user", "station", "weekday", "starts", "seats", "page")
    list_select_related = ("user", "station")
    list_filter = ("weekday", PlaceFilter)
    search_fields = ("user__full_name",)
    search_help_text = gettext_lazy("Name")
    ordering = ("station_id", "user_id", "weekday", "starts")
    sortable_by = ()
    fields = readonly_fields = ("user", "station", "weekday", "starts", "seats", "page")

    @admin.display(description=gettext_lazy("page"))
    def page(self, window):
        return link(reverse("claims:availability", args=[window.user_id]), _("Open the week"))
