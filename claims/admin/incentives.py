"""Incentives and their payments as rows: they fall due by a task and are paid on their own pages."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, link, link_to, moment_column, money_column
from claims.models import Incentive, IncentiveBatch
from claims.models.incentives import BatchState, IncentiveState

TONES = {
    IncentiveState.DUE: "info",
    IncentiveState.PAID: "good",
    IncentiveState.CANCELLED: "neutral",
    BatchState.PROPOSED: "warn",
    BatchState.CONFIRMED: "good",
}


@admin.register(Incentive)
class IncentiveAdmin(ReadOnlyAdmin):
    list_display = (
        "claim_link",
        "agent",
        "station",
        money_column("amount_fen", _("amount")),
        "month_shown",
        "score",
        "state_shown",
    )
    list_select_related = ("claim", "agent__user", "station")
    list_filter = ("state",)
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=_("claim"))
    def claim_link(self, incentive):
        return link_to(incentive.claim)

    @admin.display(description=_("month"))
    def month_shown(self, incentive):
        return f"{incentive.month:%Y-%m}"

    @admin.display(description=_("state"))
    def state_shown(self, incentive):
        return badge(incentive.get_state_display(), TONES[incentive.state])


@admin.register(IncentiveBatch)
class IncentiveBatchAdmin(ReadOnlyAdmin):
    list_display = (
        "month_shown",
        "fund",
        money_column("amount_fen", _("amount")),
        "count",
        "state_shown",
        "proposed_by",
        moment_column("proposed_at", _("put together")),
        "decided_by",
        "page",
    )
    list_select_related = ("fund", "proposed_by", "decided_by")
    list_filter = ("state",)
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=_("month"))
    def month_shown(self, batch):
        return f"{batch.month:%Y-%m}"

    @admin.display(description=_("state"))
    def state_shown(self, batch):
        return badge(batch.get_state_display(), TONES[batch.state])

    @admin.display(description=_("page"))
    def page(self, batch):
        return link(reverse("claims:incentive_batch", args=[batch.pk]), _("Who gets what"))
