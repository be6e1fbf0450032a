"""Choosing people: the boxes that narrow a list of them, and days."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, RowsField
from stations.models import Agent, Station
from training.queries.learners import places


class DayField(forms.DateField):
    """A day from a calendar control."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


class PeopleFilterForm(forms.Form):
    """What narrows a list of people: words, and a place with the points under it."""

    q = LineField(
        label=_("Name or station"),
        max_length=60,
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "enterkeyhint": "search", "placeholder": _("Name or station")}
        ),
    )
    place = forms.ModelChoiceField(
        Station._base_manager.none(), label=_("Place"), required=False, empty_label=_("everywhere")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places()

    @property
    def wanted(self) -> dict:
        """What was asked for; what cannot be read is as if it had not been asked for."""
        self.is_valid()
        return self.cleaned_data


class PeopleField(RowsField):
    """Several people posted in reach, with a box each."""

    def __init__(self, **kwargs):
        super().__init__(queryset=Agent._base_manager.none(), widget=forms.CheckboxSelectMultiple, **kwargs)

    def label_from_instance(self, agent: Agent) -> str:
        return f"{agent.user.full_name} · {agent.station.name}"


class PersonField(forms.ModelChoiceField):
    """One person posted in reach."""

    def __init__(self, **kwargs):
        super().__init__(queryset=Agent._base_manager.none(), **kwargs)

    def label_from_instance(self, agent: Agent) -> str:
        return f"{agent.user.full_name} · {agent.station.name}"
