"""A new version of the rules of compensation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import NoteField, ServiceForm, YuanField
from claims.models import CompensationPolicy
from claims.services.policies import FIGURES

MOST_PERMILLE = 5000
MOST_DAYS = 3650
MOST_PHOTOS = 9
LONGEST_TEXT = 5000
PROGRAMME = "programme"
"""What the form sends for the whole programme, which has no county code."""


class PolicyForm(ServiceForm):
    """Every figure of a version, filled in with those in force. Amounts are typed in yuan."""

    county_code = forms.ChoiceField(label=_("Where it counts"))
    valid_from = forms.DateField(
        label=_("Valid from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Orders placed from this day on; earlier orders keep the rules of their day."),
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
        help_text=_("1000 ‰ pays exactly the bad share."),
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
    fund_month_limit_fen = YuanField(label=_("Paid out per fund and month at most (yuan)"))
    published_text = NoteField(
        label=_("Published text"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What villagers read on the public page beside the figures."),
    )

    def __init__(self, *args, counties, in_force: CompensationPolicy, **kwargs):
        kwargs["initial"] = {
            **{name: getattr(in_force, name) for name in FIGURES},
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self.in_force = in_force
        self.fields["county_code"].choices = counties

    def clean_county_code(self) -> str:
        code = self.cleaned_data["county_code"]
        return "" if code == PROGRAMME else code

    @property
    def figures(self) -> dict:
        """The figures as the service takes them."""
        kept = {name: getattr(self.in_force, name) for name in FIGURES}
        return kept | {name: self.cleaned_data[name] for name in FIGURES if name in self.cleaned_data}
