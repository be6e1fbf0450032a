"""Statements of providers and complaints about fees: the provider's word, and the answers to it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import NoteField, ServiceForm, YuanField
from claims.forms.fund import ReferenceField
from claims.services.statements import TEXT_LIMIT


class PlainForm(ServiceForm):
    """A step that needs nothing but to be confirmed."""


class AgreeForm(ServiceForm):
    """The provider's yes to the sum that is shown; `total_fen` says which one that was."""

    total_fen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**15)


class DisputeForm(ServiceForm):
    """What the provider does not agree with."""

    fields_by_code = {"reason_missing": "text"}

    text = NoteField(label=_("What on it is wrong?"), min_length=4, max_length=TEXT_LIMIT)


class PayForm(ServiceForm):
    """The bank's reference of the transfer to the provider."""

    reference = ReferenceField()


class ComplaintForm(ServiceForm):
    """Another fee than the one on the order, and why."""

    fields_by_code = {"amount_invalid": "claimed_fen"}

    claimed_fen = YuanField(label=_("The fee that would be right"), positive=True)
    text = NoteField(label=_("Why"), min_length=4, max_length=TEXT_LIMIT)


class AnswerForm(ServiceForm):
    """The fee that is right, from the present one (nothing changes) to the one asked for, and why."""

    fee_fen = YuanField(label=_("The fee from now on"), positive=True)
    answer = NoteField(
        label=_("Reason"),
        min_length=4,
        max_length=TEXT_LIMIT,
        help_text=_("The provider reads it."),
    )
