"""Payouts, bank files and cash boxes as the county wrote them down; every step is taken on their pages."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from aftersales.web import formats
from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import link_to, moment_column, money_column
from claims.admin.filters import PlaceFilter
from claims.models import CashBox, CashCount, CashFloat, Payout, PayoutBatch
from claims.models.payouts import PayoutStateChoices
from claims.queries.payouts import owed

OWED = "owed"


class PayoutStateFilter(admin.SimpleListFilter):
    """What came back and was not paid again, or one state."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [(OWED, _("Still owed")), *PayoutStateChoices.choices]

    def queryset(self, request, queryset):
        if self.value() == OWED:
            return queryset.filter(pk__in=owed().order_by().values("pk"))
        known = self.value() in PayoutStateChoices.values
        return queryset.filter(state=self.value()) if known else queryset


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "claim_link",
        "station",
        "channel",
        money_column("amount_fen", _("amount")),
        "state",
        "reason",
        moment_column("made_at", _("made")),
    )
    list_select_related = ("claim", "station")
    list_filter = (PayoutStateFilter, "channel", "reason", PlaceFilter)
    search_fields = ("=number",)
    search_help_text = _("Number of the payout")
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=_("claim"))
    def claim_link(self, payout):
        return link_to(payout.claim)


@admin.register(PayoutBatch)
class PayoutBatchAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "fund",
        "count",
        money_column("total_fen", _("sum")),
        "made_by",
        moment_column("made_at", _("made")),
    )
    list_select_related = ("fund", "made_by")
    ordering = ("-id",)
    sortable_by = ()


@admin.register(CashBox)
class CashBoxAdmin(ReadOnlyAdmin):
    list_display = (
        "station",
        "balance",
        "keeper",
        moment_column("counted_at", _("last counted")),
        moment_column("opened_at", _("opened")),
    )
    list_select_related = ("station", "account", "keeper")
    list_filter = (PlaceFilter,)
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=_("balance"))
    def balance(self, box):
        return formats.money(box.account.balance_fen)


@admin.register(CashFloat)
class CashFloatAdmin(ReadOnlyAdmin):
    list_display = (
        "station",
        "direction",
        money_column("amount_fen", _("amount")),
        "state",
        "handed_by",
        moment_column("handed_at", _("handed over")),
        "received_by",
        moment_column("received_at", _("received")),
    )
    list_select_related = ("station", "handed_by", "received_by")
    list_filter = ("state", "direction", PlaceFilter)
    ordering = ("-id",)
    sortable_by = ()


@admin.register(CashCount)
class CashCountAdmin(ReadOnlyAdmin):
    list_display = (
        "station",
        moment_column("counted_at", _("counted on")),
        money_column("book_fen", _("by the books")),
        money_column("counted_fen", _("counted")),
        "reason",
        "counted_by",
        "booked_by",
    )
    list_select_related = ("station", "counted_by", "booked_by")
    list_filter = (PlaceFilter,)
    ordering = ("-id",)
    sortable_by = ()
