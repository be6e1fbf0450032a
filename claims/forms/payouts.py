"""What becomes of payouts: the bank account, the result, another try, files for the bank."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import ChineseNameField, LineField, ServiceForm
from claims.forms.compensation import ChoiceForm
from claims.models.compensation import PayoutMethod
from claims.models.orders import ConsentKind
from claims.models.payouts import FailureReason
from claims.services.bank_accounts import BANK_SIGNS, HOLDER_SIGNS
from claims.services.payouts import NOTE_SIGNS, REFERENCE_SIGNS

MOST_FILE_BYTES = 5 * 1024 * 1024
NUMBER_SIGNS = 40


class NumberField(LineField):
    """An account number as it is typed, with the blanks of a card."""

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(max_length=NUMBER_SIGNS, widget=widget, **kwargs)


class AccountFields(forms.Form):
    """A consumer's bank account, with the consent that it needs of its own."""

    holder = ChineseNameField(
        label=_("Account holder"),
        max_length=HOLDER_SIGNS,
        help_text=_("As it is printed on the card or passbook."),
    )
    bank = LineField(
        label=_("Bank and branch"),
        max_length=BANK_SIGNS,
        help_text=_("With its branch, for example the rural credit union."),
    )
    number = NumberField(label=_("Account number"))
    number_again = NumberField(
        label=_("Account number once more"), help_text=_("Type it again from the card, digit by digit.")
    )
    consent_how = forms.ChoiceField(
        label=_("The villager agrees that this number is kept and given to the bank"),
        choices=ConsentKind,
        widget=forms.RadioSelect,
    )


class AccountForm(AccountFields, ServiceForm):
    """The account by itself: corrected, or taken down before a transfer."""


class BankChoiceForm(AccountFields, ChoiceForm):
    """The choice of a transfer. Where an account is known already, an empty number keeps it."""

    field_order = ["holder", "bank", "number", "number_again", "consent_how", "asked_how", "version"]

    def __init__(self, *args, known=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = known
        if known is not None:
            for name in AccountFields.base_fields:
                self.fields[name].required = False

    @property
    def account(self) -> dict[str, str] | None:
        """What was typed about the account; None where the known one is kept."""
        given = {name: self.cleaned_data[name] for name in AccountFields.base_fields}
        return given if self.known is None or given["number"] else None


class ReferenceForm(ServiceForm):
    """Something was done, with the number under which the other side knows it."""

    reference = LineField(
        label=_("Reference"),
        max_length=REFERENCE_SIGNS,
        required=False,
        help_text=_("The number the bank or the platform gave, if there is one."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class FailForm(ServiceForm):
    """Why the money did not arrive."""

    reason = forms.ChoiceField(
        label=_("Why it did not arrive"), choices=FailureReason, widget=forms.RadioSelect
    )
    note = LineField(
        label=_("Note"),
        max_length=NOTE_SIGNS,
        required=False,
        help_text=_("No names and no account numbers."),
    )


class AgainForm(ServiceForm):
    """Which way the money takes this time."""

    channel = forms.ChoiceField(label=_("Paid by"), widget=forms.RadioSelect)

    def __init__(self, *args, channels, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [(each, PayoutMethod(each).label) for each in channels]


class NothingForm(ServiceForm):
    """A step with nothing to fill in."""


class BatchForm(ServiceForm):
    """Up to which day transfers go into the file."""

    until = forms.DateField(
        label=_("Transfers up to and with"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ResultsForm(ServiceForm):
    """The file as the bank sent it back, with its results."""

    file = forms.FileField(
        label=_("File with results"),
        help_text=_("The same file with the columns Result, Bank reference and Why it failed filled in."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_FILE_BYTES:
            raise forms.ValidationError(_("This file is too large."), code="too_large")
        if not file.name.lower().endswith((".xlsx", ".csv")):
            raise forms.ValidationError(_("Send an XLSX or a CSV file."), code="wrong_kind")
        return file

    @property
    def form_of_file(self) -> str:
        return "csv" if self.cleaned_data["file"].name.lower().endswith(".csv") else "xlsx"
