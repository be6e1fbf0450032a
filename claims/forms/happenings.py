"""Recording what happened outside."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import MomentField, NoteField
from claims.forms.compensation import VersionedForm
from claims.models.choices import HappeningChoices
from claims.rules.happenings import Happening


class RecordForm(VersionedForm):
    """What happened, when, and a word about it."""

    event = forms.ChoiceField(label=_("What happened?"), widget=forms.RadioSelect)
    at = MomentField(label=_("When?"))
    note = NoteField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args, possible: Sequence[Happening], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["event"].choices = [(each.value, HappeningChoices(each.value).label) for each in possible]
