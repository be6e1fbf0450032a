"""Checks, findings, evaluations and measures of improvement. To be read; pages of supervision change them."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import badge, link, link_to, moment_column
from claims.models import Check, CheckItem, Evaluation, Finding, ImprovementMeasure, Rectification
from claims.models.supervision import FINDING_TONES
from claims.views.supervision_words import MEASURE_TONES, figure_name


@admin.register(Check)
class CheckAdmin(ReadOnlyAdmin):
    list_display = (
        "page_link",
        "county_code",
        "kind",
        "department",
        "drawn_from",
        "opened_by",
        moment_column("opened_at", pgettext_lazy("check", "opened")),
        moment_column("closed_at", pgettext_lazy("check", "closed")),
    )
    list_select_related = ("opened_by",)
    list_filter = ("theme", "kind", "department")
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=gettext_lazy("check"))
    def page_link(self, check):
        address = reverse("supervision:check_detail", args=[check.pk])
        return link(address, f"{check.get_theme_display()} {check.period}")


@admin.register(CheckItem)
class CheckItemAdmin(ReadOnlyAdmin):
    list_display = (
        "page_link",
        "claim_link",
        "checked_by",
        moment_column("checked_at", gettext_lazy("checked")),
    )
    list_select_related = ("check_round", "claim", "checked_by")
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=gettext_lazy("check"))
    def page_link(self, item):
        address = reverse("supervision:check_item", args=[item.check_round_id, item.position])
        return link(address, f"{item.check_round} · {item.position}")

    @admin.display(description=gettext_lazy("claim"))
    def claim_link(self, item):
        return link_to(item.claim)


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    list_display = (
        "page_link",
        "county_code",
        "station",
        "severity",
        "how_it_stands",
        "due_on",
        moment_column("found_at", pgettext_lazy("finding", "found")),
    )
    list_select_related = ("station",)
    list_filter = ("state", "severity")
    # The claim itself is behind the page of the check, which asks whether it may be told yet.
    exclude = ("item",)
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=gettext_lazy("finding"))
    def page_link(self, finding):
        return link(reverse("supervision:finding_detail", args=[finding.pk]), str(finding))

    @admin.display(description=gettext_lazy("state"))
    def how_it_stands(self, finding):
        return badge(finding.get_state_display(), FINDING_TONES[finding.state])


@admin.register(Rectification)
class RectificationAdmin(ReadOnlyAdmin):
    list_display = (
        "page_link",
        "county_code",
        "reported_by",
        moment_column("reported_at", gettext_lazy("reported")),
        "is_accepted",
        "judged_by",
        moment_column("judged_at", pgettext_lazy("rectification", "judged")),
    )
    list_select_related = ("finding", "reported_by", "judged_by")
    list_filter = ("is_accepted",)
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=gettext_lazy("finding"))
    def page_link(self, report):
        return link(reverse("supervision:finding_detail", args=[report.finding_id]), str(report.finding))


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    list_display = (
        "page_link",
        "county_code",
        "sha256",
        "made_by",
        moment_column("made_at", gettext_lazy("made")),
    )
    list_select_related = ("made_by",)
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=gettext_lazy("quarterly evaluation"))
    def page_link(self, evaluation):
        return link(reverse("supervision:evaluation_detail", args=[evaluation.pk]), evaluation.quarter)


@admin.register(ImprovementMeasure)
class ImprovementMeasureAdmin(ReadOnlyAdmin):
    list_display = (
        "page_link",
        "county_code",
        "figure_shown",
        "responsible",
        "due_on",
        "how_it_stands",
    )
    list_select_related = ("responsible",)
    list_filter = ("state",)
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=gettext_lazy("measure of improvement"))
    def page_link(self, measure):
        return link(reverse("supervision:evaluation_detail", args=[measure.evaluation_id]), str(measure))

    @admin.display(description=gettext_lazy("figure"))
    def figure_shown(self, measure):
        return figure_name(measure.figure)

    @admin.display(description=gettext_lazy("state"))
    def how_it_stands(self, measure):
        return badge(measure.get_state_display(), MEASURE_TONES[measure.state])
