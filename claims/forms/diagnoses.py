"""Keeping a diagnosis by phone, and searching the issue library."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.filter_forms import SearchField
from aftersales.web.service_forms import KeyedForm, LineField, NoteField, ServiceForm
from claims.models import Issue
from claims.models.choices import GoodsTypeChoices
from claims.models.diagnoses import ApplianceChoices, RootCauseChoices
from claims.services.diagnoses import NOTE_SIGNS

ANSWERS_SIGNS = 600


class DiagnosisForm(KeyedForm):
    """What the questions led to, as it was shown; `issues` are the known faults on offer where the
    questions name none."""

    list = forms.CharField(max_length=32, widget=forms.HiddenInput)
    answers = forms.CharField(max_length=ANSWERS_SIGNS, widget=forms.HiddenInput)
    advice = forms.CharField(max_length=16, widget=forms.HiddenInput)
    issue = forms.ModelChoiceField(
        label=_("Known fault"),
        queryset=Issue.objects.none(),
        required=False,
        empty_label=_("none that fits"),
    )
    note = LineField(
        label=_("Remark"),
        max_length=NOTE_SIGNS,
        required=False,
        help_text=_("Brand and model, what the villager said. No names or phone numbers."),
    )

    def __init__(self, *args, issues=None, **kwargs):
        super().__init__(*args, **kwargs)
        if issues is None:
            del self.fields["issue"]
        else:
            self.fields["issue"].queryset = issues


class IssueSearchForm(forms.Form):
    """What the library is searched for; everything is optional."""

    q = SearchField(label=_("Symptom, cause or code"), hint=_("What is wrong? e.g. does not drain"))
    appliance = forms.ChoiceField(
        label=_("Appliance"), choices=[("", _("All appliances")), *ApplianceChoices.choices], required=False
    )
    cause = forms.ChoiceField(
        label=_("Root cause"), choices=[("", _("All causes")), *RootCauseChoices.choices], required=False
    )


class IssueWordsForm(ServiceForm):
    """A known fault as the platform words it."""

    goods_type = forms.ChoiceField(label=_("Goods type"), choices=GoodsTypeChoices)
    appliance = forms.ChoiceField(
        label=_("Appliance"), choices=[("", _("none")), *ApplianceChoices.choices], required=False
    )
    symptom = LineField(label=_("Symptom"), max_length=120)
    cause = LineField(label=_("Cause"), max_length=200)
    root_cause = forms.ChoiceField(
        label=_("Root cause"), choices=[("", _("not said")), *RootCauseChoices.choices], required=False
    )
    solution = NoteField(label=_("Solution"), max_length=1000, widget=forms.Textarea(attrs={"rows": 6}))


class IssueForm(IssueWordsForm):
    """A new known fault."""

    code = LineField(label=_("Code"), max_length=20, help_text=_("Short, for example WM-25."))
    field_order = ("code",)


class IssueReasonForm(forms.Form):
    """Why a known fault goes out of use or comes back."""

    reason = LineField(label=_("Reason"), max_length=200)
