"""Recording the quarterly check of somebody's skills."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from aftersales.lib.errors import Refused
from aftersales.web.formats import day, permille
from aftersales.web.service_forms import NoteField, ServiceForm
from training.models import PracticalExam, Sitting
from training.queries.skills_checks import Row
from training.rules.exams import PERMILLE
from training.services.skills_checks import REMARK_SIGNS, refuse_unexplained

MOST_POINTS = 100
MISSED = "none"


def key_or_none(value: str) -> int | None:
    """The key of a result, None for a part that was missed."""
    return None if value == MISSED else int(value)


class SkillsCheckForm(ServiceForm):
    """What came of theory and practice in the quarter, points for attitude, and a remark.

    The best result of each part is chosen beforehand.
    """

    sitting = forms.TypedChoiceField(label=_("Theory"), coerce=key_or_none, choices=())
    practical = forms.TypedChoiceField(label=_("Practice"), coerce=key_or_none, choices=())
    attitude = forms.IntegerField(
        label=_("Attitude"),
        min_value=0,
        max_value=MOST_POINTS,
        help_text=_(
            "Out of 100, 25 each: patient and polite; truthful, promises nothing; keeps rules and hands on in"
            " time; keeps secrets and cash safe."
        ),
    )
    remark = NoteField(
        label=_("Remark"),
        max_length=REMARK_SIGNS,
        required=False,
        help_text=_("What went well, what to practise. Needed when a part is missing."),
    )

    def __init__(self, *args, row: Row, sittings: list[Sitting], practicals: list[PracticalExam], **kwargs):
        super().__init__(*args, **kwargs)
        self._sittings = {each.pk: each for each in sittings}
        self._practicals = {each.pk: each for each in practicals}
        missed = [(MISSED, _("not taken part"))]
        self.fields["sitting"].choices = missed + [
            (each.pk, f"{day(each.ended_at)} · {permille(each.score_permille)} · {each.exam}")
            for each in sittings
        ]
        self.fields["practical"].choices = missed + [
            (each.pk, f"{day(each.held_on)} · {permille(each.score_permille)} · {each.sheet}")
            for each in practicals
        ]
        self.fields["sitting"].initial = row.sitting.pk if row.sitting else MISSED
        self.fields["practical"].initial = row.practical.pk if row.practical else MISSED

    def clean(self):
        given = super().clean()
        if {"sitting", "practical", "remark"} <= set(given):
            try:
                refuse_unexplained(given["sitting"], given["practical"], given["remark"])
            except Refused as refused:
                self.add_error(refused.field, ValidationError(refused.message, code=refused.code))
        return given

    @property
    def values(self) -> dict:
        """What the service is given."""
        given = self.cleaned_data
        return {
            "sitting": self._sittings.get(given["sitting"]),
            "practical": self._practicals.get(given["practical"]),
            "attitude_permille": given["attitude"] * PERMILLE // MOST_POINTS,
            "remark": given["remark"],
        }
