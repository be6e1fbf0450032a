"""Merging a duplicate into the claim that goes on."""

from django import forms
from django.utils.translation import gettext_lazy as _

from claims.forms.compensation import VersionedForm


class MergeForm(VersionedForm):
    """Which open claim takes in this one; the choices come from the page."""

    into = forms.ChoiceField(label=_("Goes on as"), widget=forms.RadioSelect)

    def __init__(self, *args, candidates, **kwargs):
        super().__init__(*args, **kwargs)
        self.by_number = {claim.number: claim for claim in candidates}
        self.fields["into"].choices = [(number, number) for number in self.by_number]
