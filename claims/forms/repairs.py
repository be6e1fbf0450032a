"""Handing goods in for repair, and what became of it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, ServiceForm, YuanField
from claims.forms.orders import DayField
from claims.models.repairs import RepairOutcomeChoices


class RepairBeginForm(ServiceForm):
    """What is wrong, since when the goods are away, and who repairs them."""

    fault = LineField(label=_("What does not work?"), max_length=200)
    began_on = DayField(label=_("Handed in on"))
    provider = LineField(
        label=_("Repaired by"),
        max_length=120,
        required=False,
        help_text=_("The name of the workshop. Empty: at the station itself."),
    )


class RepairFinishForm(ServiceForm):
    """The outcome of the repair that is under way."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=RepairOutcomeChoices, widget=forms.RadioSelect)
    ended_on = DayField(label=_("Handed back on"))
    parts = LineField(label=_("Parts that were changed"), max_length=200, required=False)
    cost_fen = YuanField(
        label=_("Cost"), required=False, help_text=_("The merchant bears it; the villager pays nothing.")
    )

    def clean_cost_fen(self):
        return self.cleaned_data["cost_fen"] or 0
