"""Plans of the programme and phases of counties, to read; new ones are set on the page of the programme."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from aftersales.web import formats
from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, column
from stations.models import CountyPhase, ProgrammePlan

SET_AT = column("set_at", formats.moment, _("set"))


@admin.register(ProgrammePlan)
class ProgrammePlanAdmin(ReadOnlyAdmin):
    list_display = (
        column("valid_from", formats.day, _("valid from")),
        column("starts_on", formats.day, _("start of the programme")),
        column("ends_on", formats.day, _("end of the programme")),
        "counties",
        "stations",
        "agents",
        "claims",
        "source",
    )
    sortable_by = ()
    fields = readonly_fields = (*list_display, "set_by", SET_AT)


@admin.register(CountyPhase)
class CountyPhaseAdmin(ReadOnlyAdmin):
    list_display = ("county_code", "shown_phase", column("starts_on", formats.day, _("from")), "note")
    list_filter = ("phase",)
    search_fields = ("county_code",)
    search_help_text = _("Code of the county")
    sortable_by = ("county_code",)
    fields = readonly_fields = (*list_display, "set_by", SET_AT)

    @admin.display(description=_("phase"), ordering="phase")
    def shown_phase(self, row):
        return badge(row.get_phase_display(), row.tone)
