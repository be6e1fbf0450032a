"""Clocks of claims, what made them stand still, what ran out, and who held the claim when. To be read."""

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ServiceAction
from aftersales.web.admin_columns import NOTHING, badge, moment_column
from claims.admin.filters import PlaceOfClaimFilter
from claims.admin.of_claim import OfClaimAdmin
from claims.models import ClaimClock, Escalation, Holding, Pause
from claims.models.clocks import ClockOutcome, EscalationStep
from claims.queries.work_lists import HasFailed
from claims.services import sweep

OUTCOME_TONES = {
    ClockOutcome.RUNNING: "info",
    ClockOutcome.MET: "good",
    ClockOutcome.LATE: "bad",
    ClockOutcome.VOID: "neutral",
}
STEP_TONES = {EscalationStep.WARNED: "warn", EscalationStep.RAN_OUT: "bad"}


class AlarmFilter(SimpleListFilter):
    """Clocks that run, those overdue, and those whose alarm failed."""

    title = gettext_lazy("alarm")
    parameter_name = "alarm"
    FAILED, OVERDUE, RUNNING = "failed", "overdue", "running"

    def lookups(self, request, model_admin):
        return [
            (self.RUNNING, _("Running")),
            (self.OVERDUE, _("Overdue")),
            (self.FAILED, _("Alarm failed")),
        ]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        running = queryset.filter(outcome=ClockOutcome.RUNNING)
        if self.value() == self.FAILED:
            return running.filter(HasFailed("alarm_tries"))
        return running.filter(due_at__lt=timezone.now()) if self.value() == self.OVERDUE else running


@admin.register(ClaimClock)
class ClaimClockAdmin(OfClaimAdmin):
    list_display = (
        "claim_link",
        "clock",
        "level",
        "how_it_ended",
        moment_column("started_at", gettext_lazy("started")),
        moment_column("due_at", gettext_lazy("fell due")),
        moment_column("stopped_at", gettext_lazy("stopped")),
        "alarm_tries",
    )
    list_filter = (AlarmFilter, "outcome", "clock", "family", "level", PlaceOfClaimFilter)
    actions = (
        ServiceAction(
            "retry_alarms",
            gettext_lazy("Try the alarms of the claim again"),
            permission="claims.retry_alarms",
            service=sweep.retry_alarms,
            argument="clock",
        ),
    )
    fields = readonly_fields = (
        "claim_link",
        "clock",
        "family",
        "round",
        "level",
        "turn",
        "rule",
        "how_it_ended",
        "started_at",
        "due_at",
        "warn_at",
        "is_provisional",
        "is_paused",
        "stopped_at",
        "warned_at",
        "run_out_at",
        "next_alarm_at",
        "alarm_tries",
        "alarm_error",
    )

    @admin.display(description=gettext_lazy("outcome"))
    def how_it_ended(self, clock):
        return badge(clock.get_outcome_display(), OUTCOME_TONES[ClockOutcome(clock.outcome)])


@admin.register(Pause)
class PauseAdmin(OfClaimAdmin):
    list_select_related = ("claim", "by")
    list_display = (
        "claim_link",
        "reason",
        moment_column("from_at", gettext_lazy("from")),
        moment_column("longest_until", gettext_lazy("at the latest until")),
        moment_column("until_at", gettext_lazy("until")),
        "ended_by_itself",
        "by",
    )
    list_filter = ("reason", "ended_by_itself", PlaceOfClaimFilter)
    fields = readonly_fields = (
        "claim_link",
        "round",
        "reason",
        "note",
        "from_at",
        "longest_until",
        "until_at",
        "ended_by_itself",
        "by",
        "ended_by",
    )


@admin.register(Holding)
class HoldingAdmin(OfClaimAdmin):
    list_select_related = ("claim", "station", "handler", "by")
    list_display = (
        "claim_link",
        "level",
        "station",
        "handler",
        "because",
        moment_column("from_at", gettext_lazy("from")),
        moment_column("taken_over_at", gettext_lazy("taken over")),
        moment_column("until_at", gettext_lazy("until")),
    )
    list_filter = ("because", "level", PlaceOfClaimFilter)
    fields = readonly_fields = (
        "claim_link",
        "round",
        "level",
        "turn",
        "station",
        "handler",
        "because",
        "clock",
        "reason",
        "by",
        "from_at",
        "taken_over_at",
        "until_at",
    )


@admin.register(Escalation)
class EscalationAdmin(OfClaimAdmin):
    list_select_related = ("claim", "from_station", "to_station", "handler")
    list_display = (
        "claim_link",
        "clock",
        "what",
        "level",
        "where_to",
        "handler",
        moment_column("due_at", gettext_lazy("fell due")),
        moment_column("at", gettext_lazy("took effect")),
    )
    list_filter = ("step", "clock", "level", "climbed_to", PlaceOfClaimFilter)
    fields = readonly_fields = (
        "claim_link",
        "clock",
        "what",
        "round",
        "level",
        "turn",
        "from_station",
        "climbed_to",
        "to_station",
        "handler",
        "due_at",
        "at",
    )

    @admin.display(description=gettext_lazy("step"))
    def what(self, escalation):
        return badge(escalation.get_step_display(), STEP_TONES[EscalationStep(escalation.step)])

    @admin.display(description=gettext_lazy("climbed to"))
    def where_to(self, escalation):
        if escalation.climbed_to is None:
            return NOTHING
        return escalation.to_station or escalation.get_climbed_to_display()
