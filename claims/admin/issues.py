"""The issue library, which the platform keeps, and the diagnoses by phone that point to it."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin_columns import badge, link, moment_column
from aftersales.web.admin_filters import InUseFilter
from claims.admin.filters import PlaceOfClaimFilter
from claims.admin.of_claim import OfClaimAdmin
from claims.admin.platform_lists import PlatformListAdmin, retirement_actions
from claims.forms.diagnoses import IssueForm, IssueReasonForm, IssueWordsForm
from claims.models import Diagnosis, Issue
from claims.services import issues
from claims.views.diagnosis_words import TONES


@admin.register(Issue)
class IssueAdmin(PlatformListAdmin):
    """Written by services, so that every change of the words that agents read is in the trail."""

    list_display = ("code", "goods_type", "appliance", "symptom", "cause", "root_cause", "stands_at")
    list_filter = (InUseFilter, "goods_type", "appliance", "root_cause")
    search_fields = ("code", "symptom", "cause")
    search_help_text = gettext_lazy("Symptom, cause or code")
    ordering = ("goods_type", "appliance", "code")
    fields = readonly_fields = (
        "code",
        "goods_type",
        "appliance",
        "symptom",
        "cause",
        "root_cause",
        "solution",
        "stands_at",
        "steps",
    )
    actions = retirement_actions(
        issues,
        "issue",
        IssueReasonForm,
        retire=gettext_lazy("Take out of use"),
        restore=gettext_lazy("Put back into use"),
    )
    service = issues
    new_form, words_form = IssueForm, IssueWordsForm
    add_title, change_title = gettext_lazy("Add a known fault"), gettext_lazy("Word it otherwise")

    @admin.display(description=gettext_lazy("state"))
    def stands_at(self, issue):
        return badge(_("no longer in use"), "neutral") if issue.retired_at else badge(_("in use"), "good")

    @admin.display(description=gettext_lazy("steps"))
    def steps(self, issue):
        return self.details_link(issue)


@admin.register(Diagnosis)
class DiagnosisAdmin(OfClaimAdmin):
    list_display = (
        "claim_link",
        "appliance",
        "result",
        "issue",
        "by",
        moment_column("at", gettext_lazy("when")),
    )
    list_select_related = ("claim", "issue", "by")
    list_filter = ("advice", "appliance", PlaceOfClaimFilter)
    fields = readonly_fields = (
        "claim_link",
        "round",
        "appliance",
        "checklist",
        "result",
        "issue",
        "note",
        "by",
        moment_column("at", gettext_lazy("when")),
        "page",
    )

    @admin.display(description=gettext_lazy("result"))
    def result(self, diagnosis):
        return badge(diagnosis.get_advice_display(), TONES[diagnosis.advice])

    @admin.display(description=gettext_lazy("questions and answers"))
    def page(self, diagnosis):
        return link(reverse("claims:diagnosis_detail", args=[diagnosis.pk]), _("What was said"))
