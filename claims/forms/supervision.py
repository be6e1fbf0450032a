"""Checks and their findings: what is drawn, answers to a checklist, a finding, a rectification."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.lib.periods import Period, PeriodKind
from aftersales.web.filter_forms import FilterForm, SearchField
from aftersales.web.service_forms import DayField, NoteField, ServiceForm
from claims.models import Check, CheckItem
from claims.models.supervision import (
    CheckKindChoices,
    DepartmentChoices,
    FindingStateChoices,
    SeverityChoices,
    ThemeChoices,
)
from claims.queries.supervision import OVERDUE, parties_of
from claims.rules.supervision import MOST_DRAWN, PERMILLE, DrawRule
from claims.rules.supervision_checklists import Answer, Checklist
from claims.services.checks import CONCLUSION_LIMIT, REMARK_LIMIT
from claims.services.findings import REPORT_LIMIT, WORDS_LIMIT
from stations.models import Region, Station

MONTHS_OFFERED, QUARTERS_OFFERED = 12, 4
PER_CENT = PERMILLE // 100
ANSWERS = ((Answer.YES.value, _("Yes")), (Answer.NO.value, _("No")), (Answer.DOES_NOT_APPLY.value, _("n/a")))


def periods_offered(today: date) -> list[str]:
    """Names of the months and quarters a check may be about, the newest first."""
    months = Period.of(today, PeriodKind.MONTH).previous.back(MONTHS_OFFERED)
    quarters = Period.of(today, PeriodKind.QUARTER).previous.back(QUARTERS_OFFERED)
    return [each.name for each in (*reversed(quarters), *reversed(months))]


class CheckForm(ServiceForm):
    """What a check is about, and how many claims are drawn for it."""

    fields_by_code = {"checked_already": "period", "nothing_to_draw": "period"}

    county = forms.ChoiceField(label=_("County"))
    kind = forms.ChoiceField(label=_("Kind"), choices=CheckKindChoices.choices)
    theme = forms.ChoiceField(label=_("Theme"), choices=ThemeChoices.choices)
    department = forms.ChoiceField(label=_("Department"), choices=DepartmentChoices.choices)
    period = forms.ChoiceField(label=_("Claims that ended in"))
    share = forms.IntegerField(label=_("Share drawn (%)"), min_value=0, max_value=100, initial=5)
    least = forms.IntegerField(label=_("At least"), min_value=1, max_value=MOST_DRAWN, initial=5)
    most = forms.IntegerField(label=_("No more than"), min_value=1, max_value=MOST_DRAWN, initial=40)

    def __init__(self, *args, counties: list[Region], today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = [(each.code, each.name) for each in counties]
        self.fields["period"].choices = [(name, name) for name in periods_offered(today)]

    def clean(self):
        values = super().clean()
        least, most = values.get("least"), values.get("most")
        if least and most and least > most:
            self.add_error("most", forms.ValidationError(_("At least is more than at most."), code="order"))
        return values

    @property
    def arguments(self) -> dict:
        """What the service is asked with."""
        said = self.cleaned_data
        return {
            "county_code": said["county"],
            "kind": said["kind"],
            "theme": said["theme"],
            "department": said["department"],
            "period": Period.named(said["period"]),
            "rule": DrawRule(said["share"] * PER_CENT, said["least"], said["most"]),
        }


class ItemForm(ServiceForm):
    """The answers to a checklist for one claim; `seen` is when the answers on the page were given."""

    seen = forms.DateTimeField(
        required=False, widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"]
    )

    def __init__(self, *args, checklist: Checklist, item: CheckItem, **kwargs):
        super().__init__(*args, **kwargs)
        self.checklist = checklist
        self.fields["seen"].initial = f"{item.checked_at:%Y-%m-%dT%H:%M:%S.%f%z}" if item.checked_at else ""
        for question in checklist.questions:
            self.fields[question.key] = forms.ChoiceField(
                label=question.ask,
                help_text=question.basis,
                choices=ANSWERS,
                widget=forms.RadioSelect,
                initial=item.answers.get(question.key),
            )
        self.fields["remark"] = NoteField(
            label=_("Remark"),
            help_text=_("Needed where an answer is no; without names and numbers of persons."),
            max_length=REMARK_LIMIT,
            required=False,
            initial=item.remark,
        )

    @property
    def answers(self) -> dict[str, str]:
        return {question.key: self.cleaned_data[question.key] for question in self.checklist.questions}


class CloseForm(ServiceForm):
    """The conclusion of a check."""

    conclusion = NoteField(
        label=_("Conclusion"),
        help_text=_("The county reads it. Without names and numbers of persons."),
        min_length=4,
        max_length=CONCLUSION_LIMIT,
    )


class FindingForm(ServiceForm):
    """What is wrong, how bad it is, and by when it is to be put right."""

    question = forms.ChoiceField(label=_("Question of the checklist"), required=False)
    station = forms.ModelChoiceField(
        label=_("Station"), queryset=None, required=False, empty_label=_("No single station")
    )
    party = forms.ModelChoiceField(
        label=_("Party"), queryset=None, required=False, empty_label=_("No single party")
    )
    severity = forms.ChoiceField(label=_("Severity"), choices=SeverityChoices.choices)
    words = NoteField(
        label=_("What is wrong?"),
        help_text=_("The county and the authorities read it. Without names and numbers of persons."),
        min_length=4,
        max_length=WORDS_LIMIT,
    )
    due_on = DayField(label=_("To be rectified by"))

    def __init__(self, *args, check: Check, checklist: Checklist, item: CheckItem | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["question"].choices = [
            ("", _("Something else")),
            *((each.key, each.ask) for each in checklist.questions),
        ]
        self.fields["station"].queryset = Station.objects.filter(county_code=check.county_code).order_by(
            "name"
        )
        self.fields["party"].queryset = parties_of(check, item)
        if item is not None:
            del self.fields["station"]


def finding_initial(checklist: Checklist, question: str, today: date) -> dict:
    """What a finding about a question of the checklist begins with."""
    asked = checklist.question(question)
    if asked is None:
        return {"due_on": today + timedelta(days=15)}
    return {"question": asked.key, "severity": asked.severity, "due_on": today + timedelta(days=asked.days)}


class ReportForm(ServiceForm):
    """What was done about a finding."""

    words = NoteField(
        label=_("What was done?"),
        help_text=_("Say what was put right and what keeps it from happening again."),
        min_length=4,
        max_length=REPORT_LIMIT,
    )


class AcceptForm(ServiceForm):
    """A rectification is accepted, with a remark where one is wanted."""

    remark = NoteField(label=_("Remark"), max_length=REMARK_LIMIT, required=False)


class ReturnForm(ServiceForm):
    """A rectification is sent back, with the reason and a new day."""

    remark = NoteField(label=_("What is missing?"), min_length=4, max_length=REMARK_LIMIT)
    due_on = DayField(label=_("New day"))


class CheckFilter(FilterForm):
    """Which checks are listed."""

    county = forms.ChoiceField(label=_("County"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            ("open", _("being gone through")),
            ("closed", pgettext_lazy("check", "closed")),
        ],
    )

    def __init__(self, *args, counties: list[Region], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = [("", _("All")), *((each.code, each.name) for each in counties)]
        self.fields["theme"].choices = [("", _("All")), *ThemeChoices.choices]


class FindingFilter(CheckFilter):
    """Which findings are listed; searched in their words."""

    q = SearchField(label=_("Words of the finding"))
    state = forms.ChoiceField(label=_("State"), required=False)
    severity = forms.ChoiceField(label=_("Severity"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("All")), (OVERDUE, _("overdue")), *FindingStateChoices.choices]
        self.fields["severity"].choices = [("", _("All")), *SeverityChoices.choices]
