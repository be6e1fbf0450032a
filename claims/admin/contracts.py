"""Contracts with service providers, their fees and the orders made by them. To be read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import NOTHING, badge, lines, link_to, moment_column, money_column
from claims.admin.filters import PlaceFilter
from claims.models import Contract, FeeLine, ProviderOrder
from claims.rules.provider_orders import OrderState
from claims.views.provider_words import TONES, reasons


@admin.register(Contract)
class ContractAdmin(ReadOnlyAdmin):
    list_display = ("number", "provider", "station", "valid_from", "valid_until", "ended_on", "seats")
    list_select_related = ("provider", "station")
    list_filter = (PlaceFilter,)
    search_fields = ("number__exact", "provider__name")
    search_help_text = gettext_lazy("Contract number or name of the provider")
    ordering = ("-id",)
    sortable_by = ()


@admin.register(FeeLine)
class FeeLineAdmin(ReadOnlyAdmin):
    list_display = (
        "contract",
        "visit_kind",
        "goods_type",
        money_column("base_fen", gettext_lazy("fee for the visit")),
        "free_km",
        money_column("per_km_fen", gettext_lazy("for each kilometre more")),
        "after_hours_permille",
        "vain_permille",
    )
    list_select_related = ("contract",)
    list_filter = ("visit_kind",)
    ordering = ("-id",)
    sortable_by = ()


@admin.register(ProviderOrder)
class ProviderOrderAdmin(ReadOnlyAdmin):
    list_display = (
        "provider",
        "claim_link",
        "how_it_stands",
        money_column("fee_fen", gettext_lazy("fee")),
        moment_column("offered_at", gettext_lazy("offered")),
        moment_column("answered_at", gettext_lazy("answered")),
        moment_column("ended_at", gettext_lazy("ended")),
    )
    list_select_related = ("provider", "visit__claim")
    list_filter = ("state",)
    search_fields = ("visit__claim__number__exact", "provider__name")
    search_help_text = gettext_lazy("Claim number or name of the provider")
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "provider",
        "claim_link",
        "contract",
        "how_it_stands",
        "rank",
        "why",
        "offered_at",
        "offered_by",
        "answer_by",
        "answered_at",
        "answered_by",
        "decline_reason",
        "note",
        "base_fen",
        "km_fen",
        "after_hours_fen",
        "fee_fen",
        "ended_at",
        "statement",
    )

    @admin.display(description=gettext_lazy("claim"))
    def claim_link(self, order):
        return link_to(order.visit.claim)

    @admin.display(description=gettext_lazy("state"))
    def how_it_stands(self, order):
        return badge(order.get_state_display(), TONES[OrderState(order.state)])

    @admin.display(description=gettext_lazy("reasons"))
    def why(self, order):
        return lines(reasons(order.reasons)) or NOTHING
