"""Contracts with service providers: made, with fees, ended; and an account for the provider."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import ChineseNameField, LineField, ServiceForm, YuanField
from claims.models.availability import Weekday
from claims.models.choices import GoodsTypeChoices
from claims.models.visits import VisitKindChoices
from claims.rules.visits import MOST_SEATS
from claims.services.contracts import (
    MOST_ANSWER_MINUTES,
    MOST_FEE_FEN,
    MOST_KM,
    MOST_LATE_PERMILLE,
    NUMBER_SIGNS,
)

PERMILLE_OF_PERCENT = 10
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2099, 12, 31)


class ContractDayField(forms.DateField):
    """A day of a contract, which may well lie in the future."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    input_formats = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d")
    default_validators = (MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY))


class PercentField(forms.IntegerField):
    """Whole percent as people type them; gives thousandths."""

    def __init__(self, *, most: int, **kwargs):
        super().__init__(min_value=0, max_value=most, required=False, initial=0, **kwargs)

    def clean(self, value):
        return (super().clean(value) or 0) * PERMILLE_OF_PERCENT


class ContractForm(ServiceForm):
    """With whom, for which days, and how many visits fit into one window."""

    provider = LineField(
        label=_("Service provider"),
        max_length=120,
        help_text=_("The name of the firm as it stands in the contract."),
    )
    number = LineField(label=_("Contract number"), max_length=NUMBER_SIGNS)
    station = forms.ModelChoiceField(
        label=_("Sets out from"),
        queryset=None,
        help_text=_("Kilometres are counted in a straight line from here to the village."),
    )
    valid_from = ContractDayField(label=_("Valid from"))
    valid_until = ContractDayField(label=_("Valid until"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"), choices=Weekday, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    seats = forms.IntegerField(
        label=_("Visits in a window of two hours"), min_value=1, max_value=MOST_SEATS, initial=1
    )
    answer_minutes = forms.IntegerField(
        label=_("Minutes to answer an order"),
        min_value=5,
        max_value=MOST_ANSWER_MINUTES,
        initial=120,
        help_text=_("After that the visit is offered to the next provider."),
    )

    def __init__(self, *args, stations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = stations


class FeeForm(ServiceForm):
    """The fee for one kind of visit."""

    visit_kind = forms.ChoiceField(label=_("Kind of visit"), choices=VisitKindChoices)
    goods_type = forms.ChoiceField(
        label=_("Goods type"), choices=[("", _("every other")), *GoodsTypeChoices.choices], required=False
    )
    base_fen = YuanField(label=_("Fee for the visit"), maximum=MOST_FEE_FEN)
    free_km = forms.IntegerField(
        label=_("Kilometres included"), min_value=0, max_value=MOST_KM, initial=3, required=False
    )
    per_km_fen = YuanField(label=_("For each kilometre more"), maximum=MOST_FEE_FEN, required=False)
    after_hours_permille = PercentField(
        label=_("After hours, percent more"),
        most=MOST_LATE_PERMILLE // PERMILLE_OF_PERCENT,
        help_text=_("Windows from 18:00 on, and every window of a day that is not a working day."),
    )
    vain_permille = PercentField(
        label=_("For a way in vain, percent of the fee"),
        most=100,
        help_text=_("Nobody at home, wrong address, road or weather. Who did not come gets nothing."),
    )

    def clean_free_km(self):
        return self.cleaned_data["free_km"] or 0

    def clean_per_km_fen(self):
        return self.cleaned_data["per_km_fen"] or 0


class ContractEndForm(ServiceForm):
    """From which day on, and why."""

    ended_on = ContractDayField(label=_("Counts no more from"))
    reason = LineField(label=_("Reason"), max_length=200, min_length=4)


class DeskForm(ServiceForm):
    """Who at the provider answers orders."""

    full_name = ChineseNameField(label=_("Name"))
    username = LineField(
        label=_("User name"), max_length=150, help_text=_("Letters and digits; typed when signing in.")
    )


class DeskCloseForm(ServiceForm):
    """Why an account is taken back."""

    reason = LineField(label=_("Reason"), max_length=200, min_length=2)
