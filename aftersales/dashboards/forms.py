"""What the platform desk sets about the programme: a plan, the phase of a county."""

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, ServiceForm
from stations.models import CountyPhase, ProgrammePlan
from stations.models.programme import PhaseChoices
from stations.rules.programme import Goals, Phase

SOURCE_LENGTH = ProgrammePlan._meta.get_field("source").max_length
NOTE_LENGTH = CountyPhase._meta.get_field("note").max_length
LARGEST = 100_000_000


def _day(label, **more) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


def _number(label) -> forms.IntegerField:
    return forms.IntegerField(label=label, max_value=LARGEST, validators=[MinValueValidator(1)])


class PlanForm(ServiceForm):
    """How much the programme is to reach, and in what time."""

    counties = _number(_("Counties"))
    stations = _number(_("Village stations"))
    agents = _number(_("Agents"))
    claims = _number(_("Claims"))
    starts_on = _day(_("Start of the programme"), help_text=_("The first day of a month."))
    ends_on = _day(_("End of the programme"))
    valid_from = _day(_("Counts from"), help_text=_("Today or later; days that are over keep their plan."))
    source = LineField(
        label=_("Source"), max_length=SOURCE_LENGTH, help_text=_("The document in which this was decided.")
    )

    @property
    def planned(self) -> dict:
        """What `set_plan` takes."""
        given = dict(self.cleaned_data)
        goals = Goals(*(given.pop(name) for name in ("counties", "stations", "agents", "claims")))
        return {"goals": goals, **given}


class PhaseForm(ServiceForm):
    """From which day on a county is in which phase."""

    phase = forms.TypedChoiceField(
        label=_("Phase"), choices=PhaseChoices.choices, coerce=Phase, widget=forms.RadioSelect
    )
    starts_on = _day(_("From"))
    note = LineField(
        label=_("Note"),
        max_length=NOTE_LENGTH,
        required=False,
        help_text=_("Needed when the county goes back to an earlier phase."),
    )
