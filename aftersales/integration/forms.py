"""Forms about applications: registering one, its tokens, and reasons."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.api_scopes import ApiScope
from aftersales.integration.services.clients import CONTACT_SIGNS, NAME_SIGNS
from aftersales.integration.services.tokens import LABEL_SIGNS, MOST_RATE
from aftersales.web.service_forms import KeyedForm, LineField, NoteField, RowsField, ServiceForm
from claims.services import adapters
from stations.models import Party, Region
from stations.models.parties import PartyKind

CONNECTED = (PartyKind.PLATFORM, PartyKind.MERCHANT, PartyKind.LOGISTICS, PartyKind.PARTNER)
REASON_SIGNS = 200
DAYS = [(30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("One year"))]
OVERLAPS = [
    (0, _("Not at all: the old one ends now")),
    (24, _("One day")),
    (72, _("Three days")),
    (168, _("Seven days")),
]


class PartyField(forms.ModelChoiceField):
    def label_from_instance(self, party):
        return f"{party.name} · {party.get_kind_display()}"


class CountiesField(RowsField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, region):
        return region.name


class RegisterForm(ServiceForm):
    """A new application: whose it is, and where it acts."""

    party = PartyField(
        queryset=Party.objects.none(),
        label=_("Whose application"),
        help_text=_("Parties are entered in the management."),
    )
    name = LineField(
        max_length=NAME_SIGNS, label=_("Name of the application"), help_text=_("Such as: orders and refunds")
    )
    contact = LineField(
        max_length=CONTACT_SIGNS,
        required=False,
        label=_("Contact desk"),
        help_text=_("A desk or a group, not a person: who is called when something goes wrong."),
    )
    adapter = forms.ChoiceField(
        required=False,
        label=_("Platform whose codes it may send"),
        help_text=_("Its states and reasons are then read by our table; see the adapters of the API."),
    )
    regions = CountiesField(queryset=Region.objects.none(), required=False, label=_("Counties it acts in"))
    is_programme_wide = forms.BooleanField(required=False, label=_("In the whole programme instead"))
    reason = NoteField(max_length=REASON_SIGNS, label=_("Reason"), help_text=_("Such as: contract, date"))

    def __init__(self, *args, counties, may_throughout: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = Party.objects.filter(kind__in=CONNECTED, is_suspended=False).order_by(
            "kind", "name"
        )
        self.fields["adapter"].choices = [("", _("None: it sends our codes")), *adapters.choices()]
        self.fields["regions"].queryset = counties
        if len(counties) == 1:
            self.fields["regions"].initial = [counties[0].pk]
        if not may_throughout:
            del self.fields["is_programme_wide"]


class TokenForm(KeyedForm):
    """A new token: what for, how long, how much."""

    label = LineField(
        max_length=LABEL_SIGNS, label=_("Purpose"), help_text=_("Such as: production server of the shop")
    )
    scopes = forms.MultipleChoiceField(
        choices=ApiScope.choices,
        widget=forms.CheckboxSelectMultiple,
        label=_("Good for"),
        help_text=_("Only what the application needs: a token that leaks opens no more than this."),
    )
    days = forms.TypedChoiceField(choices=DAYS, coerce=int, initial=180, label=_("Expires after"))
    rate_per_minute = forms.IntegerField(
        min_value=1, max_value=MOST_RATE, initial=300, label=_("Requests a minute at most")
    )


class RotateForm(KeyedForm):
    """A successor of a token."""

    overlap = forms.TypedChoiceField(
        choices=OVERLAPS,
        coerce=lambda hours: timedelta(hours=int(hours)),
        initial=24,
        label=_("How long both count"),
        help_text=_("Long enough for the other side to put the new one in place."),
    )
    days = forms.TypedChoiceField(choices=DAYS, coerce=int, initial=180, label=_("The new one expires after"))


class ReasonForm(ServiceForm):
    """Why something is stopped or let in again."""

    reason = NoteField(max_length=REASON_SIGNS, label=_("Reason"))
