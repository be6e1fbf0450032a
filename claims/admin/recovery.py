"""Demands, payments received and disputes as rows; each step has its page."""

from django.contrib import admin
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, link, link_to, moment_column, money_column
from aftersales.web.admin_filters import DefaultFilter
from claims.models import AdvanceDispute, BankReceipt, Demand
from claims.models.recovery import RUNNING, DisputeState
from claims.queries.recovery import overdue

ALL = "all"
TONES = {"sent": "info", "disputed": "wait", "paid": "good", "withdrawn": "neutral"}


class DemandFilter(DefaultFilter):
    """Demands that are running, unless something else is asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("running", _("Not paid off yet")), ("overdue", _("Past due")), (ALL, _("All"))]

    def queryset(self, request, queryset):
        if self.value() == ALL:
            return queryset
        if self.value() == "overdue":
            return queryset.filter(pk__in=overdue(timezone.localdate()).order_by().values("pk"))
        return queryset.filter(state__in=RUNNING)


@admin.register(Demand)
class DemandAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "party",
        money_column("amount_fen", gettext_lazy("amount")),
        moment_column("sent_at", gettext_lazy("sent")),
        "due_on",
        "reminders",
        "state_shown",
        "page",
    )
    list_select_related = ("party", "fund")
    list_filter = (DemandFilter,)
    sortable_by = ()
    fields = readonly_fields = (
        "number",
        "fund",
        "party",
        money_column("amount_fen", gettext_lazy("amount")),
        "sent_at",
        "sent_by",
        "due_on",
        "reminders",
        "next_reminder_on",
        "state_shown",
        "ended_at",
        "withdrawn_because",
        "page",
    )

    @admin.display(description=gettext_lazy("state"))
    def state_shown(self, demand):
        return badge(demand.get_state_display(), TONES[demand.state])

    @admin.display(description=gettext_lazy("page"))
    def page(self, demand):
        return link(reverse("claims:demand_detail", args=[demand.pk]), _("Open"))


@admin.register(BankReceipt)
class BankReceiptAdmin(ReadOnlyAdmin):
    list_display = (
        "reference",
        "party",
        money_column("amount_fen", gettext_lazy("amount")),
        moment_column("booked_at", gettext_lazy("booked")),
        "booked_by",
    )
    list_select_related = ("party", "booked_by")
    sortable_by = ()
    fields = readonly_fields = (
        "reference",
        "fund",
        "party",
        money_column("amount_fen", gettext_lazy("amount")),
        "number_of_parts",
        "booked_by",
        "booked_at",
    )

    @admin.display(description=gettext_lazy("advances"))
    def number_of_parts(self, receipt):
        return len(receipt.parts)


class DisputeFilter(DefaultFilter):
    """Disputes that nobody has decided, unless all are asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("open", _("To be decided")), (ALL, _("All"))]

    def queryset(self, request, queryset):
        return queryset if self.value() == ALL else queryset.filter(state=DisputeState.OPEN)


@admin.register(AdvanceDispute)
class AdvanceDisputeAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "party",
        "objection",
        money_column("open_fen", gettext_lazy("still open")),
        moment_column("raised_at", gettext_lazy("entered")),
        "state",
        "page",
    )
    list_select_related = ("party", "advance__claim")
    list_filter = (DisputeFilter,)
    sortable_by = ()
    fields = readonly_fields = (
        "claim_link",
        "party",
        "objection",
        "text",
        "evidence",
        "raised_by",
        "raised_at",
        "state",
        "new_party",
        "decided_by",
        "decided_at",
        "decision",
        "page",
    )

    def get_queryset(self, request):
        paid_back = F("advance__recovered_fen") + F("advance__written_off_fen")
        return super().get_queryset(request).annotate(open_fen=F("advance__amount_fen") - paid_back)

    @admin.display(description=gettext_lazy("claim"))
    def number(self, dispute):
        return dispute.advance.claim.number

    @admin.display(description=gettext_lazy("claim"))
    def claim_link(self, dispute):
        return link_to(dispute.advance.claim)

    @admin.display(description=gettext_lazy("page"))
    def page(self, dispute):
        return link(reverse("claims:dispute_detail", args=[dispute.pk]), _("Open"))
