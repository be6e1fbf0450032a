"""Forms of the case library."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.web.filter_forms import FilterForm, SearchField
from aftersales.web.service_forms import LineField, NoteField, ServiceForm
from training.forms.handbook import ANY_GOODS, ANY_PROBLEM
from training.models.choices import GoodsChoices, ProblemChoices

STATES = [
    ("", pgettext_lazy("case", "waiting")),
    ("published", pgettext_lazy("case", "published")),
    ("dropped", pgettext_lazy("case", "dropped")),
]


class CaseSearchForm(FilterForm):
    """What the library is searched for."""

    q = SearchField(label=_("Words in the cases"), hint=_("What happened? e.g. squashed box"))
    goods = forms.ChoiceField(label=_("Goods"), choices=[ANY_GOODS, *GoodsChoices.choices], required=False)
    problem = forms.ChoiceField(
        label=_("Problem"), choices=[ANY_PROBLEM, *ProblemChoices.choices], required=False
    )


class CaseDeskForm(FilterForm):
    """Which cases of the own county are shown on the desk."""

    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)


class CaseForm(ServiceForm):
    """The words of a case."""

    title = LineField(label=_("Title"), max_length=80)
    goods_type = forms.ChoiceField(label=_("Goods"), choices=GoodsChoices.choices)
    problem = forms.ChoiceField(
        label=_("Problem"), choices=[("", _("All problems")), *ProblemChoices.choices], required=False
    )
    what_happened = NoteField(label=_("What happened"), max_length=500)
    what_was_done = NoteField(label=_("What was done"), max_length=500)
    what_to_learn = NoteField(
        label=_("What to learn from it"),
        max_length=500,
        required=False,
        help_text=_("Needed before the case is published."),
    )
