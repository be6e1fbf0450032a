"""Offers of claims to people: what was asked of whom, and what came of it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import NOTHING, badge, lines, link_to, moment_column
from claims.admin.filters import PlaceOfClaimFilter
from claims.models import Offer
from claims.models.dispatch import OfferState
from claims.views.dispatch_words import OFFER_TONES, reasons


@admin.register(Offer)
class OfferAdmin(ReadOnlyAdmin):
    list_display = (
        "claim_link",
        "person",
        "how_it_stands",
        "level",
        "rank",
        "score",
        moment_column("offered_at", gettext_lazy("offered")),
        moment_column("answer_by", gettext_lazy("answer by")),
        "decline_reason",
    )
    list_select_related = ("claim", "person")
    list_filter = ("state", "decline_reason", "level", PlaceOfClaimFilter)
    search_fields = ("claim__number", "person__full_name")
    search_help_text = gettext_lazy("Claim number or name of the person")
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "claim_link",
        "person",
        "how_it_stands",
        "level",
        "round",
        "rank",
        "score",
        "why",
        "offered_at",
        "answer_by",
        "answered_at",
        "decline_reason",
        "note",
        "by",
    )

    @admin.display(description=gettext_lazy("claim"))
    def claim_link(self, offer):
        return link_to(offer.claim)

    @admin.display(description=gettext_lazy("state"))
    def how_it_stands(self, offer):
        return badge(offer.get_state_display(), OFFER_TONES[OfferState(offer.state)])

    @admin.display(description=gettext_lazy("reasons"))
    def why(self, offer):
        return lines(reasons(offer.reasons)) or NOTHING
