"""Quarterly evaluations: the conclusion, lines of the plan, and what came of them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import DayField, NoteField, ServiceForm
from claims.models import ImprovementMeasure
from claims.models.supervision import MeasureStateChoices
from claims.rules.supervision import MeasureState
from claims.services.evaluations import CONCLUSION_LIMIT, RESULT_LIMIT, WORDS_LIMIT


class EvaluationForm(ServiceForm):
    """What is made of the figures of a quarter."""

    conclusion = NoteField(
        label=_("Conclusion"),
        help_text=_("What went well, what did not, and what has to change."),
        min_length=4,
        max_length=CONCLUSION_LIMIT,
    )


class MeasureForm(ServiceForm):
    """One line of the plan."""

    figure = forms.ChoiceField(label=_("Figure it should move"))
    words = NoteField(label=_("What is to be done"), min_length=4, max_length=WORDS_LIMIT)
    responsible = forms.ModelChoiceField(
        label=_("Responsible"), queryset=None, empty_label=_("Please choose")
    )
    due_on = DayField(label=_("To be done by"))

    def __init__(self, *args, figures, people, carried: ImprovementMeasure | None = None, **kwargs):
        if carried is not None:
            kwargs.setdefault(
                "initial",
                {"figure": carried.figure, "words": carried.words, "responsible": carried.responsible_id},
            )
        super().__init__(*args, **kwargs)
        self.fields["figure"].choices = figures
        self.fields["responsible"].queryset = people


class EndForm(ServiceForm):
    """Whether a measure is done or given up, and what came of it."""

    state = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[each for each in MeasureStateChoices.choices if each[0] != MeasureState.PLANNED],
        widget=forms.RadioSelect,
    )
    result = NoteField(label=_("Result"), min_length=4, max_length=RESULT_LIMIT)
