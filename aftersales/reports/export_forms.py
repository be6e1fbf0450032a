"""What somebody says who wants a list of claims, or decides about one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.lib.periods import Period, PeriodKind
from aftersales.reports.models.exports import ExportForm
from aftersales.web.service_forms import NoteField, ServiceForm

OFFERED = ((PeriodKind.MONTH, _("Months"), 24), (PeriodKind.QUARTER, _("Quarters"), 8))
YEARS = (PeriodKind.YEAR, _("Years"), 3)


class CaseListForm(ServiceForm):
    """Region, period and form of a list of claims."""

    region = forms.ChoiceField(label=_("Region"))
    period = forms.ChoiceField(label=_("Period"))
    form = forms.ChoiceField(
        label=_("Form"),
        choices=[
            (ExportForm.CSV, _("CSV, at most 1,000,000 rows")),
            (ExportForm.XLSX, _("Workbook (XLSX), at most 50,000 rows")),
        ],
        widget=forms.RadioSelect,
        initial=ExportForm.XLSX,
    )

    def __init__(self, *args, places: Sequence[tuple[str, str]], today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = places
        self.fields["period"].choices = periods_offered(today)
        self.fields["period"].initial = Period.of(today, PeriodKind.MONTH).name

    @property
    def wanted(self) -> dict:
        """What the service is asked for."""
        chosen = self.cleaned_data
        return {
            "region_code": chosen["region"],
            "region_name": dict(self.fields["region"].choices)[chosen["region"]].strip("\u3000"),
            "period": Period.named(chosen["period"]),
            "form": chosen["form"],
        }


class RefusalForm(ServiceForm):
    """Why a large list is not made."""

    reason = NoteField(label=_("Reason for refusing"), max_length=300)


def periods_offered(today: date) -> list[tuple]:
    """Months, quarters and years up to today, the newest first, in groups."""
    return [
        (words, [(each.name, each.name) for each in reversed(Period.of(today, kind).back(count))])
        for kind, words, count in (*OFFERED, YEARS)
    ]
