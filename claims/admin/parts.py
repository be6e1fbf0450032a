"""Spare parts, which the platform keeps, and what stations and visits wrote down about them."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.scoping import COUNTY_DIGITS, inside
from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, link_to, moment_column, money_column
from aftersales.web.admin_filters import InUseFilter, YesNoFilter
from claims.admin.filters import PlaceFilter
from claims.admin.platform_lists import PlatformListAdmin, retirement_actions
from claims.forms.parts import PartForm, PartReasonForm, PartWordsForm
from claims.models import Part, PartStock, PartUse, StockMovement
from claims.queries.parts import IS_LOW
from claims.services import part_catalogue


@admin.register(Part)
class PartAdmin(PlatformListAdmin):
    """Written by services, so that every change of what stations order is in the trail."""

    list_display = (
        "code",
        "name",
        "appliance",
        "fits",
        money_column("price_fen", gettext_lazy("price")),
        "old_part_comes_back",
        "stands_at",
    )
    list_filter = (InUseFilter, "appliance", "old_part_comes_back")
    search_fields = ("code", "name", "fits")
    search_help_text = gettext_lazy("Number, name or model it fits")
    ordering = ("appliance", "code")
    fields = readonly_fields = (
        "code",
        "name",
        "appliance",
        "fits",
        money_column("price_fen", gettext_lazy("price")),
        "old_part_comes_back",
        "guide",
        "stands_at",
        "steps",
    )
    actions = retirement_actions(
        part_catalogue,
        "part",
        PartReasonForm,
        retire=gettext_lazy("No longer keep"),
        restore=gettext_lazy("Keep again"),
    )
    service = part_catalogue
    new_form, words_form = PartForm, PartWordsForm
    add_title, change_title = gettext_lazy("Enter a part"), gettext_lazy("Correct the part")

    @admin.display(description=gettext_lazy("state"))
    def stands_at(self, part):
        return badge(_("no longer kept"), "neutral") if part.retired_at else badge(_("kept"), "good")

    @admin.display(description=gettext_lazy("steps"))
    def steps(self, part):
        return self.details_link(part)


class LowFilter(YesNoFilter):
    title = gettext_lazy("runs low or not")
    parameter_name = "low"
    condition = IS_LOW
    yes, no = gettext_lazy("Runs low"), gettext_lazy("Enough there")


@admin.register(PartStock)
class PartStockAdmin(ReadOnlyAdmin):
    list_display = ("part", "station", "on_hand", "reserved", "low_at", "stands_at")
    list_select_related = ("part", "station")
    list_filter = (LowFilter, PlaceFilter)
    search_fields = ("part__code", "part__name")
    search_help_text = gettext_lazy("Number or name of the part")
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = ("part", "station", "on_hand", "reserved", "low_at", "stands_at")

    @admin.display(description=gettext_lazy("state"))
    def stands_at(self, stock):
        return badge(_("runs low"), "warn") if stock.is_low else badge(_("enough there"), "good")


class PlaceOfStockFilter(PlaceFilter):
    """The place of the shelf that a row belongs to."""

    def queryset(self, request, queryset):
        wanted = self.value()
        if wanted not in {key for key, _name in self.lookup_choices}:
            return queryset
        path = "county_code" if len(wanted) == COUNTY_DIGITS else "stock__station__region_id"
        return queryset.filter(inside(path, wanted))


@admin.register(PartUse)
class PartUseAdmin(ReadOnlyAdmin):
    list_display = (
        "part",
        "quantity",
        "claim_link",
        "station",
        "state",
        money_column("price_fen", gettext_lazy("price for each")),
        "old_part",
        moment_column("reserved_at", gettext_lazy("put aside at")),
        "reserved_by",
    )
    list_select_related = ("part", "visit__claim", "stock__station", "reserved_by")
    list_filter = ("state", "old_part", PlaceOfStockFilter)
    search_fields = ("part__code", "=visit__claim__number")
    search_help_text = gettext_lazy("Number of the part or of the claim")
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "part",
        "quantity",
        "claim_link",
        "station",
        "state",
        money_column("price_fen", gettext_lazy("price for each")),
        "old_part",
        "old_part_sent_on",
        moment_column("reserved_at", gettext_lazy("put aside at")),
        "reserved_by",
        moment_column("ended_at", gettext_lazy("used or put back")),
    )

    @admin.display(description=gettext_lazy("claim"))
    def claim_link(self, use):
        return link_to(use.visit.claim)

    @admin.display(description=gettext_lazy("station"))
    def station(self, use):
        return use.stock.station


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    list_display = (
        moment_column("at", gettext_lazy("when")),
        "part",
        "station",
        "reason",
        "change",
        "on_hand",
        "note",
        "by",
    )
    list_select_related = ("stock__part", "stock__station", "by")
    list_filter = ("reason", PlaceOfStockFilter)
    search_fields = ("stock__part__code",)
    search_help_text = gettext_lazy("Number of the part")
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        moment_column("at", gettext_lazy("when")),
        "part",
        "station",
        "reason",
        "change",
        "on_hand",
        "note",
        "by",
    )

    @admin.display(description=gettext_lazy("spare part"))
    def part(self, movement):
        return movement.stock.part

    @admin.display(description=gettext_lazy("station"))
    def station(self, movement):
        return movement.stock.station
