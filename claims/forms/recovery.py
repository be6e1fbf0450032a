"""Demands, payments of liable parties, objections to advances and what is decided about them."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, NoteField, ServiceForm, YuanField
from claims.forms.fund import ReferenceField
from claims.models.recovery import DisputeState, Objection
from stations.models import Party

KEY = re.compile(r"[1-9][0-9]{0,17}")
OUTCOMES = [
    (DisputeState.KEPT.value, _("The party owes it")),
    (DisputeState.PARTY_CHANGED.value, _("Another party owes it")),
    (DisputeState.GIVEN_UP.value, _("Give it up and propose a write-off")),
]


class DemandForm(ServiceForm):
    """Which of a party's open advances are asked back."""

    advances = forms.Field(required=False, widget=forms.SelectMultiple)

    def clean_advances(self):
        """Keys of rows; what is none is left out and cannot be chosen."""
        given = self.cleaned_data["advances"] or []
        return [int(each) for each in given if KEY.fullmatch(each)]


class BankReceiptForm(ServiceForm):
    """What a party has paid in one transfer; `shown` are the parts that were looked at."""

    fields_by_code = {"over_open": "amount_fen"}

    amount_fen = YuanField(label=_("Amount"), positive=True)
    reference = ReferenceField()
    shown = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def clean_shown(self):
        """The parts as [advance, fen]; nothing when they were not shown yet or are not ours."""
        parts = [each.partition(":") for each in self.cleaned_data["shown"].split(",") if each]
        if not all(KEY.fullmatch(key) and KEY.fullmatch(fen) for key, _colon, fen in parts):
            return None
        return [[int(key), int(fen)] for key, _colon, fen in parts] or None


def shown_parts(plan) -> str:
    """What `BankReceiptForm.shown` reads, of the parts of a plan."""
    return ",".join(f"{advance.pk}:{share}" for advance, share in plan)


class DisputeForm(ServiceForm):
    """What a liable party says against an advance."""

    objection = forms.ChoiceField(
        label=_("What it objects to"), choices=Objection.choices, widget=forms.RadioSelect
    )
    text = NoteField(label=_("What the party says"), max_length=500, min_length=4)
    evidence = LineField(
        label=_("Evidence"),
        max_length=300,
        required=False,
        help_text=_("What it has shown, and where it is kept: letter, delivery record, transfer slip."),
    )


class PartyForm(ServiceForm):
    """Which party owes an advance, and how one knows."""

    party = forms.ModelChoiceField(
        label=_("Liable party"), queryset=Party.objects.none(), empty_label=_("Please choose")
    )
    reason = LineField(label=_("Reason"), max_length=200, min_length=4)

    def __init__(self, *args, parties, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = parties


class DecisionForm(ServiceForm):
    """What is decided about a dispute."""

    fields_by_code = {"same_party": "new_party"}

    outcome = forms.ChoiceField(label=_("Decision"), choices=OUTCOMES, widget=forms.RadioSelect)
    new_party = forms.ModelChoiceField(
        label=_("Which other party"),
        queryset=Party.objects.none(),
        required=False,
        empty_label=_("Only if another party owes it"),
    )
    reason = NoteField(label=_("Reasons of the decision"), max_length=200, min_length=4)

    def __init__(self, *args, parties, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_party"].queryset = parties
