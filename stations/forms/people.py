"""Forms about people: taking one on, handing over, letting go or posting elsewhere."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.web.service_forms import ChineseNameField, LineField, NoteField, ServiceForm
from stations.models import Agent, Party, Station
from stations.models.agents import Origin, Skill
from stations.models.parties import PartyKind
from stations.services.agents import ROLES_OF_TIER
from stations.services.grants import SHORTEST_REASON

OPEN_ITEM_KEY = re.compile(r"[\w.:-]{1,64}")
DIALECTS_LENGTH = Agent._meta.get_field("dialects").max_length


class PersonForm(ServiceForm):
    """What is known about somebody who works at a station."""

    origin = forms.ChoiceField(label=_("Comes from"), choices=Origin)
    dialects = LineField(label=_("Dialects and languages"), max_length=DIALECTS_LENGTH, required=False)
    skills = forms.MultipleChoiceField(
        label=_("Skills"), choices=Skill, required=False, widget=forms.CheckboxSelectMultiple
    )
    provider = forms.ModelChoiceField(
        label=_("Works for a service provider"),
        queryset=None,
        required=False,
        empty_label=_("No, the network's own staff"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = Party.objects.filter(kind=PartyKind.PROVIDER).order_by("name")


class TakeOnForm(PersonForm):
    """A new colleague at a station. At a county centre the role has to be chosen."""

    full_name = ChineseNameField(label=_("Name"))
    username = LineField(
        label=_("User name"),
        max_length=User._meta.get_field("username").max_length,
        help_text=_("Letters, digits and . - _ such as li.xiaomei; it cannot be changed later."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    fields_by_code = {"rank": "role", "reach": "role", "role_tier": "role"}

    def __init__(self, *args, tier: str, may_give, **kwargs):
        """`may_give` says whether the person at the door may give a role at the station."""
        super().__init__(*args, **kwargs)
        roles = [role for role in ROLES_OF_TIER[tier] if may_give(role)]
        self.fields["role"].choices = [(role.value, Role(role).label) for role in roles]
        self.order_fields(["full_name", "username", "role"])
        if len(roles) == 1:
            self.fields["role"].widget = forms.HiddenInput()
            self.fields["role"].initial = roles[0].value


class KeysField(forms.Field):
    """Keys of open work as hand_over.OpenItem has them; whether they are somebody's is for the service."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"not_a_key": _("Open the list again and choose once more.")}

    def clean(self, value):
        keys = super().clean(value) or []
        if not all(OPEN_ITEM_KEY.fullmatch(key) for key in keys):
            raise ValidationError(self.error_messages["not_a_key"], code="not_a_key")
        return keys


class AssignForm(ServiceForm):
    """Who takes over, and whether all of a kind or the ticked things."""

    kind = forms.CharField(max_length=40, widget=forms.HiddenInput)
    to = forms.ModelChoiceField(label=_("Colleague"), queryset=None)
    keys = KeysField(required=False)
    takes_all = forms.BooleanField(required=False)

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues
        self.fields["to"].label_from_instance = lambda agent: f"{agent.user} · {agent.station}"


class FinishForm(ServiceForm):
    """How a hand-over ends: the person leaves, or works at another station from now on."""

    LEAVE, POST = "leave", "post"

    outcome = forms.ChoiceField(
        label=_("What happens now"),
        choices=[
            (LEAVE, _("Leaves: the account is closed and every device signed out")),
            (POST, _("Works at another station from now on")),
        ],
        widget=forms.RadioSelect,
    )
    station = forms.ModelChoiceField(
        label=_("Other station"), queryset=None, required=False, empty_label=_("Choose…")
    )
    reason = NoteField(label=_("Reason"), max_length=200, min_length=SHORTEST_REASON)

    def __init__(self, *args, agent: Agent, **kwargs):
        super().__init__(*args, **kwargs)
        others = Station.objects.filter(county_code=agent.county_code).exclude(state="closed")
        self.fields["station"].queryset = others.exclude(pk=agent.station_id).order_by("tier", "region_id")

    def clean(self):
        if self.cleaned_data.get("outcome") == self.POST and not self.cleaned_data.get("station"):
            self.add_error("station", _("Choose the station."))
        return self.cleaned_data
