"""Another class for a claim."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField
from claims.forms.compensation import VersionedForm
from claims.models.choices import GoodsTypeChoices, NatureChoices, SeverityChoices


class ClassForm(VersionedForm):
    """Goods type, kind of problem and how serious it is; and why it is another class."""

    goods_type = forms.ChoiceField(label=_("Goods type"), choices=GoodsTypeChoices)
    nature = forms.ChoiceField(label=_("Kind of problem"), choices=NatureChoices)
    severity = forms.ChoiceField(label=_("How serious"), choices=SeverityChoices)
    reason = LineField(label=_("Why is the class another one?"), max_length=200, min_length=4)
