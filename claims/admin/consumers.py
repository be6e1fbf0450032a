"""Consumers by their masked columns; clear text is shown by the station page that asks for a reason."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import NOTHING, lines, link, link_to, moment_column
from claims.admin.filters import PlaceFilter
from claims.models import Claim, Consumer
from claims.queries.consumers import consumers_found

CLAIMS_SHOWN = 20


@admin.register(Consumer)
class ConsumerAdmin(ReadOnlyAdmin):
    list_display = (
        "name_masked",
        "phone_masked",
        "station",
        "kind",
        moment_column("created_at", gettext_lazy("known since")),
    )
    list_select_related = ("station",)
    list_filter = ("is_city_buyer", PlaceFilter)
    search_fields = ("phone_masked",)
    search_help_text = gettext_lazy("Whole phone number, or the beginning of the name")
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "name_masked",
        "phone_masked",
        "address_masked",
        "account_masked",
        "dialect",
        "station",
        "kind",
        "created_at",
        "erased_at",
        "claims",
        "clear_text",
    )

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=consumers_found(search_term).order_by().values("pk")), False

    @admin.display(description=gettext_lazy("who it is"))
    def kind(self, consumer):
        return _("City buyer") if consumer.is_city_buyer else _("Villager")

    @admin.display(description=gettext_lazy("claims"))
    def claims(self, consumer):
        latest = Claim.objects.filter(consumer=consumer).order_by("-filed_at", "-id")[:CLAIMS_SHOWN]
        return lines(link_to(claim) for claim in latest) or NOTHING

    @admin.display(description=gettext_lazy("name and phone in full"))
    def clear_text(self, consumer):
        if consumer.erased_at is not None:
            return NOTHING
        return link(reverse("claims:consumer_reveal", args=[consumer.pk]), _("Show, with a reason"))
