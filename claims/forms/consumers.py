"""Asking to see who a consumer is."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, ServiceForm
from claims.services.consumers import DIALECT_SIGNS

DIALECTS = "dialects"
"""The id of the list of suggestions that parts/dialects.html writes."""


def dialect_field() -> LineField:
    """Which dialect or language the consumer speaks, so that whoever handles the claim can talk to them."""
    return LineField(
        label=_("Dialect or language"),
        max_length=DIALECT_SIGNS,
        required=False,
        widget=forms.TextInput(attrs={"list": DIALECTS, "autocomplete": "off"}),
    )


class RevealForm(ServiceForm):
    """Why the clear name and phone are needed; the reason stays in the history."""

    reason = LineField(
        label=_("What do you need it for?"),
        max_length=200,
        min_length=4,
        help_text=_("For example: calling about the pickup. The reason is kept with your name."),
    )
