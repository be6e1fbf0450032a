"""Background work in the admin: looked at, and decided about where a job was given up.

The tables of the task queue itself are not opened here: a schedule names a function, so adding one would be
running any code.
"""

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.integration import subscription_queries
from aftersales.ops import jobs, overview
from aftersales.ops.models import JobRun
from aftersales.web import formats
from aftersales.web.admin import ReadOnlyAdmin, ServiceAction
from aftersales.web.admin_columns import NOTHING, badge, moment_column
from aftersales.web.admin_filters import DefaultFilter
from aftersales.web.service_forms import NoteField

State = JobRun.State
TONES = {
    State.WAITING: "wait",
    State.RUNNING: "info",
    State.FAILED: "warn",
    State.DONE: "good",
    State.OVERTAKEN: "neutral",
    State.DEAD: "bad",
    State.SET_ASIDE: "neutral",
}


ERRORS = {"killed": _("its process was killed"), "timeout": _("took too long")}


class ReasonForm(forms.Form):
    """Why a job is released or set aside."""

    reason = NoteField(label=_("Reason"), max_length=200, min_length=jobs.SHORTEST_REASON)


class StateFilter(DefaultFilter):
    """What somebody has to look at, unless everything is asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("open", _("Not finished or given up")), *State.choices, ("all", _("All"))]

    def queryset(self, request, queryset):
        if self.value() == "open":
            return queryset.filter(state__in=[*JobRun.OPEN, State.DEAD])
        return queryset if self.value() == "all" else queryset.filter(state=self.value())


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    change_list_template = "admin/ops/jobrun/change_list.html"
    list_display = (
        "what",
        "which",
        "ids",
        "state_shown",
        "attempts",
        moment_column("started_at", _("last begun")),
        "error",
    )
    list_filter = (StateFilter,)
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "what",
        "which",
        "ids",
        "state_shown",
        "attempts",
        "error",
        moment_column("created_at", _("first begun")),
        moment_column("started_at", _("last begun")),
        moment_column("finished_at", _("ended at")),
    )
    actions = [
        ServiceAction(
            "release",
            _("Release to run again"),
            permission="ops.release_job",
            service=jobs.release,
            argument="job",
            form=ReasonForm,
        ),
        ServiceAction(
            "set_aside",
            _("Set aside for good"),
            permission="ops.release_job",
            service=jobs.set_aside,
            argument="job",
            form=ReasonForm,
            is_dangerous=True,
        ),
    ]

    @admin.display(description=_("task"))
    def what(self, row):
        return overview.task_name(row.task)

    @admin.display(description=_("which"))
    def which(self, row):
        return formats.moment(row.planned_at) or row.key

    @admin.display(description=_("last error"))
    def error(self, row):
        return ERRORS.get(row.last_error, row.last_error) or NOTHING

    @admin.display(description=_("ids"))
    def ids(self, row):
        return ", ".join(str(each) for each in row.arguments) or NOTHING

    @admin.display(description=_("state"))
    def state_shown(self, row):
        return badge(row.get_state_display(), TONES[row.state])

    def changelist_view(self, request, extra_context=None):
        now = timezone.now()
        context = {
            "queue": overview.queue(now=now),
            "signs": overview.signs(now=now),
            "plans": overview.plans(),
            "failures": overview.failures(),
            "outbox": subscription_queries.outbox(now=now),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})
