"""Repairs, listed losses, inspections and refunds by merchants, as they were written down on the pages."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from aftersales.web.admin_columns import link_to, moment_column, money_column
from claims.admin.filters import PlaceFilter
from claims.admin.of_claim import OfClaimAdmin
from claims.models import Inspection, LossLine, MerchantRefund, Repair


@admin.register(Repair)
class RepairAdmin(OfClaimAdmin):
    list_display = (
        "attempt",
        "claim_link",
        "fault",
        "began_on",
        "ended_on",
        "outcome",
        "provider",
        money_column("cost_fen", _("cost")),
        "station",
    )
    list_select_related = ("claim", "provider", "station")
    list_filter = ("outcome", PlaceFilter)


@admin.register(LossLine)
class LossLineAdmin(OfClaimAdmin):
    list_display = (
        "words",
        "claim_link",
        "kind",
        money_column("amount_fen", _("amount")),
        "evidence",
        "station",
        moment_column("added_at", _("added")),
    )
    list_select_related = ("claim", "station")
    list_filter = ("kind", PlaceFilter)


@admin.register(Inspection)
class InspectionAdmin(OfClaimAdmin):
    list_display = ("sample", "claim_link", "body", "sent_on", "result", "value", "result_on", "station")
    list_select_related = ("claim", "body", "station")
    list_filter = ("result", PlaceFilter)


@admin.register(MerchantRefund)
class MerchantRefundAdmin(OfClaimAdmin):
    list_display = (
        "reference",
        "claim_link",
        "merchant",
        money_column("amount_fen", _("amount")),
        "station",
        moment_column("noted_at", _("noted")),
    )
    list_select_related = ("compensation__claim", "merchant", "station")
    search_fields = ("compensation__claim__number__exact",)

    @admin.display(description=_("claim"))
    def claim_link(self, refund):
        return link_to(refund.compensation.claim)
