"""What a candidate answers to one question, as the paper shows its options."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import ServiceForm
from training.queries.sittings import Asked
from training.rules.exams import QuestionKind

LATEST_SENT = 2**53
HINTS = {
    QuestionKind.SINGLE: _("Choose the one right answer"),
    QuestionKind.PICTURE: _("Look at the picture and choose the one right answer"),
    QuestionKind.TRUE_FALSE: _("Right or wrong?"),
    QuestionKind.MULTIPLE: _("Choose every right answer; there are several"),
    QuestionKind.ORDERING: _("Number the lines in the right order"),
}


class AnswerForm(ServiceForm):
    """One question with its options; `shown` is the answer as positions on the paper, from 0.

    An ordering question has a number for every option, the others a field `answer`.
    """

    sent = forms.IntegerField(required=False, min_value=0, max_value=LATEST_SENT, widget=forms.HiddenInput)

    def __init__(self, asked: Asked, data=None):
        super().__init__(data, auto_id=f"q{asked.place}_%s")
        self.asked = asked
        self.is_ordering = asked.question.kind == QuestionKind.ORDERING
        if self.is_ordering:
            self._add_numbers()
        else:
            self._add_choices()

    def _add_choices(self) -> None:
        choices = [(str(position), text) for position, text in enumerate(self.asked.options)]
        many = self.asked.question.kind == QuestionKind.MULTIPLE
        field, widget = (
            (forms.MultipleChoiceField, forms.CheckboxSelectMultiple)
            if many
            else (forms.ChoiceField, forms.RadioSelect)
        )
        chosen = [str(position) for position in self.asked.chosen]
        self.fields["answer"] = field(
            label=HINTS[self.asked.question.kind],
            choices=choices,
            widget=widget,
            required=False,
            initial=chosen if many else "".join(chosen[:1]),
        )

    def _add_numbers(self) -> None:
        numbers = [str(number) for number in range(1, len(self.asked.options) + 1)]
        chosen = self.asked.chosen
        for position, text in enumerate(self.asked.options):
            self.fields[f"rank_{position}"] = forms.ChoiceField(
                label=text,
                choices=[("", "–"), *((number, number) for number in numbers)],
                required=False,
                initial=str(chosen.index(position) + 1) if position in chosen else "",
            )

    def clean(self):
        cleaned = super().clean()
        if self.is_ordering and not self.errors:
            ranks = [cleaned[name] for name in self._ranks]
            if any(ranks) and len(set(ranks) - {""}) < len(ranks):
                raise ValidationError(_("Give every line a number, each number once."), code="numbers_unfit")
        return cleaned

    @property
    def _ranks(self) -> list[str]:
        return [name for name in self.fields if name.startswith("rank_")]

    @property
    def numbers(self) -> list:
        """The fields of an ordering question."""
        return [self[name] for name in self._ranks]

    @property
    def shown(self) -> list[int]:
        """The answer as positions on the paper."""
        if self.is_ordering:
            ranked = [(self.cleaned_data[name], position) for position, name in enumerate(self._ranks)]
            return [position for rank, position in sorted((int(rank), at) for rank, at in ranked if rank)]
        given = self.cleaned_data["answer"]
        return sorted(
            int(position) for position in ([given] if isinstance(given, str) else given) if position
        )
