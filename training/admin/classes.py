"""Village classes and the log of publicity as rows: planned, held and recorded on their own pages."""

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, link, moment_column
from aftersales.web.admin_filters import YesNoFilter
from training.models import Publicity, VillageClass
from training.views.class_words import marked


class CountsFilter(YesNoFilter):
    """Lines that count, and those that were withdrawn."""

    title = _("counts or withdrawn")
    parameter_name = "withdrawn"
    condition = Q(withdrawn_at__isnull=False)
    yes, no = pgettext_lazy("publicity", "Withdrawn"), pgettext_lazy("publicity", "Counts")


@admin.register(VillageClass)
class VillageClassAdmin(ReadOnlyAdmin):
    list_display = (
        "title_link",
        "station",
        moment_column("starts_at", _("begins")),
        "who_teaches",
        "how_it_stands",
        "attended",
    )
    list_select_related = ("station", "teacher")
    list_filter = ("state", "month")
    search_fields = ("title", "station__name")
    search_help_text = _("Subject or station")
    ordering = ("-starts_at", "-id")
    sortable_by = ()
    fields = readonly_fields = (
        "title_link",
        "station",
        "month",
        "starts_at",
        "minutes",
        "place",
        "who_teaches",
        "article",
        "how_it_stands",
        "attended",
        "report",
        "cancelled_reason",
        "planned_by",
        "planned_at",
        "ended_at",
    )

    @admin.display(description=_("subject"))
    def title_link(self, row):
        return link(reverse("training:class_detail", args=[row.pk]), row.title)

    @admin.display(description=_("who teaches"))
    def who_teaches(self, row):
        return str(row.teacher)

    @admin.display(description=_("state"))
    def how_it_stands(self, row):
        shown = marked(row, timezone.now())
        return badge(shown.standing, shown.tone)


@admin.register(Publicity)
class PublicityAdmin(ReadOnlyAdmin):
    list_display = ("day", "station", "kind", "what", "reached", "by", "counts")
    list_select_related = ("station", "by")
    list_filter = ("kind", CountsFilter)
    search_fields = ("what", "station__name")
    search_help_text = _("What was told, or station")
    ordering = ("-day", "-id")
    sortable_by = ()
    fields = readonly_fields = (
        "day",
        "station",
        "kind",
        "what",
        "reached",
        "by",
        "at",
        "counts",
        "withdrawn_at",
    )

    @admin.display(description=_("state"))
    def counts(self, line):
        return (
            badge(pgettext_lazy("publicity", "Withdrawn"), "neutral")
            if line.withdrawn_at
            else badge(pgettext_lazy("publicity", "Counts"), "good")
        )
