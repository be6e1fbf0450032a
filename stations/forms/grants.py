"""Giving a role, and taking one back."""

from django import forms
from django.contrib.admin import site
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.roles import ROLE_SENTENCES, Role
from aftersales.web.row_select import RowSelect
from aftersales.web.service_forms import LineField, MomentField, NoteField, ServiceForm
from stations import queries
from stations.models import Grant, Region, Station
from stations.rules.regions import Level
from stations.services.grants import SHORTEST_REASON

REASON_LENGTH = Grant._meta.get_field("reason").max_length


class GrantForm(ServiceForm):
    """A role for somebody, in one region, at one station, or in the whole programme."""

    user = forms.ModelChoiceField(label=_("Account"), queryset=None)
    role = forms.ChoiceField(label=_("Role"))
    region = forms.ModelChoiceField(
        label=_("In the region"),
        queryset=None,
        required=False,
        help_text=_("Agents work at a station, technicians in a township, others in a county."),
    )
    station = forms.ModelChoiceField(label=_("Or at the station"), queryset=None, required=False)
    is_programme_wide = forms.BooleanField(label=_("Or in the whole programme"), required=False)
    expires_at = MomentField(
        label=_("Ends"),
        required=False,
        help_text=_("Empty for as long as it is not taken back."),
    )
    reason = LineField(label=_("Reason"), max_length=REASON_LENGTH, min_length=SHORTEST_REASON)

    def __init__(self, *args, users, roles: list[Role], may_be_programme_wide: bool, **kwargs):
        """`users` and `roles` are those the person at the door may give to and give."""
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = users
        self.fields["role"].choices = [(role.value, role.label) for role in roles]
        self.fields["role"].help_text = " ".join(f"{role.label}: {ROLE_SENTENCES[role]}" for role in roles)
        regions = queries.living(queries.in_reach(Region.objects.filter(level__lte=Level.TOWNSHIP)))
        self.fields["region"].queryset = regions
        self.fields["station"].queryset = Station.objects.exclude(state="closed")
        for name in ("user", "region", "station"):
            widget = RowSelect(Grant._meta.get_field(name), site)
            widget.choices = self.fields[name].choices
            self.fields[name].widget = widget
        if not may_be_programme_wide:
            del self.fields["is_programme_wide"]


class WithdrawalForm(forms.Form):
    """Why a role is taken back."""

    reason = NoteField(label=_("Reason"), max_length=REASON_LENGTH, min_length=SHORTEST_REASON)
