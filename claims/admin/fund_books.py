"""Closed months and write-offs as rows; debts are given up by a second person here as on their page."""

from django.contrib import admin
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ReadOnlyAdmin, ServiceAction
from aftersales.web.admin_columns import badge, link, moment_column, money_column
from aftersales.web.admin_filters import DefaultFilter
from claims.models import FundMonth, WriteOff
from claims.models.write_offs import WriteOffState
from claims.services import write_offs as service

ALL = "all"
STATE_TONES = {
    WriteOffState.PROPOSED: "warn",
    WriteOffState.CONFIRMED: "good",
    WriteOffState.CANCELLED: "neutral",
}


@admin.register(FundMonth)
class FundMonthAdmin(ReadOnlyAdmin):
    list_display = (
        "first_day",
        "fund",
        "count",
        money_column("opening_fen", gettext_lazy("balance at the start")),
        money_column("in_fen", gettext_lazy("came in")),
        money_column("out_fen", gettext_lazy("paid out")),
        money_column("closing_fen", gettext_lazy("balance at the end")),
        moment_column("closed_at", gettext_lazy("closed")),
        "closed_by",
        "page",
    )
    list_select_related = ("fund", "closed_by")
    sortable_by = ()
    fields = readonly_fields = (
        "fund",
        "first_day",
        "count",
        money_column("opening_fen", gettext_lazy("balance at the start")),
        money_column("in_fen", gettext_lazy("came in")),
        money_column("out_fen", gettext_lazy("paid out")),
        money_column("closing_fen", gettext_lazy("balance at the end")),
        "digest",
        "previous_digest",
        "movements_digest",
        "closed_by",
        moment_column("closed_at", gettext_lazy("closed")),
        "page",
    )

    @admin.display(description=gettext_lazy("statement"))
    def page(self, month):
        url = reverse("claims:fund_statement", args=[month.fund.key])
        return link(f"{url}?month={month}", _("Open the statement"))


class StateFilter(DefaultFilter):
    """Those that wait for a second person, unless others are asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [*WriteOffState.choices, (ALL, _("All"))]

    def queryset(self, request, queryset):
        return queryset if self.value() == ALL else queryset.filter(state=self.value())


@admin.register(WriteOff)
class WriteOffAdmin(ReadOnlyAdmin):
    list_display = (
        "name",
        "fund",
        money_column("amount_fen", gettext_lazy("amount")),
        "line_count",
        "reason",
        "proposed_by",
        moment_column("proposed_at", gettext_lazy("proposed")),
        "decided_by",
        "state_shown",
    )
    list_select_related = ("fund", "party", "proposed_by", "decided_by")
    list_filter = (StateFilter,)
    sortable_by = ()
    fields = readonly_fields = (
        "fund",
        "party",
        money_column("amount_fen", gettext_lazy("amount")),
        "line_count",
        "reason",
        "state_shown",
        "proposed_by",
        moment_column("proposed_at", gettext_lazy("proposed")),
        "decided_by",
        moment_column("decided_at", gettext_lazy("decided")),
        "page",
    )
    actions = (
        ServiceAction(
            "confirm",
            gettext_lazy("Write off"),
            permission="claims.confirm_write_off",
            service=service.confirm,
            argument="write_off",
            is_dangerous=True,
        ),
        ServiceAction(
            "cancel",
            gettext_lazy("Drop the proposal"),
            permission="claims.propose_write_off",
            service=service.cancel,
            argument="write_off",
        ),
    )

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.annotate(amount_fen=Sum("lines__amount_fen"), line_count=Count("lines"))

    @admin.display(description=gettext_lazy("liable party"))
    def name(self, write_off):
        return str(write_off.party or _("not known yet"))

    @admin.display(description=gettext_lazy("advances"))
    def line_count(self, write_off):
        return write_off.line_count

    @admin.display(description=gettext_lazy("state"))
    def state_shown(self, write_off):
        return badge(write_off.get_state_display(), STATE_TONES[write_off.state])

    @admin.display(description=gettext_lazy("overview"))
    def page(self, write_off):
        return link(reverse("claims:write_off_detail", args=[write_off.pk]), _("Open its page"))
