"""Planning a visit, and writing down what came of it."""

from collections.abc import Sequence
from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.lib.phones import names_mobile
from aftersales.web.service_forms import (
    KeyedForm,
    LineField,
    NoteField,
    QuantityField,
    ServiceForm,
    YuanField,
)
from claims.forms.compensation import VersionedForm
from claims.models.custody import Condition
from claims.models.visits import (
    BearerChoices,
    CostKindChoices,
    TransportChoices,
    VisitFailureChoices,
    VisitKindChoices,
    VisitOutcomeChoices,
)
from claims.rules.visits import OUTCOMES, VisitKind, VisitOutcome
from claims.services.custody import MOST_PIECES
from claims.services.visit_proofs import PAPER, PHOTO, SIGNATURE
from claims.services.visit_results import GoodsTaken
from claims.services.visits import MOST_METRES, NOTE_LIMIT, TASK_LIMIT, TEXT_LIMIT

NOT_SAID = [("", _("not said"))]
STROKES_SIGNS = 60_000
PROOFS = [
    (SIGNATURE, _("Signature on this screen")),
    (PHOTO, _("Photo of the work")),
    (PAPER, _("Signed on paper")),
]
KEY_DIGITS = 9
YEARS = range(2000, 3000)
"""As for moments that are typed: what every time zone can express."""


