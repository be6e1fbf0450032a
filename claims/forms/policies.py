"""A new version of the rules of compensation, and a trial of figures on past claims."""

import re
import unicodedata
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from aftersales.lib.errors import InvalidValue
from aftersales.lib.money import format_milli, parse_exact
from aftersales.web.service_forms import NoteField, ServiceForm, YuanField
from claims.models import CompensationPolicy
from claims.models.compensation import PolicyKind
from claims.rules import damage_tiers
from claims.rules.policies import FIGURES

MOST_PERMILLE = 5000
MOST_DAYS = 3650
MOST_APPEAL_DAYS = 366
MOST_PHOTOS = 9
LONGEST_TEXT = 5000
LONGEST_TABLE = 600
LONGEST_TRIAL = timedelta(days=366)
PROGRAMME = "programme"
"""What the form sends for the whole programme, which has no county code."""
TIER_LINE = re.compile(r"\s*([0-9.]+)\s*%?\s*(?:[:=→,;、]|->|\s)\s*([0-9.]+)\s*%?\s*", re.ASCII)


class TiersField(forms.CharField):
    """A table of tiers, one a line: the bad share up to which it goes and what it pays, both in percent.

    Gives the rows as a policy keeps them, in permille; whether they are a table is the service's to say.
    """

    widget = forms.Textarea(attrs={"rows": 6, "inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {
        "not_a_tier": _("Line %(line)s is no tier. Write two numbers in percent, such as 30: 30."),
        "too_long": _("This is too long for a table."),
    }

    def to_python(self, value):
        if isinstance(value, list):
            return value
        text = unicodedata.normalize("NFKC", super().to_python(value))
        if len(text) > LONGEST_TABLE:
            raise ValidationError(self.error_messages["too_long"], code="too_long")
        return [self._read(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]

    def _read(self, number: int, line: str) -> dict[str, int]:
        found = TIER_LINE.fullmatch(line)
        try:
            if found is None:
                raise InvalidValue("not_a_tier", line)
            shares = [parse_exact(each, places=1, maximum=10**6) for each in found.groups()]
        except InvalidValue:
            raise ValidationError(
                self.error_messages["not_a_tier"], code="not_a_tier", params={"line": number}
            ) from None
        return {"up_to_permille": shares[0], "pays_permille": shares[1]}

    def prepare_value(self, value):
        if not isinstance(value, list):
            return value
        return "\n".join(
            f"{format_milli(row['up_to_permille'] * 100)}: {format_milli(row['pays_permille'] * 100)}"
            for row in value
        )


class FiguresForm(ServiceForm):
    """Every figure of a version, filled in with those of `in_force`. Amounts are typed in yuan.

    Where no table is in force, the published one is on offer; it counts only once tiers are chosen.
    """

    kind = forms.ChoiceField(label=_("How the amount is worked out"), choices=PolicyKind)
    tiers = TiersField(
        label=_("Table of tiers"),
        required=False,
        help_text=_(
            "Only with tiers. One a line: bad share up to (%), what is paid of the price (%). The last one "
            "goes up to 100. Platforms publish 10: 10, 30: 30, 50: 50, 80: 80, 100: 100."
        ),
    )
    includes_freight = forms.BooleanField(
        label=_("Freight counts as paid"),
        required=False,
        help_text=_("Each line of an order carries its share of the freight."),
    )
    tolerance_permille = forms.IntegerField(
        label=_("Tolerance (‰)"),
        min_value=0,
        max_value=1000,
        help_text=_("When less than this share is bad, nothing is due. 50 ‰ are 5 in 100."),
    )
    multiplier_permille = forms.IntegerField(
        label=_("Multiplier (‰)"),
        min_value=1,
        max_value=MOST_PERMILLE,
        help_text=_("1000 ‰ pays exactly the bad share. With tiers always 1000."),
    )
    minimum_fen = YuanField(label=_("At least (yuan)"), help_text=_("What is paid once anything is due."))
    cap_fen = YuanField(
        label=_("At most (yuan)"), required=False, help_text=_("For one order line. Empty: no cap.")
    )
    coupon_bonus_permille = forms.IntegerField(
        label=_("Coupon bonus (‰)"), min_value=0, max_value=MOST_PERMILLE
    )
    coupon_days = forms.IntegerField(label=_("Coupon valid for days"), min_value=1, max_value=MOST_DAYS)
    photos_required = forms.IntegerField(label=_("Photos needed"), min_value=0, max_value=MOST_PHOTOS)
    automatic_limit_fen = YuanField(label=_("Decided by rule up to (yuan)"))
    officer_limit_fen = YuanField(label=_("Decided by a claims officer up to (yuan)"))
    station_day_limit_fen = YuanField(label=_("Paid out per station and day at most (yuan)"))
    person_day_limit_fen = YuanField(label=_("Paid out per person and day at most (yuan)"))
    fund_month_limit_fen = YuanField(label=_("Paid out per fund and month at most (yuan)"))
    claim_limit_fen = YuanField(label=_("Advanced by the fund per claim at most (yuan)"))
    review_sample_permille = forms.IntegerField(
        label=_("Looked at a second time (‰)"),
        min_value=0,
        max_value=1000,
        help_text=_("Share of what the rule approved that a person looks at afterwards."),
    )
    appeal_days = forms.IntegerField(
        label=_("Days to appeal against a refusal"), min_value=1, max_value=MOST_APPEAL_DAYS
    )
    demand_days = forms.IntegerField(
        label=_("Days for the liable party to pay"), min_value=1, max_value=MOST_APPEAL_DAYS
    )
    incentive_fen = YuanField(label=_("Incentive for a claim well handled (yuan)"))

    def __init__(self, *args, in_force: CompensationPolicy, **kwargs):
        kwargs["initial"] = {
            **{name: getattr(in_force, name) for name in FIGURES},
            "tiers": in_force.tiers or damage_tiers.written(damage_tiers.DEFAULT_TIERS),
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self._in_force = in_force

    @property
    def figures(self) -> dict:
        """The figures as the service takes them; what is not asked stays as it is in force."""
        return {name: self.cleaned_data.get(name, getattr(self._in_force, name)) for name in FIGURES}


class PolicyForm(FiguresForm):
    """A version to issue. `seen` says which figures the person was shown with all that changes."""

    county_code = forms.ChoiceField(label=_("Where it counts"))
    valid_from = forms.DateField(
        label=_("Valid from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Orders placed from this day on; earlier orders keep the rules of their day."),
    )
    published_text = NoteField(
        label=_("Published text"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What villagers read on the public page beside the figures."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    field_order = ("county_code", "valid_from", "kind", "tiers")

    def __init__(self, *args, counties, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["county_code"].choices = counties

    def clean_county_code(self) -> str:
        code = self.cleaned_data["county_code"]
        return "" if code == PROGRAMME else code


class TrialForm(FiguresForm):
    """Figures to try on the claims of a period. Sent in the address, so that it can be kept and passed on."""

    county = forms.ChoiceField(label=_("Where"))
    first_day = forms.DateField(
        label=_("Claims filed from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=_("to"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    field_order = ("county", "first_day", "last_day", "kind", "tiers")

    def __init__(self, *args, counties, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = counties

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and first > last:
            self.add_error("last_day", ValidationError(_("This day lies before the first."), code="order"))
        elif first and last and last - first > LONGEST_TRIAL:
            self.add_error("last_day", ValidationError(_("Choose at most a year."), code="too_long"))
        return cleaned
