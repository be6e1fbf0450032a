"""The admin of rows that belong to one claim and are found by its number."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import link_to
from claims.admin.filters import PlaceFilter


class OfClaimAdmin(ReadOnlyAdmin):
    """Rows with a `claim` and a place of their own, the newest first. To be read."""

    list_select_related = ("claim",)
    list_filter = (PlaceFilter,)
    search_fields = ("claim__number__exact",)
    search_help_text = _("Claim number")
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=_("claim"))
    def claim_link(self, row):
        return link_to(row.claim)
