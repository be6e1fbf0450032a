"""One small form for every step of a claim."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, MomentField, NoteField
from claims.forms.compensation import RefuseForm, VersionedForm
from claims.models.choices import PauseReasonChoices
from claims.rules.status import Action

LATEST_FINISH = timedelta(days=60)


class AcceptForm(VersionedForm):
    """The three facts of the first reply to the consumer."""

    progress = LineField(label=_("How far it is"), max_length=200)
    finish_at = MomentField(label=_("Expected finish"))
    method = LineField(label=_("How it will be settled"), max_length=200)

    def clean_finish_at(self):
        finish_at = self.cleaned_data["finish_at"]
        now = timezone.now()
        if not now < finish_at <= now + LATEST_FINISH:
            raise ValidationError(_("Choose a moment within the next 60 days."), code="out_of_range")
        return finish_at


class PlainForm(VersionedForm):
    """A step with nothing to say about it."""


class ReasonForm(VersionedForm):
    """A step that needs its reason."""

    reason = NoteField(label=_("Reason"), max_length=300, min_length=4)


class WaitForm(VersionedForm):
    """Who has to act first, and what exactly if there is more to say."""

    reason_code = forms.ChoiceField(
        label=_("Whom do you wait for?"), choices=PauseReasonChoices, widget=forms.RadioSelect
    )
    note = NoteField(label=_("What has to happen?"), max_length=200, required=False)


class ExplanationForm(VersionedForm):
    """How the claim was settled, in words the villager reads."""

    reason = NoteField(
        label=_("What was done"),
        max_length=300,
        min_length=4,
        help_text=_("The villager reads this on the progress page."),
    )


FORMS: dict[Action, type[VersionedForm]] = {
    Action.ACCEPT: AcceptForm,
    Action.START: PlainForm,
    Action.WAIT: WaitForm,
    Action.RESUME: PlainForm,
    Action.RESOLVE: ExplanationForm,
    Action.CLOSE: PlainForm,
    Action.REJECT: RefuseForm,
    Action.WITHDRAW: ReasonForm,
    Action.REOPEN: ReasonForm,
}
