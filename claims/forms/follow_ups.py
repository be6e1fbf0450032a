"""What came of a follow-up call, and the score that a consumer gives."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, NoteField, ServiceForm
from claims.models.follow_ups import CalledHow, OutcomeChoices
from claims.services.follow_ups import ANSWER_SIGNS, NOTE_SIGNS
from claims.services.scores import COMMENT_SIGNS

STARS = [
    ("5", _("5 very satisfied")),
    ("4", _("4 satisfied")),
    ("3", _("3 fair")),
    ("2", _("2 not satisfied")),
    ("1", _("1 very dissatisfied")),
]
ANYBODY = "anybody"
SHORT = [("", "–"), *((number, number) for number in "54321")]


class StarsField(forms.TypedChoiceField):
    """A score from 1 to 5, the best first."""

    def __init__(self, **kwargs):
        super().__init__(choices=STARS, coerce=int, empty_value=None, widget=forms.RadioSelect, **kwargs)


class DimensionField(forms.TypedChoiceField):
    """One side of a score, which may be left out."""

    def __init__(self, **kwargs):
        super().__init__(choices=SHORT, coerce=int, empty_value=None, required=False, **kwargs)


class SidesForm(ServiceForm):
    """A score in parts, beside the whole."""

    attitude = DimensionField(label=_("Attitude"))
    speed = DimensionField(label=_("Speed"))
    efficiency = DimensionField(label=_("Was the problem solved"))


class AttemptForm(SidesForm):
    """One call or visit; `number` says which attempt the page was for."""

    number = forms.IntegerField(min_value=1, max_value=999, widget=forms.HiddenInput)
    how = forms.ChoiceField(
        label=_("By phone or visit"), choices=CalledHow, initial=CalledHow.PHONE, widget=forms.RadioSelect
    )
    outcome = forms.ChoiceField(label=_("What came of it"), choices=OutcomeChoices, widget=forms.RadioSelect)
    stars = StarsField(
        label=_("Score"),
        required=False,
        help_text=_("Only when they answered; as the villager says it, do not guess."),
    )
    comment = NoteField(label=_("What the consumer said"), max_length=COMMENT_SIGNS, required=False)
    answer = NoteField(
        label=_("What you told the consumer, and what will be done"),
        max_length=ANSWER_SIGNS,
        required=False,
        help_text=_("Needed once the villager was reached."),
    )
    note = LineField(
        label=_("Remark"),
        max_length=NOTE_SIGNS,
        required=False,
        help_text=_("For example: asked to be called again after dark."),
    )

    def __init__(self, *args, is_second: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_second:
            del self.fields["answer"]

    def renew(self, number: int) -> None:
        """Let the person send again on top of what they are shown now."""
        self.data = {**self.data.dict(), "number": str(number)}


class OwnScoreForm(SidesForm):
    """What the consumer says on the public page; `token` proves that number and digits were right."""

    token = forms.CharField(max_length=400, widget=forms.HiddenInput)
    stars = StarsField(label=_("How was your claim handled?"))
    comment = NoteField(label=_("What was good, what was not?"), max_length=COMMENT_SIGNS, required=False)


class TurnForm(ServiceForm):
    """Whose turn a call is; "anybody" for whoever has time. The people come with the page."""

    to = forms.ChoiceField(
        label=_("Who calls"), widget=forms.RadioSelect, error_messages={"required": _("Choose a person.")}
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        anybody = (ANYBODY, _("Whoever has time"))
        self.fields["to"].choices = [*((str(each.key), each.name) for each in people), anybody]

    def clean_to(self) -> int | None:
        chosen = self.cleaned_data["to"]
        return None if chosen == ANYBODY else int(chosen)
