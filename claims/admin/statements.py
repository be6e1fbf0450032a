"""Statements of providers, complaints about fees and costs before the network. To be read."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, link, link_to, moment_column, money_column
from claims.models import CostBaseline, FeeComplaint, ProviderStatement
from claims.views.statement_words import COMPLAINT_TONES, STATE_TONES


@admin.register(ProviderStatement)
class ProviderStatementAdmin(ReadOnlyAdmin):
    list_display = (
        "number_link",
        "provider",
        "month_shown",
        "count",
        money_column("total_fen", gettext_lazy("sum")),
        "how_it_stands",
        moment_column("agreed_at", gettext_lazy("agreed")),
        moment_column("paid_at", gettext_lazy("paid")),
    )
    list_select_related = ("provider",)
    list_filter = ("state",)
    search_fields = ("number__exact", "provider__name")
    search_help_text = gettext_lazy("Number or name of the provider")
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "number_link",
        "provider",
        "fund",
        "month_shown",
        "count",
        "total_fen",
        "how_it_stands",
        "prepared_by",
        "prepared_at",
        "agreed_by",
        "agreed_at",
        "dispute_text",
        "paid_by",
        "paid_at",
        "movement",
    )

    @admin.display(description=gettext_lazy("Statement number"))
    def number_link(self, statement):
        return link(reverse("claims:statement_detail", args=[statement.pk]), statement.number)

    @admin.display(description=gettext_lazy("month"))
    def month_shown(self, statement):
        return f"{statement.month:%Y-%m}"

    @admin.display(description=gettext_lazy("state"))
    def how_it_stands(self, statement):
        return badge(statement.get_state_display(), STATE_TONES[statement.state])


@admin.register(FeeComplaint)
class FeeComplaintAdmin(ReadOnlyAdmin):
    list_display = (
        "provider",
        "claim_link",
        money_column("claimed_fen", gettext_lazy("fee asked for")),
        money_column("fee_fen", gettext_lazy("fee after the answer")),
        "how_it_stands",
        moment_column("filed_at", gettext_lazy("filed")),
        moment_column("answered_at", gettext_lazy("answered")),
    )
    list_select_related = ("order__provider", "order__visit__claim")
    list_filter = ("state",)
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=gettext_lazy("service provider"))
    def provider(self, complaint):
        return complaint.order.provider

    @admin.display(description=gettext_lazy("claim"))
    def claim_link(self, complaint):
        return link_to(complaint.order.visit.claim)

    @admin.display(description=gettext_lazy("state"))
    def how_it_stands(self, complaint):
        return badge(complaint.get_state_display(), COMPLAINT_TONES[complaint.state])


@admin.register(CostBaseline)
class CostBaselineAdmin(ReadOnlyAdmin):
    list_display = (
        "county_code",
        "valid_from",
        money_column("cost_per_claim_fen", gettext_lazy("cost of a claim")),
        "source",
        "set_by",
        moment_column("set_at", gettext_lazy("set")),
    )
    list_select_related = ("set_by",)
    ordering = ("-id",)
    sortable_by = ()
