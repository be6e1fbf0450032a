"""Orders to providers: offering and taking back, and what the provider says."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, NoteField, ServiceForm
from claims.models.visits import VisitFailureChoices, VisitOutcomeChoices
from claims.rules.provider_ranking import ProviderRanking
from claims.rules.visits import OUTCOMES, VisitKind
from claims.services.provider_order_rows import NOTE_SIGNS
from claims.services.provider_visits import FAILURES
from claims.services.visits import TASK_SIGNS, TEXT_LIMIT


class OfferForm(ServiceForm):
    """To which provider a visit is offered; the providers come with the ranking."""

    provider = forms.ChoiceField(
        label=_("Provider"), widget=forms.RadioSelect, error_messages={"required": _("Choose a provider.")}
    )
    reason = LineField(
        label=_("Reason"),
        max_length=NOTE_SIGNS,
        required=False,
        help_text=_("Only when you ask somebody again who has declined or did not answer."),
    )

    def __init__(self, *args, ranking: ProviderRanking, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["provider"].choices = [
            (str(each.candidate.key), str(each.candidate.key))
            for each in (*ranking.ranked, *(row for row in ranking.excluded if not row.is_final))
        ]


class WithdrawForm(ServiceForm):
    """Why an order is taken back."""

    note = LineField(label=_("Reason"), max_length=NOTE_SIGNS, min_length=4)


class VisitDoneForm(ServiceForm):
    """What came of the visit, as the provider says it."""

    outcome = forms.ChoiceField(label=_("What came of it?"), widget=forms.RadioSelect)
    found = NoteField(
        label=_("What did you find?"),
        max_length=TEXT_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    done = NoteField(
        label=_("What did you do?"),
        max_length=TEXT_LIMIT,
        min_length=TASK_SIGNS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_signed = forms.BooleanField(
        label=_("The consumer has signed my sheet of paper, and I hand it in."),
        error_messages={"required": _("Let the consumer sign first.")},
    )

    def __init__(self, *args, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [
            (outcome.value, VisitOutcomeChoices(outcome).label) for outcome in OUTCOMES[VisitKind(kind)]
        ]


class VisitFailedForm(ServiceForm):
    """Why the visit came to nothing, as the provider says it."""

    failure = forms.ChoiceField(
        label=_("Why not?"),
        widget=forms.RadioSelect,
        choices=[(each.value, VisitFailureChoices(each).label) for each in FAILURES],
        error_messages={"required": _("Tap a reason.")},
    )
    note = LineField(label=_("In a few words"), max_length=NOTE_SIGNS, required=False)
