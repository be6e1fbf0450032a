"""Typing in an order that the system does not know."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import (
    ChineseNameField,
    KeyedForm,
    LineField,
    PhoneField,
    QuantityField,
    YuanField,
)
from claims.forms.consumers import dialect_field
from claims.models.choices import GoodsTypeChoices, ReturnExceptionChoices
from claims.models.orders import Unit
from stations.models import Station

YEARS_BACK = 3


class DayField(forms.DateField):
    """A day that is not in the future and not older than the records are kept."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    input_formats = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"]

    def clean(self, value):
        day = super().clean(value)
        if day is None:
            return day
        today = timezone.localdate()
        if day > today:
            raise ValidationError(_("This day has not come yet."), code="future")
        if day < today - timedelta(days=366 * YEARS_BACK):
            raise ValidationError(_("This day is more than three years ago."), code="too_old")
        return day


class OrderForm(KeyedForm):
    """An order as the villager tells it. `station` is asked only of people who look after several."""

    station = forms.ModelChoiceField(label=_("Station"), queryset=None)
    product = LineField(
        label=_("What was bought"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    goods_type = forms.ChoiceField(label=_("Goods type"), choices=GoodsTypeChoices)
    paid = YuanField(label=_("What was paid for it"), positive=True)
    freight = YuanField(
        label=_("Freight of the order"),
        required=False,
        help_text=_("Empty: not known, or delivered free of charge."),
    )
    quantity = QuantityField(label=_("How many, how much"), positive=True)
    unit = forms.ChoiceField(label=_("Unit"), choices=Unit)
    ordered_on = DayField(label=_("Day of the order"))
    signed_on = DayField(label=_("Day it was picked up"), required=False)
    name = ChineseNameField(label=_("Villager's name"))
    phone = PhoneField(label=_("Villager's phone"))
    dialect = dialect_field()
    merchant_name = LineField(label=_("Shop"), max_length=120, required=False)
    return_exception = forms.ChoiceField(
        label=_("No return without a reason"),
        choices=[("", _("may be returned within seven days")), *ReturnExceptionChoices.choices],
        required=False,
        help_text=_("Fresh and perishable goods are excepted in any case."),
    )
    number = LineField(
        label=_("Order number"),
        max_length=40,
        required=False,
        help_text=_("Empty: a number is made."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def __init__(self, *args, station: Station | None, **kwargs):
        super().__init__(*args, **kwargs)
        if station is not None:
            del self.fields["station"]
        else:
            self.fields["station"].queryset = Station.objects.filter(state="operating").order_by(
                "region_id", "id"
            )

    def clean(self):
        cleaned = super().clean()
        ordered, signed = cleaned.get("ordered_on"), cleaned.get("signed_on")
        if ordered and signed and signed < ordered:
            self.add_error(
                "signed_on", ValidationError(_("Picked up before it was ordered?"), code="before_order")
            )
        return cleaned
