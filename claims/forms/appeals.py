"""Appealing against a refusal, answering an appeal, looking a second time at what the rule paid."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import NoteField, ServiceForm
from claims.models.compensation import AskedHow
from claims.models.reviews import Verdict
from claims.services.appeals import ANSWER_LIMIT, TEXT_LIMIT, TEXT_SIGNS
from claims.services.reviews import REASON_LIMIT

UPHOLD, DISMISS = "uphold", "dismiss"


def words_of_consumer() -> NoteField:
    """What the consumer brings up."""
    return NoteField(
        label=_("What is wrong with the refusal"),
        min_length=TEXT_SIGNS,
        max_length=TEXT_LIMIT,
        help_text=_("In plain words. New facts and what the photos show help most."),
    )


class AppealForm(ServiceForm):
    """An appeal taken down at a station."""

    filed_how = forms.ChoiceField(
        label=_("The villager told you"),
        choices=[(each.value, each.label) for each in AskedHow if each != AskedHow.OWN],
        widget=forms.RadioSelect,
    )
    text = words_of_consumer()


class OwnAppealForm(ServiceForm):
    """An appeal by the consumer; the token shows that they found the claim on the progress page."""

    token = forms.CharField(max_length=200, widget=forms.HiddenInput)
    text = words_of_consumer()


class AnswerForm(ServiceForm):
    """The answer to an appeal, and whether the refusal stands."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (UPHOLD, _("Uphold: the claim goes on in a new round")),
            (DISMISS, _("Dismiss: the refusal stands")),
        ],
        widget=forms.RadioSelect,
    )
    answer = NoteField(
        label=_("Answer to the consumer"),
        min_length=TEXT_SIGNS,
        max_length=ANSWER_LIMIT,
        help_text=_("The consumer reads it on the progress page and in the letter."),
    )


class VerdictForm(ServiceForm):
    """What a second look found."""

    verdict = forms.ChoiceField(
        label=_("What you found"),
        choices=[(each.value, each.label) for each in Verdict if each.value],
        widget=forms.RadioSelect,
    )
    reason = NoteField(
        label=_("Reason"),
        max_length=REASON_LIMIT,
        required=False,
        help_text=_("Needed for an objection. Nothing is taken back by it; the county manager is told."),
    )
