"""Drafting and publishing clock policies."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, ServiceForm
from claims.models import ClockRule
from claims.models.choices import ClockChoices, GoodsTypeChoices, NatureChoices, SeverityChoices
from claims.models.clock_policies import PolicyKind
from claims.rules.clock_policies import MAY_CLIMB, MOST, About
from claims.rules.clocks import DAY, HOUR, WARN_PERCENT, Basis

PROGRAMME = "programme"
LAW = "law"
"""What the form sends for the programme's promises and for the limits set by law; else a county's code."""
LONGEST_NOTE = 300
LONGEST_SOURCE = 120

# How people give an amount: the basis, and how many of its units one is worth.
MEASURES = {
    "hours": (Basis.NATURAL, HOUR, _("hours, round the clock")),
    "days": (Basis.NATURAL, DAY, _("days of 24 hours, round the clock")),
    "minutes": (Basis.NATURAL, 1, _("minutes, round the clock")),
    "opening_hours": (Basis.OPENING_HOURS, HOUR, _("hours, opening hours of working days")),
    "opening_minutes": (Basis.OPENING_HOURS, 1, _("minutes, opening hours of working days")),
    "daily_hours": (Basis.OPENING_HOURS_DAILY, HOUR, _("hours, opening hours of every day")),
    "daily_minutes": (Basis.OPENING_HOURS_DAILY, 1, _("minutes, opening hours of every day")),
    "working_days": (Basis.WORKING_DAYS, 1, _("working days")),
    "calendar_days": (Basis.CALENDAR_DAYS, 1, _("calendar days")),
}
PAUSE_MEASURES = {"hours": (HOUR, _("hours")), "days": (DAY, _("days"))}


def measured(amount: int, basis: str) -> tuple[int, str]:
    """An amount as the form shows it: a whole number and the largest measure that fits."""
    fitting = [
        (worth, name)
        for name, (each, worth, _words) in MEASURES.items()
        if each == basis and amount % worth == 0 and not (name == "days" and amount < 4 * DAY)
    ]
    worth, name = max(fitting)
    return amount // worth, name


class DraftForm(ServiceForm):
    """Where the new version counts, and what is about to change."""

    place = forms.ChoiceField(label=_("Where it counts"))
    note = LineField(
        label=_("What changes"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=_("One sentence that villagers will read beside the version. It can be written later."),
    )

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places

    @property
    def place_of_policy(self) -> dict[str, str]:
        """Kind and county as the service takes them."""
        place = self.cleaned_data["place"]
        if place == LAW:
            return {"kind": PolicyKind.LAW, "county_code": ""}
        return {"kind": PolicyKind.SERVICE, "county_code": "" if place == PROGRAMME else place}


class LineForm(ServiceForm):
    """One line: for which claims, how much time, counted how. An existing line keeps what it is about."""

    clock = forms.ChoiceField(label=_("Clock"))
    goods_type = forms.ChoiceField(label=_("Goods type"), required=False)
    nature = forms.ChoiceField(label=_("Nature"), required=False)
    severity = forms.ChoiceField(label=_("Severity"), required=False)
    amount = forms.IntegerField(label=_("How much time"), min_value=1, max_value=max(MOST.values()))
    measure = forms.ChoiceField(
        label=_("Counted in"), choices=[(name, words) for name, (*_rest, words) in MEASURES.items()]
    )
    warn_percent = forms.IntegerField(
        label=_("Warns at (%)"),
        min_value=0,
        max_value=99,
        initial=WARN_PERCENT,
        help_text=_("Share of the time after which the holder is warned. 0: no warning."),
    )
    climbs = forms.BooleanField(
        label=_("The claim climbs at the end"),
        required=False,
        help_text=_("When the time has run out, the claim goes one level up."),
    )
    source = LineField(
        label=_("Source"),
        max_length=LONGEST_SOURCE,
        required=False,
        help_text=_("The rule or the law this comes from."),
    )
    fields_by_code = {"too_short": "amount", "too_long": "amount", "unknown_choice": "measure"}

    def __init__(self, *args, clocks, line: ClockRule | None = None, is_law: bool = False, **kwargs):
        if line is not None:
            amount, measure = measured(line.amount, line.basis)
            shown = {"warn_percent": line.warn_percent, "climbs": line.climbs, "source": line.source}
            kwargs["initial"] = {"amount": amount, "measure": measure, **shown, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self._line = line
        if line is None:
            self.fields["clock"].choices = [(clock.value, ClockChoices(clock).label) for clock in clocks]
            for name, choices, any_of_them in (
                ("goods_type", GoodsTypeChoices, _("any goods")),
                ("nature", NatureChoices, _("any nature")),
                ("severity", SeverityChoices, _("any severity")),
            ):
                self.fields[name].choices = [("", any_of_them), *choices.choices]
        else:
            for name in About._fields:
                del self.fields[name]
        self.fields["source"].required = is_law
        if is_law or (line is not None and line.clock not in MAY_CLIMB):
            del self.fields["climbs"]

    @property
    def values(self) -> dict:
        """The line as the service takes it."""
        given = self.cleaned_data
        basis, worth, _words = MEASURES[given["measure"]]
        about = self._line if self._line is not None else None
        return {
            **{name: getattr(about, name) if about else given[name] for name in About._fields},
            "amount": given["amount"] * worth,
            "basis": basis.value,
            "warn_percent": given["warn_percent"],
            "climbs": given.get("climbs", False),
            "source": given["source"],
        }


class LongestPauseForm(ServiceForm):
    """How long a clock may stand still for one reason."""

    amount = forms.IntegerField(label=_("At most"), min_value=1, max_value=max(MOST.values()))
    measure = forms.ChoiceField(
        label=_("Counted in"), choices=[(name, words) for name, (_worth, words) in PAUSE_MEASURES.items()]
    )
    fields_by_code = {"too_short": "amount", "too_long": "amount"}

    def __init__(self, *args, max_minutes: int, **kwargs):
        name = "hours" if max_minutes % DAY else "days"
        shown = {"amount": max_minutes // PAUSE_MEASURES[name][0], "measure": name}
        super().__init__(*args, **{**kwargs, "initial": shown})

    @property
    def max_minutes(self) -> int:
        return self.cleaned_data["amount"] * PAUSE_MEASURES[self.cleaned_data["measure"]][0]


class PublishForm(ServiceForm):
    """From when on a draft counts. `seen` is the fingerprint of what the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    valid_from = forms.DateField(
        label=_("Valid from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = LineField(
        label=_("What changes"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=_("One sentence that villagers read beside the version."),
    )
    has_seen_preview = forms.BooleanField(
        label=_("I have looked at the preview"),
        help_text=_("It shows which claims of last month would have been late under this version."),
    )
