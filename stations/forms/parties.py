"""Forms about firms and bodies outside the network."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, NoteField, ServiceForm
from stations.models import Party
from stations.models.parties import PartyGrade, PartyKind
from stations.services.parties import NAME_SIGNS, SHORTEST_REASON


class PartyForm(ServiceForm):
    """A party that is entered by hand."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PartyKind)
    name = LineField(label=_("Name of the firm"), max_length=NAME_SIGNS)


class PartyChangeForm(ServiceForm):
    """What may be corrected about a party."""

    name = LineField(label=_("Name of the firm"), max_length=NAME_SIGNS)
    contact = LineField(
        label=_("Contact desk"),
        max_length=Party._meta.get_field("contact").max_length,
        required=False,
        help_text=_("A desk or hotline, no private person."),
    )


class SuspensionForm(forms.Form):
    """Why a party is suspended or offered again."""

    reason = NoteField(label=_("Reason"), max_length=200, min_length=SHORTEST_REASON)


class GradeForm(forms.Form):
    """How a party was rated, and on what grounds."""

    grade = forms.ChoiceField(
        label=_("Grade"),
        choices=[("", _("not rated")), *PartyGrade.choices],
        required=False,
        help_text=_("Who works for a party of grade C is offered no claim."),
    )
    reason = NoteField(label=_("Reason"), max_length=200, min_length=SHORTEST_REASON)
