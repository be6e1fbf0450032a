"""Money into the fund, money back from liable parties, movements taken back, payouts stopped."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, ServiceForm, YuanField
from claims.services.recovery import REFERENCE_SIGNS


class ReferenceField(LineField):
    """The number on the bank's slip: what makes two entries of the same money one."""

    def __init__(self):
        super().__init__(
            label=_("Bank reference"),
            max_length=REFERENCE_SIGNS,
            help_text=_("The number on the bank's slip. It can be entered only once."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )


class DepositForm(ServiceForm):
    """Money that has come in and that a second person will confirm."""

    fields_by_code = {"amount_invalid": "amount_fen"}

    amount_fen = YuanField(label=_("Amount"), positive=True)
    reference = ReferenceField()


class RecoveryForm(ServiceForm):
    """Money that a liable party has paid back."""

    fields_by_code = {"key_used": "reference"}

    amount_fen = YuanField(label=_("Amount"), positive=True)
    reference = ReferenceField()


class ReasonForm(ServiceForm):
    """A step that needs nothing but a reason."""

    reason = LineField(label=_("Reason"), max_length=200, min_length=4)
