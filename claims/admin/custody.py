"""Goods in custody and stocktakes, as stations wrote them down."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import link_to, moment_column
from claims.admin.filters import PlaceFilter
from claims.models import CustodyItem, Stocktake


@admin.register(CustodyItem)
class CustodyItemAdmin(ReadOnlyAdmin):
    list_display = (
        "label",
        "what",
        "pieces",
        "claim_link",
        "station",
        "shelf",
        "condition",
        "whereabouts",
        moment_column("received_at", _("received")),
        moment_column("left_at", _("went out")),
        "keeper",
    )
    list_select_related = ("claim", "station", "keeper")
    list_filter = ("whereabouts", "condition", PlaceFilter)
    search_fields = ("=label",)
    search_help_text = _("Label")
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=_("claim"))
    def claim_link(self, item):
        return link_to(item.claim)


@admin.register(Stocktake)
class StocktakeAdmin(ReadOnlyAdmin):
    list_display = (
        moment_column("at", _("counted on")),
        "station",
        "by",
        "found_count",
        "missing_labels",
        "unexpected_labels",
    )
    list_select_related = ("station", "by")
    list_filter = (PlaceFilter,)
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=_("found"))
    def found_count(self, stocktake):
        return len(stocktake.found)

    @admin.display(description=_("missing"))
    def missing_labels(self, stocktake):
        return ", ".join(stocktake.missing)

    @admin.display(description=_("found though booked out"))
    def unexpected_labels(self, stocktake):
        return ", ".join(stocktake.unexpected)
