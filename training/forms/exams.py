"""Setting an exam: its figures, and how many questions of which topic and kind a paper draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, ServiceForm
from training.forms.people import CountyFilterForm
from training.models import Course, Exam
from training.models.choices import PurposeChoices, QuestionKindChoices, TopicChoices
from training.queries.questions import lines_of
from training.rules.exams import MOST_QUESTIONS, DrawLine
from training.services.exams import ATTEMPTS, MINUTES, WAIT_HOURS

PASSED, FAILED = "passed", "failed"
RESULTS = [("", _("all")), (PASSED, _("passed")), (FAILED, _("not passed yet"))]


class NumberField(forms.IntegerField):
    """A whole number within limits, with the phone's number keys."""

    def __init__(self, *, least: int, most: int, **kwargs):
        widget = forms.NumberInput(attrs={"inputmode": "numeric"})
        super().__init__(min_value=least, max_value=most, widget=widget, **kwargs)


@dataclass(frozen=True)
class DrawRow:
    """One topic of the table: the field for any kind, one for each kind, and how many the bank has."""

    label: str
    there: int
    any_kind: BoundField
    by_kind: list[tuple[BoundField | None, int]]


class ExamForm(ServiceForm):
    """A new exam. `counts` says how many questions of each topic and kind the bank has; `only_practice` is
    for whoever may not set what decides on certificates and checks of skills."""

    fields_by_code = {"exam_exists": "code"}

    title = LineField(label=_("Name of the exam"), max_length=80)
    code = LineField(label=_("Code"), max_length=20, help_text=_("For example E-FRUIT."))
    purpose = forms.ChoiceField(label=_("What it is for"), choices=PurposeChoices)
    course = forms.ModelChoiceField(
        Course.objects.none(),
        label=_("Belongs to the course"),
        required=False,
        empty_label=_("no course of its own"),
    )
    minutes = NumberField(label=_("Minutes"), least=MINUTES[0], most=MINUTES[1], initial=60)
    pass_percent = NumberField(label=_("Passed from"), least=1, most=100, initial=80)
    attempts = NumberField(label=_("Attempts"), least=ATTEMPTS[0], most=ATTEMPTS[1], initial=3)
    wait_hours = NumberField(
        label=_("Hours between two attempts"), least=WAIT_HOURS[0], most=WAIT_HOURS[1], initial=24
    )

    def __init__(self, *args, counts: Mapping[tuple[str, str], int], only_practice: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.counts = counts
        if only_practice:
            practice = PurposeChoices.PRACTICE
            self.fields["purpose"].choices = [(practice.value, practice.label)]
            self.fields["purpose"].help_text = _(
                "Exams for the certificate and the skills check hold in every county: the platform sets them."
            )
        self.fields["course"].queryset = Course.objects.filter(retired_at__isnull=True)
        for topic, topic_label in TopicChoices.choices:
            self.fields[line_name(topic, "")] = _count_field(topic_label)
            for kind, kind_label in QuestionKindChoices.choices:
                if counts.get((topic, kind)):
                    self.fields[line_name(topic, kind)] = _count_field(f"{topic_label} · {kind_label}")

    @property
    def draw_rows(self) -> list[DrawRow]:
        """The table of topics and kinds."""
        kinds = QuestionKindChoices.values
        return [
            DrawRow(
                label=str(label),
                there=sum(self.counts.get((topic, kind), 0) for kind in kinds),
                any_kind=self[line_name(topic, "")],
                by_kind=[
                    (self[line_name(topic, kind)], self.counts[topic, kind])
                    if self.counts.get((topic, kind))
                    else (None, 0)
                    for kind in kinds
                ],
            )
            for topic, label in TopicChoices.choices
        ]

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        lines = [
            DrawLine(topic, kind, count)
            for topic in TopicChoices.values
            for kind in ("", *QuestionKindChoices.values)
            if (count := given.get(line_name(topic, kind)))
        ]
        names = ("code", "title", "purpose", "course", "minutes", "attempts", "wait_hours")
        return {
            **{name: given[name] for name in names},
            "pass_permille": given["pass_percent"] * 10,
            "lines": lines,
        }

    @staticmethod
    def initial_of(exam: Exam) -> dict[str, Any]:
        """What the form begins with for an exam like another one."""
        names = ("title", "purpose", "course", "minutes", "attempts", "wait_hours")
        lines = {line_name(line.topic, line.kind): line.count for line in lines_of(exam)}
        return {
            **{name: getattr(exam, name) for name in names},
            "pass_percent": exam.pass_permille // 10,
            **lines,
        }


class ResultFilterForm(CountyFilterForm):
    """What narrows the results of an exam."""

    state = forms.ChoiceField(label=_("State"), choices=RESULTS, required=False)


def line_name(topic: str, kind: str) -> str:
    """The name of the field that says how many questions of a topic and kind are drawn."""
    return f"draw_{topic}_{kind or 'any'}"


def _count_field(label) -> NumberField:
    field = NumberField(least=0, most=MOST_QUESTIONS, label=label, required=False)
    field.widget.attrs |= {"aria-label": label, "size": 3}
    return field
