"""What a person found when they looked at a flag."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import NoteField, ServiceForm
from claims.models.flags import Verdict


class VerdictForm(ServiceForm):
    """Harmless or misuse; `flag` and `was` say which flag the person saw, and judged how."""

    flag = forms.IntegerField(widget=forms.HiddenInput)
    was = forms.ChoiceField(choices=[("", ""), *Verdict.choices], required=False, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(label=_("What did you find?"), choices=Verdict, widget=forms.RadioSelect)
    note = NoteField(
        label=_("What shows it?"),
        max_length=500,
        required=False,
        help_text=_("Needed when misuse is confirmed. Write no names or phone numbers."),
    )

    def renew(self, was: str) -> None:
        """Let the person send again about what is shown now."""
        self.data = {**self.data.dict(), "was": was}
