"""Saying when somebody makes visits: the week as a grid, days away, a window of one day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, ServiceForm
from claims.models.availability import Weekday
from claims.queries.availability import mark_of
from claims.rules.visits import MOST_SEATS, WINDOW, WINDOW_STARTS
from claims.rules.windows import WeekWindow

REASON_SIGNS = 100
SEATS = [(0, "–"), *((number, str(number)) for number in range(1, MOST_SEATS + 1))]
NAMES = {(day, at): f"w{day}_{at:%H%M}" for day in Weekday.values for at in WINDOW_STARTS}
WINDOW_HOURS = int(WINDOW / timedelta(hours=1))
WINDOWS = [(f"{at:%H:%M}", f"{at:%H:%M}–{at.hour + WINDOW_HOURS:02d}:{at:%M}") for at in WINDOW_STARTS]


class ComingDayField(forms.DateField):
    """A day that is still to come; how far ahead it may lie is a matter of the service."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    input_formats = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d")


class WeekForm(ServiceForm):
    """How many visits are made in each window of the week; "–" for none. Carries the week it was made from,
    so that nobody overwrites what somebody else has said meanwhile."""

    known = forms.CharField(widget=forms.HiddenInput, required=False, max_length=600)

    def __init__(self, data=None, *, week: Iterable[WeekWindow], proposed: Iterable[WeekWindow] = ()):
        shown = {(each.weekday, each.starts): each.seats for each in proposed or week}
        initial = {NAMES[key]: seats for key, seats in shown.items() if key in NAMES}
        super().__init__(data, initial={"known": mark_of(week), **initial})
        for (day, at), name in NAMES.items():
            self.fields[name] = forms.TypedChoiceField(
                label=f"{Weekday(day).label} {at:%H:%M}",
                choices=SEATS,
                coerce=int,
                empty_value=0,
                required=False,
            )

    def rows(self):
        """Each day with the fields of its windows, as the grid shows them."""
        for day in Weekday:
            yield day.label, [self[NAMES[day.value, at]] for at in WINDOW_STARTS]

    @property
    def windows(self) -> list[WeekWindow]:
        """The week that was chosen."""
        return [
            WeekWindow(day, at, seats)
            for (day, at), name in NAMES.items()
            if (seats := self.cleaned_data[name])
        ]

    def renew(self, week: Iterable[WeekWindow]) -> None:
        """Let the same choice be sent again, knowing what the week is now."""
        self.data = self.data.copy()
        self.data["known"] = mark_of(week)


class AwayForm(ServiceForm):
    """From when to when somebody is away."""

    first = ComingDayField(label=_("Away from"))
    last = ComingDayField(label=_("Until and including"), required=False, help_text=_("Empty: this one day."))
    reason = LineField(
        label=_("Reason"),
        max_length=REASON_SIGNS,
        required=False,
        help_text=_("For example: training. Nothing about health."),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("first") and not cleaned.get("last"):
            cleaned["last"] = cleaned["first"]
        return cleaned


class ExtraForm(ServiceForm):
    """One window of one day, and how many visits are made in it."""

    day = ComingDayField(label=_("Day"))
    starts = forms.TypedChoiceField(label=_("Window"), choices=WINDOWS, coerce=time.fromisoformat)
    seats = forms.TypedChoiceField(label=_("Visits in the window"), choices=SEATS[1:], coerce=int, initial=1)
