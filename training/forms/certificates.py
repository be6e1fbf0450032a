"""Forms around certificates: finding them, issuing, revoking, printing, and what a visitor types."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.web.filter_forms import SearchField
from aftersales.web.service_forms import DayField, NoteField, RowsField, ServiceForm
from stations.models import Agent
from training.forms.people import CountyFilterForm
from training.rules.certificates import Standing
from training.services.certificates import LONGEST_REASON

STANDINGS = [
    ("", _("all")),
    (Standing.VALID.value, pgettext_lazy("certificate", "valid")),
    ("ending", _("to be renewed")),
    (Standing.EXPIRED.value, pgettext_lazy("certificate", "expired")),
    (Standing.REVOKED.value, pgettext_lazy("certificate", "revoked")),
]
READY, LACKING = "ready", "lacking"
CANDIDATES = [("", _("all")), (READY, _("qualify today")), (LACKING, _("something is missing"))]
TYPED = 60


class CertificateFilterForm(CountyFilterForm):
    """What narrows the list of certificates."""

    q = SearchField(label=_("Name, number or station"))
    standing = forms.ChoiceField(label=_("State"), choices=STANDINGS, required=False)
    issued_from = DayField(label=_("Issued from"), required=False)
    issued_to = DayField(label=_("Issued until"), required=False)


class CandidateFilterForm(CountyFilterForm):
    """What narrows the list of who qualifies."""

    state = forms.ChoiceField(label=_("State"), choices=CANDIDATES, required=False)


class IssueForm(ServiceForm):
    """Who is to be given a certificate, among the people in reach."""

    person = RowsField(
        queryset=Agent._base_manager.none(),
        widget=forms.MultipleHiddenInput,
        label=_("Person"),
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = Agent.objects.select_related("user", "station").order_by(
            "station__region_id", "pk"
        )


class RevokeForm(ServiceForm):
    """Why a certificate is taken back; the holder reads it."""

    reason = NoteField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("The holder reads this. The public does not."),
    )


class ConsentForm(ServiceForm):
    """Whether the name is shown: 1 or 0."""

    shows_name = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda text: text == "1")


class VerifyForm(forms.Form):
    """What somebody reads off a certificate."""

    number = forms.CharField(
        label=_("Certificate number"),
        max_length=TYPED,
        strip=True,
        help_text=_("13 letters and digits, as printed. Blanks and dashes do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
