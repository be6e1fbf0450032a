"""Lists that were brought in, in the admin: the log, never the rows. docs/imports.md, section 5."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from aftersales.imports.models import ImportState, ListImport
from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, moment_column

TONES = {
    ImportState.CHECKED: "warn",
    ImportState.DONE: "good",
    ImportState.FAILED: "bad",
    ImportState.STOPPED: "neutral",
    ImportState.UNDONE: "neutral",
}


@admin.register(ListImport)
class ListImportAdmin(ReadOnlyAdmin):
    list_display = (
        "file_name",
        "kind",
        "stands",
        "new_rows",
        "changed_rows",
        "unchanged_rows",
        "refused_rows",
        "asked_by",
        moment_column("asked_at", _("uploaded")),
    )
    list_select_related = ("asked_by",)
    list_filter = ("kind", "state")
    search_fields = ("file_name", "sha256")
    sortable_by = ()
    fields = readonly_fields = (
        "file_name",
        "kind",
        "stands",
        "county_code",
        "form",
        "byte_size",
        "sha256",
        "keep_good",
        "new_rows",
        "changed_rows",
        "unchanged_rows",
        "refused_rows",
        "asked_by",
        moment_column("asked_at", _("uploaded")),
        moment_column("confirmed_at", _("agreed to")),
        moment_column("ended_at", _("ended")),
        moment_column("kept_until", _("kept until")),
    )

    @admin.display(description=_("state"))
    def stands(self, row):
        return badge(row.get_state_display(), TONES.get(ImportState(row.state), "wait"))
