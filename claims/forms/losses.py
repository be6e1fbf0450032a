"""Lines of a loss with agricultural inputs, samples and what an inspection found."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import (
    KeyedForm,
    LineField,
    NoteField,
    QuantityField,
    ServiceForm,
    YuanField,
)
from claims.forms.orders import DayField
from claims.models.inspections import InspectionResult
from claims.models.losses import LossKindChoices
from claims.services.inspections import FINDINGS


class LossForm(ServiceForm):
    """One line: what for, how much of it at which price, and what proves it."""

    kind = forms.ChoiceField(label=_("Kind of loss"), choices=LossKindChoices, widget=forms.RadioSelect)
    words = LineField(
        label=_("What for"), max_length=120, help_text=_("For example: labour of sowing again.")
    )
    quantity_milli = QuantityField(label=_("How much"), positive=True)
    unit = LineField(label=_("Unit"), max_length=10, help_text=_("mu, day, bag …"))
    unit_fen = YuanField(label=_("Yuan for one"), positive=True)
    evidence = LineField(
        label=_("Proved by"),
        max_length=200,
        help_text=_("For example: receipt, the village committee's note, yields of three years."),
    )


class SampleForm(ServiceForm):
    """What goes to the inspection body, and what it is to find out."""

    body = LineField(
        label=_("Inspection body"),
        max_length=120,
        help_text=_("Its full name, for example the county's station for agricultural inputs."),
    )
    sample = LineField(
        label=_("Sample"), max_length=120, help_text=_("For example: 200 seeds of the opened bag.")
    )
    question = LineField(
        label=_("What is to be found out"),
        max_length=200,
        help_text=_("Germination rate, residue, efficacy …"),
    )
    sent_on = DayField(label=_("Sent for inspection on"))


class ResultForm(KeyedForm):
    """What the body found."""

    result = forms.ChoiceField(
        label=_("Result"),
        choices=[(each.value, each.label) for each in InspectionResult if each in FINDINGS],
        widget=forms.RadioSelect,
    )
    value = LineField(
        label=_("Measured"), max_length=60, required=False, help_text=_("For example: germination rate 41 %.")
    )
    text = NoteField(label=_("Finding"), max_length=300)
    result_on = DayField(label=_("Day of the report"))


class WaiveForm(ServiceForm):
    """Why a claim is decided without a result."""

    reason = NoteField(label=_("Reason"), max_length=300, min_length=4)
