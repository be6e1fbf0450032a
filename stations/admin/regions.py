"""Official divisions and their changes, to look up; lists are imported by a command."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_filters import DefaultFilter
from stations import queries
from stations.models import Region, RegionChange


class EndedFilter(DefaultFilter):
    """Places of today, unless those that have ended are asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("living", _("of today")), ("ended", pgettext_lazy("region", "ended"))]

    def queryset(self, request, queryset):
        return queryset.filter(ended_on__isnull=self.value() == "living")


@admin.register(Region)
class RegionAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "level", "parent", "ended_on", "replaced_by")
    list_display_links = ("code", "name")
    list_select_related = ("parent", "replaced_by")
    list_filter = (EndedFilter, "level")
    search_fields = ("name",)
    search_help_text = _("Name, or the beginning of the code")
    ordering = ("code",)
    sortable_by = ("code",)
    fields = readonly_fields = (
        "code",
        "name",
        "level",
        "parent",
        "is_placeholder",
        "ended_on",
        "replaced_by",
        "lon",
        "lat",
    )

    def get_queryset(self, request):
        """All of them to look at; to choose from, those inside the reach of whoever chooses."""
        rows = super().get_queryset(request)
        is_choice = request.resolver_match is not None and request.resolver_match.url_name == "autocomplete"
        return queries.living(queries.in_reach(rows)) if is_choice else rows

    def get_search_results(self, request, queryset, search_term):
        return queries.matching(queryset, search_term), False


@admin.register(RegionChange)
class RegionChangeAdmin(ReadOnlyAdmin):
    list_display = ("county_code", "old_code", "old_name", "new_code", "new_name", "what", "applied_at")
    list_display_links = None
    search_fields = ("old_name", "new_name")
    search_help_text = _("Old or new name")
    date_hierarchy = "applied_at"
    sortable_by = ()

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("stations.view_region")

    def has_module_permission(self, request):
        return self.has_view_permission(request)
