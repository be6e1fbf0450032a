"""Answering an offer, giving a claim back, giving it to somebody."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, NoteField, ServiceForm
from claims.forms.compensation import VersionedForm
from claims.models.dispatch import DeclineReason
from claims.rules.dispatch import Ranking

REASON_SIGNS = 200


class DeclineForm(ServiceForm):
    """Why somebody does not take a claim on."""

    reason = forms.ChoiceField(
        label=_("Why not?"),
        choices=DeclineReason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Tap a reason.")},
    )
    note = LineField(label=_("In a few words"), max_length=REASON_SIGNS, required=False)


class GiveBackForm(DeclineForm, VersionedForm):
    """Why the handler of a claim cannot go on."""

    field_order = ("reason", "note")


class AssignForm(VersionedForm):
    """Who gets the claim, and why this person; the people come with the ranking."""

    to = forms.ChoiceField(
        label=_("Person"), widget=forms.RadioSelect, error_messages={"required": _("Choose a person.")}
    )
    reason = NoteField(
        label=_("Reason"),
        max_length=REASON_SIGNS,
        min_length=4,
        help_text=_("Kept with the claim. The person reads that the claim was given to them."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, ranking: Ranking, handler_id: int | None, **kwargs):
        super().__init__(*args, **kwargs)
        choosable = [
            *(each.candidate.key for each in ranking.ranked),
            *(each.candidate.key for each in ranking.excluded if not each.is_final),
        ]
        self.fields["to"].choices = [(str(key), str(key)) for key in choosable if key != handler_id]
