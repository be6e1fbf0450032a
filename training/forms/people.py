"""Choosing people: the boxes that narrow a list of them, and the fields that name some."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.filter_forms import FilterForm, SearchField
from aftersales.web.service_forms import RowsField
from stations.models import Agent, Station
from training.queries.learners import places


class CountyFilterForm(FilterForm):
    """What narrows a list of people: words, and the county where there are several in reach."""

    q = SearchField(label=_("Name or station"))
    county = forms.ChoiceField(label=_("County"), required=False)

    def __init__(self, *args, counties, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = [("", _("all"))] + [(each.code, each.name) for each in counties]
        if len(counties) < 2:
            del self.fields["county"]


class PeopleFilterForm(FilterForm):
    """What narrows a list of people: words, and a place with the points under it."""

    q = SearchField(label=_("Name or station"))
    place = forms.ModelChoiceField(
        Station._base_manager.none(), label=_("Place"), required=False, empty_label=_("everywhere")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places()


class PeopleField(RowsField):
    """Several people posted in reach, with a box each."""

    def __init__(self, **kwargs):
        super().__init__(queryset=Agent._base_manager.none(), widget=forms.CheckboxSelectMultiple, **kwargs)

    def label_from_instance(self, agent: Agent) -> str:
        return f"{agent.user.full_name} · {agent.station.name}"


class PersonField(forms.ModelChoiceField):
    """One person posted in reach."""

    def __init__(self, **kwargs):
        super().__init__(queryset=Agent._base_manager.none(), empty_label=_("Choose somebody"), **kwargs)

    def label_from_instance(self, agent: Agent) -> str:
        return f"{agent.user.full_name} · {agent.station.name}"
