"""Forms about the working calendar and opening hours: one day, the notice of a year, new hours."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, NoteField, ServiceForm
from stations.models import WorkCalendarDay
from stations.models.calendar import DayKind
from stations.queries.calendar import holiday_label
from stations.rules.calendar import HOLIDAYS, HolidayPeriod, fits
from stations.services.opening_hours import HOURS

NAME_LENGTH = WorkCalendarDay._meta.get_field("holiday_name").max_length
SOURCE_LENGTH = WorkCalendarDay._meta.get_field("source").max_length
REASON_LENGTH = 200
MAKEUP_LENGTH = 100
BETWEEN_DAYS = re.compile(r"[\s,，、;；]+")
PROGRAMME = "programme"
"""What the form sends for the whole programme, which has no county code."""


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DayForm(ServiceForm):
    """What one day of the calendar is, and why it changes."""

    kind = forms.ChoiceField(label=_("Kind of day"))
    holiday_name = LineField(
        label=_("Holiday"),
        max_length=NAME_LENGTH,
        required=False,
        help_text=_("In Chinese, as the notice names it; also for the day that is worked for it."),
    )
    source = LineField(
        label=_("Notice"), max_length=SOURCE_LENGTH, required=False, help_text=_("Its address or number.")
    )
    reason = NoteField(label=_("Reason"), max_length=REASON_LENGTH)

    def __init__(self, *args, day: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [choice for choice in DayKind.choices if fits(choice[0], day)]


class NoticeForm(ServiceForm):
    """The official notice of a year: from when to when each holiday is off, and which weekends are worked."""

    source = LineField(
        label=_("Address or number of the notice"),
        max_length=SOURCE_LENGTH,
        help_text=_("Notice of the General Office of the State Council on the holidays of the year."),
    )

    def __init__(self, *args, periods: list[HolidayPeriod], **kwargs):
        super().__init__(*args, **kwargs)
        known = {name: period for period in periods for name in period.holiday.split("、")[:1]}
        for number, name in enumerate(HOLIDAYS):
            period = known.get(name)
            self.fields |= {
                f"first_{number}": forms.DateField(
                    label=_("First day off"),
                    required=False,
                    widget=day_input(),
                    initial=period and period.first,
                ),
                f"last_{number}": forms.DateField(
                    label=_("Last day off"),
                    required=False,
                    widget=day_input(),
                    initial=period and period.last,
                ),
                f"makeup_{number}": LineField(
                    label=_("Make-up working days"),
                    required=False,
                    max_length=MAKEUP_LENGTH,
                    initial=period and ", ".join(map(str, period.makeup_days)),
                ),
            }

    def rows(self):
        """Each holiday with its three fields, for the page."""
        for number, name in enumerate(HOLIDAYS):
            parts = (self[f"{part}_{number}"] for part in ("first", "last", "makeup"))
            yield holiday_label(name), tuple(parts)

    def clean(self):
        cleaned = super().clean()
        periods = []
        for number, name in enumerate(HOLIDAYS):
            first, last = cleaned.get(f"first_{number}"), cleaned.get(f"last_{number}")
            makeup = self._days(f"makeup_{number}")
            if first and last:
                periods.append(HolidayPeriod(name, first, last, makeup))
            elif first or last or makeup:
                self.add_error(
                    f"last_{number}" if first else f"first_{number}",
                    ValidationError(_("Give the first and the last day, or leave the holiday empty.")),
                )
        self.periods = periods
        return cleaned

    def _days(self, field: str) -> tuple[date, ...]:
        texts = filter(None, BETWEEN_DAYS.split(self.cleaned_data.get(field) or ""))
        try:
            return tuple(date.fromisoformat(text) for text in texts)
        except ValueError:
            self.add_error(field, ValidationError(_("Write days like 2026-02-14, with commas between them.")))
            return ()


class HoursForm(ServiceForm):
    """New opening hours of a county or of the programme."""

    county_code = forms.ChoiceField(label=_("Where it counts"))
    valid_from = forms.DateField(
        label=_("Valid from"),
        widget=day_input(),
        help_text=_("Clocks that run already keep the hours they were started with."),
    )
    opens_at = forms.TimeField(label=_("Opens"))
    noon_closes_at = forms.TimeField(label=_("Closes at noon"), required=False)
    noon_opens_at = forms.TimeField(label=_("Opens after noon"), required=False)
    closes_at = forms.TimeField(label=_("Closes"))

    def __init__(self, *args, counties, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["county_code"].choices = counties
        for name in HOURS:
            self.fields[name].widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})

    def clean_county_code(self) -> str:
        code = self.cleaned_data["county_code"]
        return "" if code == PROGRAMME else code
