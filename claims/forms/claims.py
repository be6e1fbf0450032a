"""Finding claims in a list."""

from django import forms
from django.utils.translation import gettext_lazy as _

from claims.forms.search import ClaimSearchForm
from claims.models.choices import NatureChoices, StatusChoices
from claims.rules.classification import GoodsType

OPEN, ANY = "open", "any"


class ClaimFilterForm(ClaimSearchForm):
    """The filters of the claim list. Everything is optional; what is wrong filters nothing."""

    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[(OPEN, _("Open")), (ANY, _("All states")), *StatusChoices.choices],
    )
    goods = forms.ChoiceField(
        label=_("Goods"),
        required=False,
        choices=[
            ("", _("All goods")),
            (GoodsType.PRODUCE, _("Farm produce")),
            (GoodsType.INDUSTRIAL, _("Industrial goods")),
            (GoodsType.AGRICULTURAL_INPUTS, _("Agricultural inputs")),
        ],
    )
    nature = forms.ChoiceField(
        label=_("Kind of problem"), required=False, choices=[("", _("All kinds")), *NatureChoices.choices]
    )
    since = forms.DateField(
        label=_("Filed from"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=_("Filed until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    mine = forms.BooleanField(label=_("Only mine"), required=False)
    overdue = forms.BooleanField(label=_("Only overdue"), required=False)
