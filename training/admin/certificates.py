"""Certificates and files of them as rows; issued, revoked and printed on their own pages."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, link, moment_column
from training.forms.certificates import STANDINGS
from training.models import Certificate, CertificatePrint
from training.queries.certificates import in_standing, standing_of
from training.rules.certificates import grouped
from training.views.certificate_prints import TONES
from training.views.certificate_words import STANDING_TONES, STANDING_WORDS


class StandingFilter(admin.SimpleListFilter):
    """Certificates as they stand today."""

    title = gettext_lazy("state")
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [choice for choice in STANDINGS if choice[0]]

    def queryset(self, request, queryset):
        return in_standing(queryset, self.value() or "", timezone.localdate())


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    list_display = (
        "number_link",
        "holder_name",
        "station",
        "issued_on",
        "valid_until",
        "how_it_stands",
        "issued_by",
    )
    list_select_related = ("station", "issued_by")
    list_filter = (StandingFilter,)
    search_fields = ("number__exact", "holder_name")
    search_help_text = gettext_lazy("Number without dashes, or name of the holder")
    ordering = ("-issued_on", "-id")
    sortable_by = ()
    fields = readonly_fields = (
        "number_link",
        "holder_name",
        "user",
        "station",
        "issued_on",
        "valid_until",
        "how_it_stands",
        "sitting",
        "practical",
        "issued_by",
        "renews",
        "shows_name",
        moment_column("consented_at", gettext_lazy("consent given")),
        "reminded_on",
        moment_column("revoked_at", gettext_lazy("revoked")),
        "revoked_by",
        "revoked_reason",
    )

    @admin.display(description=gettext_lazy("certificate number"))
    def number_link(self, certificate):
        url = reverse("training:certificate_detail", args=[certificate.pk])
        return link(url, grouped(certificate.number))

    @admin.display(description=gettext_lazy("state"))
    def how_it_stands(self, certificate):
        standing = standing_of(certificate, timezone.localdate())
        return badge(STANDING_WORDS[standing], STANDING_TONES[standing])


@admin.register(CertificatePrint)
class CertificatePrintAdmin(ReadOnlyAdmin):
    list_display = (
        "page",
        "count",
        "done",
        "how_it_stands",
        "asked_by",
        moment_column("asked_at", gettext_lazy("asked for")),
        moment_column("ended_at", gettext_lazy("ended")),
    )
    list_select_related = ("asked_by",)
    list_filter = ("state",)
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "page",
        "count",
        "done",
        "how_it_stands",
        "problem",
        "sha256",
        "byte_size",
        "asked_by",
        moment_column("asked_at", gettext_lazy("asked for")),
        moment_column("ended_at", gettext_lazy("ended")),
        moment_column("kept_until", gettext_lazy("kept until")),
    )

    @admin.display(description=gettext_lazy("file"))
    def page(self, row):
        return link(reverse("training:print_detail", args=[row.pk]), str(row))

    @admin.display(description=gettext_lazy("state"))
    def how_it_stands(self, row):
        return badge(row.get_state_display(), TONES[row.state])
