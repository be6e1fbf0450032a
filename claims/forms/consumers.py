"""Asking to see who a consumer is."""

from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, ServiceForm


class RevealForm(ServiceForm):
    """Why the clear name and phone are needed; the reason stays in the history."""

    reason = LineField(
        label=_("What do you need it for?"),
        max_length=200,
        min_length=4,
        help_text=_("For example: calling about the pickup. The reason is kept with your name."),
    )
