"""What caught the eye at claims: read here, judged on the page of the claim."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, link_to, moment_column
from claims.admin.filters import PlaceFilter
from claims.models import ClaimFlag
from claims.views.flags import TONES


class JudgedFilter(admin.SimpleListFilter):
    title = gettext_lazy("judged or not")
    parameter_name = "judged"

    def lookups(self, request, model_admin):
        return [("no", _("Not judged yet")), ("yes", _("Judged")), ("gone", _("Reason is gone"))]

    def queryset(self, request, queryset):
        if self.value() not in ("no", "yes", "gone"):
            return queryset
        if self.value() == "yes":
            return queryset.exclude(verdict="")
        return queryset.filter(verdict="", lapsed_at__isnull=self.value() == "no")


@admin.register(ClaimFlag)
class ClaimFlagAdmin(ReadOnlyAdmin):
    list_display = (
        "code",
        "claim_link",
        "station",
        moment_column("raised_at", gettext_lazy("noticed")),
        "result",
        "judged_by",
    )
    list_select_related = ("claim", "station", "judged_by")
    list_filter = (JudgedFilter, "code", PlaceFilter)
    search_fields = ("claim__number",)
    search_help_text = gettext_lazy("Claim number")
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "code",
        "claim_link",
        "round",
        "station",
        "raised_at",
        "lapsed_at",
        "result",
        "judged_by",
        "judged_at",
        "note",
        "page",
    )

    @admin.display(description=gettext_lazy("claim"))
    def claim_link(self, flag):
        return link_to(flag.claim)

    @admin.display(description=gettext_lazy("judged"))
    def result(self, flag):
        if flag.lapsed_at:
            return badge(_("reason is gone"), "neutral")
        words = flag.get_verdict_display() if flag.verdict else _("not judged yet")
        return badge(words, TONES[flag.verdict])

    @admin.display(description=gettext_lazy("pictures and verdict"))
    def page(self, flag):
        address = reverse("claims:claim_flags", args=[flag.claim.number])
        return format_html('<a href="{}">{}</a>', address, _("Compare and judge"))
