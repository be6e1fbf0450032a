"""Recording hours of learning, putting them right, and naming mentors."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import DayField, KeyedForm, LineField, ServiceForm
from training.forms.people import PeopleField, PeopleFilterForm, PersonField
from training.models.choices import HourKindChoices
from training.rules.hours import BY_HAND, MAX_ENTRY_MINUTES
from training.services.hours import NOTE_SIGNS
from training.services.mentorships import NOTE_SIGNS as MENTOR_NOTE_SIGNS


class RecordForm(KeyedForm):
    """Minutes of learning for one person or many."""

    people = PeopleField(label=_("People"), error_messages={"required": _("Choose at least one person.")})
    day = DayField(label=_("Day"), initial=timezone.localdate)
    minutes = forms.IntegerField(
        label=_("Minutes for each"), min_value=1, max_value=MAX_ENTRY_MINUTES, initial=60
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(kind.value, HourKindChoices(kind).label) for kind in BY_HAND]
    )
    note = LineField(
        label=_("What was learned, and where"), max_length=NOTE_SIGNS, help_text=_("No names of consumers.")
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people


class CorrectForm(ServiceForm):
    """How many minutes should have been counted, and why."""

    minutes = forms.IntegerField(label=_("Minutes that are right"), min_value=0, max_value=MAX_ENTRY_MINUTES)
    note = LineField(label=_("Reason"), max_length=NOTE_SIGNS)


class LedgerFilterForm(PeopleFilterForm):
    """What narrows the ledger."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("all")), *HourKindChoices.choices], required=False
    )
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), required=False)


class MentorForm(ServiceForm):
    """Who looks after whom from which day."""

    mentor = PersonField(label=_("Mentor"), help_text=_("Somebody whose certificate is valid today."))
    trainee = PersonField(label=_("Trainee"), help_text=_("Somebody without a mentor."))
    from_on = DayField(label=_("From"), initial=timezone.localdate)
    note = LineField(label=_("Note"), max_length=MENTOR_NOTE_SIGNS, required=False)

    def __init__(self, *args, mentors, trainees, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mentor"].queryset = mentors
        self.fields["trainee"].queryset = trainees


class MentorEndForm(ServiceForm):
    """The last day."""

    until_on = DayField(label=_("Last day"), initial=timezone.localdate)
