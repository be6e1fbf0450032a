"""Recording the villager's choice, deciding about it, handing it out."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, NoteField, ServiceForm
from claims.models.choices import RejectionCode
from claims.models.compensation import AskedHow


class VersionedForm(ServiceForm):
    """A form that says which version of a row its page showed, so that a newer one is not overrun."""

    version = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)

    def renew(self, version: int) -> None:
        """Let the person send again on top of what they are shown now."""
        self.data = {**self.data.dict(), "version": str(version)}


class ChoiceForm(VersionedForm):
    """How the villager was asked; what they chose is in the address of the page."""

    asked_how = forms.ChoiceField(
        label=_("The villager told you"),
        choices=[(each.value, each.label) for each in AskedHow if each != AskedHow.OWN],
        widget=forms.RadioSelect,
    )


class ApproveForm(VersionedForm):
    """Approving has nothing to fill in."""


class MerchantRefundForm(VersionedForm):
    """A return that the merchant pays back itself: the proof of it."""

    reference = LineField(
        label=_("Number of the merchant's refund"),
        max_length=60,
        help_text=_("The merchant or the platform shows it where the refund was made."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RefuseForm(VersionedForm):
    """Refusing names the rule and explains it in words a villager understands."""

    code = forms.ChoiceField(label=_("Rule"), choices=RejectionCode, widget=forms.RadioSelect)
    text = NoteField(
        label=_("Explanation to the villager"),
        max_length=500,
        min_length=4,
        help_text=_(
            "The villager reads this on the progress page. Say what was missing and what they can do."
        ),
    )


class ShipForm(ServiceForm):
    """The parcel that goes to the villager instead of money."""

    parcel_number = LineField(
        label=_("Parcel number"),
        max_length=40,
        min_length=5,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
