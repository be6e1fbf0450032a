"""What the service of a claim cost before the network."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, ServiceForm, YuanField
from claims.services.cost_baselines import SOURCE_LIMIT


class BaselineForm(ServiceForm):
    """A cost of a claim, from which day on it counts, and where the figure comes from."""

    fields_by_code = {"amount_invalid": "cost_per_claim_fen"}

    cost_per_claim_fen = YuanField(label=_("Cost of a claim before the network"), positive=True)
    valid_from = forms.DateField(
        label=_("Valid from"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    source = LineField(
        label=_("Where the figure comes from"),
        max_length=SOURCE_LIMIT,
        min_length=4,
        help_text=_("For example: survey of 120 claims of 2025, minutes of the county's commerce bureau."),
    )
