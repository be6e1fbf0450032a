"""Small forms for a claim that changes hands between the levels."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import NoteField
from claims.forms.compensation import VersionedForm


class HandUpForm(VersionedForm):
    """Why this level cannot settle it."""

    reason = NoteField(
        label=_("Why can it not be settled here?"),
        max_length=200,
        min_length=4,
        help_text=_("The next level reads this, and it stays with the claim."),
    )


class SendBackForm(VersionedForm):
    """To whom, and what is to be done there. The page gives the levels below."""

    to_level = forms.TypedChoiceField(label=_("Back to"), coerce=int, widget=forms.RadioSelect)
    reason = NoteField(
        label=_("What is to be done there?"),
        max_length=200,
        min_length=4,
        help_text=_("The level below reads this, and it stays with the claim."),
    )

    def __init__(self, *args, levels, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to_level"].choices = levels
