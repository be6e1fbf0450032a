"""The books of a fund: movements by kind, account and month, a month to close, debts to give up, its name."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, RowsField, ServiceForm, YuanField
from claims.models import Advance, Fund, WriteOff
from claims.models.fund import MovementKind


class MonthField(forms.CharField):
    """A month as 2026-11; gives its first day."""

    widget = forms.HiddenInput

    def prepare_value(self, value):
        return f"{value:%Y-%m}" if isinstance(value, date) else value

    def clean(self, value):
        value = super().clean(value)
        if value in self.empty_values:
            return None
        try:
            return date.fromisoformat(f"{value}-01")
        except ValueError:
            raise ValidationError(_("Choose a month."), code="invalid") from None


class MovementFilter(forms.Form):
    """Which movements of a fund are listed; what is not understood filters nothing."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    account = forms.ModelChoiceField(
        label=_("Ledger account"), queryset=None, required=False, empty_label=_("All")
    )
    first_day = MonthField(label=_("Month"), required=False)

    def __init__(self, *args, accounts, months: list[date], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("All")), *MovementKind.choices]
        self.fields["account"].queryset = accounts
        choices = [("", _("All")), *((f"{month:%Y-%m}", f"{month:%Y-%m}") for month in months)]
        self.fields["first_day"].widget = forms.Select(choices=choices)


class CloseMonthForm(ServiceForm):
    """The month to close: the one that the page has shown."""

    month = MonthField(max_length=7)


class WriteOffForm(ServiceForm):
    """Which advances of a party are given up, and why."""

    advances = RowsField(label=_("Advances"), queryset=None, widget=forms.CheckboxSelectMultiple)
    reason = LineField(
        label=_("Reason"),
        max_length=WriteOff._meta.get_field("reason").max_length,
        min_length=4,
        help_text=_(
            "Why nothing more is to be expected: insolvency, a court's decision, costs above the sum."
        ),
    )

    def __init__(self, *args, advances, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["advances"].queryset = Advance.objects.filter(pk__in=[each.pk for each in advances])


class FundForm(ServiceForm):
    """The name of a fund and the balance below which it warns."""

    name = LineField(label=_("Name"), max_length=Fund._meta.get_field("name").max_length)
    low_balance_fen = YuanField(
        label=_("Warn below"),
        help_text=_("Managers and officers are told once when the balance falls below. 0: never."),
    )
