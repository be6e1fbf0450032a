"""The form of the public progress page."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField


class ProgressForm(forms.Form):
    """Claim number and the last four digits of the phone."""

    number = LineField(
        label=_("Claim number"),
        max_length=24,
        help_text=_("It is on your receipt and begins with SH."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    last_four = forms.CharField(
        label=_("Last four digits of your phone"),
        max_length=4,
        validators=[RegexValidator(r"\A[0-9]{4}\Z", _("Four digits, for example 1234."))],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9]{4}"}),
    )
