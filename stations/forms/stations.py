"""Forms about stations: finding, applying for, describing and moving one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, NoteField, ServiceForm
from stations.models import Region, Station
from stations.models.network import FunctionTag, Phase, StationState, TierChoices
from stations.services.network import HOURS, RADIUS_RANGE_M
from stations.services.row_faults import LAT_RANGE, LON_RANGE

NAME_LENGTH = Station._meta.get_field("name").max_length
PHONE_LENGTH = Station._meta.get_field("phone").max_length
NOT_CLOSED = "open"
TIME = "%H:%M"


def search_box(**attrs) -> forms.TextInput:
    """A text box for searching, with the search key on a phone's keyboard."""
    return forms.TextInput(attrs={"type": "search", "enterkeyhint": "search", "autocomplete": "off", **attrs})


class StationFilterForm(forms.Form):
    """The filters of the station list. Everything is optional; what is wrong filters nothing."""

    q = LineField(
        label=_("Name of the station or place, or code"),
        max_length=60,
        required=False,
        widget=search_box(placeholder=_("Name of the station or place, or code")),
    )
    county = forms.ChoiceField(label=_("County"), required=False)
    township = forms.ChoiceField(label=_("Township"), required=False)
    tier = forms.ChoiceField(
        label=_("Tier"), required=False, choices=[("", _("All tiers")), *TierChoices.choices]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All but closed")), *StationState.choices],
    )

    def __init__(self, *args, counties: list[Region], townships: list[Region], **kwargs):
        super().__init__(*args, **kwargs)
        for name, all_of_them, places in (
            ("county", _("All counties"), counties),
            ("township", _("All townships"), townships),
        ):
            self.fields[name].choices = [("", all_of_them), *((place.code, place.name) for place in places)]
            if len(places) < 2:
                del self.fields[name]


class PlaceForm(forms.Form):
    """First step of an application: which tier, and for which place."""

    tier = forms.ChoiceField(label=_("Tier"), choices=TierChoices, widget=forms.RadioSelect)
    q = LineField(
        label=_("Place"),
        max_length=60,
        required=False,
        help_text=_("Name or official code. Leave it empty to see the places that have no station yet."),
        widget=search_box(),
    )


class DetailsForm(ServiceForm):
    """What is known about a station beyond its tier and place."""

    name = LineField(label=_("Station name"), max_length=NAME_LENGTH)
    phase = forms.ChoiceField(label=_("Phase"), choices=Phase)
    functions = forms.MultipleChoiceField(
        label=_("What else is there"),
        choices=FunctionTag,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    opens_at = forms.TimeField(label=_("Opens"), required=False)
    noon_closes_at = forms.TimeField(label=_("Closes at noon"), required=False)
    noon_opens_at = forms.TimeField(label=_("Opens after noon"), required=False)
    closes_at = forms.TimeField(label=_("Closes"), required=False)
    phone = LineField(
        label=_("Public telephone"),
        max_length=PHONE_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    lon = forms.FloatField(
        label=_("Longitude"), required=False, min_value=LON_RANGE[0], max_value=LON_RANGE[1]
    )
    lat = forms.FloatField(
        label=_("Latitude"), required=False, min_value=LAT_RANGE[0], max_value=LAT_RANGE[1]
    )
    point_is_own = forms.BooleanField(label=_("This is where the station itself stands"), required=False)
    radius_m = forms.IntegerField(
        label=_("Service radius in metres"), min_value=RADIUS_RANGE_M[0], max_value=RADIUS_RANGE_M[1]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in HOURS:
            self.fields[name].widget = forms.TimeInput(format=TIME, attrs={"type": "time"})
        for name in ("lon", "lat"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


class ChangeForm(DetailsForm):
    """The details of a station that exists, and which version of it the page showed."""

    version = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)
    parent = forms.ModelChoiceField(label=_("Hands over to"), queryset=None, required=False)

    def __init__(self, *args, parents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents
        self.fields["parent"].required = parents.exists()
        self.order_fields(["name", "parent"])
        if not self.fields["parent"].required:
            del self.fields["parent"]


class StepForm(ServiceForm):
    """One step in the life of a station."""

    version = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)
    reason = NoteField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args, needs_reason: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needs_reason
