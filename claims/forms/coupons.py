"""Coupons at the counter."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, ServiceForm


class RedeemForm(ServiceForm):
    """What the coupon is given for."""

    reference = LineField(
        label=_("Merchant's order or receipt number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
