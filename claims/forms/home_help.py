"""Keeping that somebody needs help at home, and asking why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, ServiceForm
from claims.models.orders import ConsentKind
from claims.services.home_help import WHY_SIGNS


class HomeHelpForm(ServiceForm):
    """How the consumer agreed, and why help is needed if they like to say so."""

    consent_how = forms.ChoiceField(
        label=_("How did the consumer agree to this being kept?"),
        choices=ConsentKind,
        widget=forms.RadioSelect,
    )
    why = LineField(
        label=_("Why help is needed"),
        max_length=WHY_SIGNS,
        required=False,
        help_text=_("Only if the consumer wants to say so. Kept sealed and shown on request alone."),
    )


class WhyForm(ServiceForm):
    """What the answer is needed for; the reason stays in the history."""

    reason = LineField(
        label=_("What do you need it for?"),
        max_length=200,
        min_length=4,
        help_text=_("For example: planning who goes. The reason is kept with your name."),
    )
