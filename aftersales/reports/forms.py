"""What the platform is asked for when a period is frozen, corrected or published."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.lib.periods import Period
from aftersales.reports.freezing import LEAST_REASON, REASON_SIGNS
from aftersales.reports.publishing import FOREWORD_SIGNS
from aftersales.web.service_forms import LineField, NoteField, ServiceForm


class FreezeForm(ServiceForm):
    """Which month or quarter is closed."""

    period = forms.ChoiceField(label=_("Period"))

    fields_by_code = {"not_over": "period", "period_kind": "period", "not_counted": "period"}

    def __init__(self, *args, periods: list[Period], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [(period.name, period.name) for period in periods]

    def clean_period(self) -> Period:
        return Period.named(self.cleaned_data["period"])


class CorrectForm(ServiceForm):
    """Why a frozen report is corrected."""

    reason = LineField(
        label=_("Reason of the correction"),
        min_length=LEAST_REASON,
        max_length=REASON_SIGNS,
        help_text=_("Everybody who reads the new edition sees it. No personal data."),
    )

    fields_by_code = {"reason": "reason"}


class PublishForm(ServiceForm):
    """The words in front of a published report."""

    foreword = NoteField(
        label=_("Foreword"),
        required=False,
        max_length=FOREWORD_SIGNS,
        help_text=_("In plain words, for everybody. No personal data."),
    )

    fields_by_code = {"too_long": "foreword"}