class VisitWhatForm(ServiceForm):
    """What is to be done, where; who goes and when comes on the next page."""

    kind = forms.ChoiceField(label=_("What for?"), choices=VisitKindChoices, widget=forms.RadioSelect)
    task = NoteField(
        label=_("What is to be done"),
        max_length=TASK_LIMIT,
        min_length=2,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Without names and phone numbers: whoever goes sees them beside it."),
    )
    place = forms.ChoiceField(label=_("Village to go to"))
    transport = forms.ChoiceField(
        label=_("On the road by"), choices=[*NOT_SAID, *TransportChoices.choices], required=False
    )

    def __init__(self, *args, villages: Sequence[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = villages
        if len(villages) == 1:
            self.fields["place"].initial = villages[0][0]

    def clean_task(self) -> str:
        """A provider reads it before it has accepted, so no phone number stands in it."""
        task = self.cleaned_data["task"]
        if names_mobile(task):
            raise ValidationError(_("Leave the phone number out: whoever goes sees it beside this."))
        return task


class WindowForm(ServiceForm):
    """One of the windows on offer, and a reason where the way is long. The page draws the windows."""

    window = forms.CharField(
        label=_("When"),
        max_length=80,
        error_messages={"required": _("Choose one of the windows on the page.")},
    )
    override_reason = LineField(
        label=_("Reason for going further"),
        max_length=200,
        required=False,
        help_text=_("Needed where the way is longer than the service radius, or not known."),
    )


class WindowChoice(VersionedForm, WindowForm):
    """The same for a visit that is planned already."""


class VisitGiveForm(VersionedForm):
    """Who goes instead, in the same window."""

    who = forms.ChoiceField(label=_("Who goes?"), widget=forms.RadioSelect)
    override_reason = WindowForm.base_fields["override_reason"]

    def __init__(self, *args, people: Sequence[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = people


class VisitStartForm(VersionedForm):
    """Setting out has nothing to fill in."""


class VisitFailForm(VersionedForm):
    """Why a visit came to nothing."""

    failure = forms.ChoiceField(
        label=_("Why did it come to nothing?"), choices=VisitFailureChoices, widget=forms.RadioSelect
    )
    note = NoteField(
        label=_("Note"),
        max_length=NOTE_LIMIT,
        required=False,
        help_text=_("Needed with “another reason”."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class VisitCancelForm(VersionedForm):
    """Why a visit is called off."""

    note = NoteField(
        label=_("Reason"), max_length=NOTE_LIMIT, min_length=4, widget=forms.Textarea(attrs={"rows": 2})
    )


class VisitFinishForm(VersionedForm, KeyedForm):
    """What came of a visit, and the proof of it. Goods are asked for where they can be taken along."""

    outcome = forms.ChoiceField(label=_("What came of it?"), widget=forms.RadioSelect)
    found = NoteField(
        label=_("What was found"),
        max_length=TEXT_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    done = NoteField(
        label=_("What was done"),
        max_length=TEXT_LIMIT,
        min_length=2,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    transport = forms.ChoiceField(
        label=_("On the road by"), choices=[*NOT_SAID, *TransportChoices.choices], required=False
    )
    distance_m = QuantityField(
        label=_("Way there (km)"),
        required=False,
        maximum=MOST_METRES,
        help_text=_("One way, as it was driven. Empty: as measured on the map."),
    )
    what = LineField(label=_("Goods"), max_length=80, required=False)
    pieces = forms.IntegerField(
        label=_("Pieces"),
        min_value=1,
        max_value=MOST_PIECES,
        initial=1,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    condition = forms.ChoiceField(
        label=_("Condition"), choices=[*NOT_SAID, *Condition.choices], required=False
    )
    shelf = LineField(
        label=_("Shelf"),
        max_length=20,
        required=False,
        help_text=_("Where the goods will lie at the station."),
    )
    proof = forms.ChoiceField(label=_("Proof of the visit"), choices=PROOFS, widget=forms.RadioSelect)
    strokes = forms.CharField(max_length=STROKES_SIGNS, required=False, widget=forms.HiddenInput)

    GOODS = ("what", "pieces", "condition", "shelf")

    def __init__(self, *args, kind: str, asks_goods: bool, **kwargs):
        super().__init__(*args, **kwargs)
        possible = OUTCOMES[VisitKind(kind)]
        self.fields["outcome"].choices = [
            (each.value, VisitOutcomeChoices(each.value).label) for each in possible
        ]
        if len(possible) == 1:
            self.fields["outcome"].initial = possible[0].value
        if VisitOutcome.TAKEN_ALONG not in possible or not asks_goods:
            for name in self.GOODS:
                del self.fields[name]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("outcome") == VisitOutcome.TAKEN_ALONG:
            for name in self.GOODS:
                if name in self.fields and not cleaned.get(name) and name not in self.errors:
                    self.add_error(
                        name, ValidationError(self.fields[name].error_messages["required"], code="required")
                    )
        return cleaned

    @property
    def goods(self) -> GoodsTaken | None:
        """What was taken along, where it was asked for and something was."""
        if "what" not in self.fields or self.cleaned_data["outcome"] != VisitOutcome.TAKEN_ALONG:
            return None
        return GoodsTaken(**{name: self.cleaned_data[name] for name in self.GOODS})

    @property
    def given(self) -> dict:
        """What the service takes as it was typed."""
        names = ("outcome", "found", "done", "transport", "distance_m", "proof", "strokes")
        return {name: self.cleaned_data[name] for name in names}


class VisitCostForm(KeyedForm):
    """One cost line of a visit; sent twice, it is one line."""

    kind = forms.ChoiceField(label=_("Cost of"), choices=CostKindChoices)
    amount_fen = YuanField(label=_("Amount"), positive=True)
    borne_by = forms.ChoiceField(label=_("Borne by"), choices=BearerChoices)
    note = LineField(label=_("Note"), max_length=100, required=False)


class SignatureForm(ServiceForm):
    """Why somebody looks at a signature."""

    reason = LineField(label=_("Reason"), max_length=200, min_length=4)


def read_window(text: str) -> tuple[str, int, datetime] | None:
    """A choice of the page, as `t12|2026-11-23T02:00:00+00:00`: (t, p or n, whose, when); None for others."""
    who, _bar, when = text.partition("|")
    kind, number = who[:1], who[1:]
    try:
        starts_at = datetime.fromisoformat(when)
    except ValueError:
        return None
    if kind not in ("t", "p", "n") or timezone.is_naive(starts_at) or starts_at.year not in YEARS:
        return None
    return kind, read_key(number or "0"), starts_at


def read_key(number: str) -> int:
    """A key as a page sends it back; 0, which nothing has, for anything else."""
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= KEY_DIGITS else 0
