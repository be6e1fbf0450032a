"""Taking somebody on from the list of accounts, where the station is still to be chosen."""

from django import forms
from django.contrib.admin import site
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.web.row_select import RowSelect
from aftersales.web.service_forms import ChineseNameField, LineField
from stations.forms.people import PersonForm
from stations.models import Agent, Station
from stations.services.agents import ROLES_OF_TIER


class AccountForm(PersonForm):
    """A new colleague: where, who, as what. Without a role, the one that belongs to the station's tier."""

    station = forms.ModelChoiceField(
        label=_("Station"), queryset=None, help_text=_("Type a part of its name, of its place, or its code.")
    )
    full_name = ChineseNameField(label=_("Name"))
    username = LineField(
        label=_("User name"),
        max_length=User._meta.get_field("username").max_length,
        help_text=_("Letters, digits and . - _ such as li.xiaomei; it cannot be changed later."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    role = forms.ChoiceField(label=_("Role"), required=False)
    fields_by_code = {"rank": "role", "reach": "station", "role_tier": "role"}

    def __init__(self, *args, station_is_required: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["station"].required = station_is_required
        self.fields["station"].queryset = Station.objects.exclude(state="closed").order_by("region_id")
        self.fields["station"].widget = RowSelect(Agent._meta.get_field("station"), site)
        self.fields["station"].widget.choices = self.fields["station"].choices
        roles = [role for tier in ROLES_OF_TIER.values() for role in tier]
        self.fields["role"].choices = [
            ("", _("The usual one at this station")),
            *((role.value, Role(role).label) for role in roles),
        ]
        self.order_fields(["station", "full_name", "username", "role"])
