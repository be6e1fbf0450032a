"""The issue library, which the platform keeps, and the diagnoses by phone that point to it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ReadOnlyAdmin, ServiceAction
from aftersales.web.admin_columns import badge, link, moment_column
from claims.admin.filters import PlaceOfClaimFilter
from claims.admin.of_claim import OfClaimAdmin
from claims.forms.diagnoses import IssueForm, IssueReasonForm, IssueWordsForm
from claims.models import Diagnosis, Issue
from claims.services import issues
from claims.services.issues import FIELDS
from claims.views.diagnosis_words import TONES
from stations.access.guards import may_throughout

CHANGE = "claims.change_issue"


class UseFilter(admin.SimpleListFilter):
    title = gettext_lazy("in use or not")
    parameter_name = "use"

    def lookups(self, request, model_admin):
        return [("yes", _("In use")), ("no", _("No longer in use"))]

    def queryset(self, request, queryset):
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(retired_at__isnull=self.value() == "yes")


@admin.register(Issue)
class IssueAdmin(ReadOnlyAdmin):
    """Written by services, so that every change of the words that agents read is in the trail."""

    list_display = ("code", "goods_type", "appliance", "symptom", "cause", "root_cause", "stands_at")
    list_filter = (UseFilter, "goods_type", "appliance", "root_cause")
    search_fields = ("code", "symptom", "cause")
    search_help_text = gettext_lazy("Symptom, cause or code")
    ordering = ("goods_type", "appliance", "code")
    sortable_by = ()
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
    actions = [
        ServiceAction(
            name,
            label,
            permission=CHANGE,
            service=service,
            argument="issue",
            form=IssueReasonForm,
            is_dangerous=is_dangerous,
        )
        for name, label, service, is_dangerous in (
            ("retire", gettext_lazy("Take out of use"), issues.retire, True),
            ("restore", gettext_lazy("Put back into use"), issues.restore, False),
        )
    ]

    def get_urls(self):
        view = self.admin_site.admin_view(self.details_view)
        return [path("<path:object_id>/details/", view, name="claims_issue_details"), *super().get_urls()]

    def get_actions(self, request):
        return super().get_actions(request) if may_throughout(request.user, CHANGE) else {}

    def has_add_permission(self, request):
        return may_throughout(request.user, "claims.add_issue")

    @admin.display(description=gettext_lazy("state"))
    def stands_at(self, issue):
        return badge(_("no longer in use"), "neutral") if issue.retired_at else badge(_("in use"), "good")

    @admin.display(description=gettext_lazy("steps"))
    def steps(self, issue):
        return link(reverse("admin:claims_issue_details", args=[issue.pk]), _("Word it otherwise"))

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = IssueForm(request.POST if request.method == "POST" else None)
        if (
            form.is_bound
            and form.is_valid()
            and form.call(issues.add, by=request.user, now=timezone.now(), **form.cleaned_data)
        ):
            return redirect("admin:claims_issue_change", form.result.pk)
        return self.service_page(request, form, title=_("Add a known fault"), button=_("Save"))

    def details_view(self, request, object_id):
        if not may_throughout(request.user, CHANGE):
            raise PermissionDenied
        issue = self.get_object(request, object_id)
        if issue is None:
            raise Http404
        form = IssueWordsForm(
            request.POST if request.method == "POST" else None,
            initial={name: getattr(issue, name) for name in FIELDS},
        )
        if (
            form.is_bound
            and form.is_valid()
            and form.call(
                issues.change, issue=issue, by=request.user, now=timezone.now(), **form.cleaned_data
            )
        ):
            self.message_user(request, _("Saved."), messages.SUCCESS)
            return redirect("admin:claims_issue_change", issue.pk)
        return self.service_page(request, form, title=_("Word it otherwise"), button=_("Save"), row=issue)


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
