"""Filing a claim: what is wrong, how much, who asks for it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from aftersales.lib.money import format_milli
from aftersales.web.service_forms import (
    ChineseNameField,
    KeyedForm,
    LineField,
    NoteField,
    PhoneField,
    QuantityField,
)
from claims.forms.consumers import dialect_field
from claims.models import OrderLine
from claims.models.choices import Channel, GoodsTypeChoices, NatureChoices, SeverityChoices
from claims.models.orders import ConsentKind
from claims.rules.classification import GoodsType, Nature, Severity, may_return_without_reason
from claims.rules.suggestions import Suggestion, suggest
from claims.rules.symptoms import Symptom, describe, symptoms_for

SYMPTOM_LABELS = {
    Symptom.ROTTEN: _("Rotten"),
    Symptom.MOULDY: _("Mouldy"),
    Symptom.CRUSHED: _("Crushed"),
    Symptom.SHORT: _("Too few"),
    Symptom.STALE: _("Not fresh"),
    Symptom.WRONG_GOODS: _("Wrong goods"),
    Symptom.NOT_ARRIVED: _("Never arrived"),
    Symptom.NOT_WORKING: _("Does not work"),
    Symptom.BROKEN: _("Broken"),
    Symptom.PARTS_MISSING: _("Parts missing"),
    Symptom.POOR: _("Poor quality"),
    Symptom.NO_SPROUT: _("Does not sprout"),
    Symptom.NO_EFFECT: _("No effect"),
    Symptom.CAKED: _("Caked"),
    Symptom.BAD_SERVICE: _("Nobody deals with it"),
}
# A quantity can be counted where goods are bad or missing, not where a person or a price is the matter.
COUNTED = {Nature.QUALITY, Nature.LOGISTICS}
AUTOMATIC = [("", _("automatic"))]
LONGEST_WORDS = 950
OTHER = "other"
NO_REASON = "no_reason"
"""Tapped instead of a symptom: nothing is wrong, the goods go back within the seven days of the law."""


class FilingForm(KeyedForm):
    """A claim on one order line.

    `nature` and `severity` may be left to the words: what is empty is suggested from the symptom and the
    description. Name and phone are asked only when the order knows nobody; `file_anyway` and
    `without_photos` appear once there is something to insist on.
    """

    symptom = forms.ChoiceField(
        label=_("2. What is wrong?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Tap what is wrong.")},
    )
    bad_milli = QuantityField(
        label=_("How much is bad?"),
        positive=True,
        error_messages={
            "required": _("Count the bad ones and enter the number."),
            "too_large": _("More than was bought. Count again."),
        },
    )
    name = ChineseNameField(label=_("Villager's name"))
    phone = PhoneField(label=_("Villager's phone"))
    consent_kind = forms.ChoiceField(
        label=_("The villager agrees that you file for them"),
        choices=ConsentKind,
        widget=forms.RadioSelect,
        error_messages={"required": _("Ask the villager first, then tap how they agreed.")},
    )
    description = NoteField(
        label=_("More about it"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    goods_type = forms.ChoiceField(label=_("Goods type"), choices=GoodsTypeChoices)
    nature = forms.ChoiceField(
        label=_("Kind of problem"), choices=[*AUTOMATIC, *NatureChoices.choices], required=False
    )
    severity = forms.ChoiceField(
        label=_("How serious"), choices=[*AUTOMATIC, *SeverityChoices.choices], required=False
    )
    channel = forms.ChoiceField(
        label=_("The villager came"),
        choices=[(each.value, each.label) for each in (Channel.STATION, Channel.PHONE)],
    )
    dialect = dialect_field()
    batch = LineField(label=_("Batch number on the label"), max_length=40, required=False)
    is_urgent = forms.BooleanField(label=_("People or property are in danger"), required=False)
    without_photos = forms.BooleanField(label=_("There are no photos"), required=False)
    file_anyway = forms.BooleanField(label=_("This is another matter, file it anyway"), required=False)

    def __init__(self, *args, line: OrderLine, **kwargs):
        initial = {
            "goods_type": line.goods_type,
            "channel": Channel.STATION,
            "batch": line.batch,
            "dialect": line.order.consumer.dialect if line.order.consumer_id else "",
            # One fridge, one box: there is nothing to count.
            "bad_milli": line.quantity_milli if line.is_countable and line.quantity_milli == 1000 else None,
            **kwargs.pop("initial", {}),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.line = line
        known = symptoms_for(GoodsType(line.goods_type))
        self.fields["symptom"].choices = [
            *((each.value, SYMPTOM_LABELS[each]) for each in known),
            (OTHER, _("Other")),
        ]
        if may_return_without_reason(GoodsType(line.goods_type)):
            self.fields["symptom"].choices += [(NO_REASON, _("Return without a reason (7 days)"))]
        self.fields["bad_milli"].maximum = line.quantity_milli
        if line.order.consumer_id:
            del self.fields["name"], self.fields["phone"]
        self.suggestion: Suggestion = suggest("", line.product)

    @property
    def words(self) -> str:
        """The description as it will be stored."""
        symptom = self.cleaned_data.get("symptom")
        known = Symptom(symptom) if symptom and symptom not in (OTHER, NO_REASON) else None
        return describe(known, self.cleaned_data.get("description", ""))

    @property
    def is_without_reason(self) -> bool:
        """Whether the goods are to go back though nothing is wrong with them."""
        return getattr(self, "cleaned_data", {}).get("symptom") == NO_REASON

    @property
    def quantity_suffix(self) -> str:
        """The unit and the whole, shown behind the bad quantity."""
        return _("of %(quantity)s %(unit)s") % {
            "quantity": format_milli(self.line.quantity_milli),
            "unit": self.line.get_unit_display(),
        }

    @property
    def wants_details(self) -> bool:
        """Whether the folded part holds something to look at."""
        folded = (
            "description",
            "goods_type",
            "nature",
            "severity",
            "channel",
            "batch",
            "dialect",
            "is_urgent",
        )
        typed = any(self[name].value() for name in ("description", "nature", "severity", "is_urgent"))
        return typed or any(name in self.errors for name in folded)

    @property
    def needs_photos(self) -> bool:
        """Whether photos belong to what the form says."""
        return self.cleaned_data.get("nature") in COUNTED

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.is_without_reason:
            # Nothing is wrong, so nothing is to be classed: no fault of the goods, and the least grave.
            return cleaned | {"nature": Nature.SERVICE.value, "severity": Severity.MINOR.value}
        self.suggestion = suggest(self.words, self.line.product)
        if (
            cleaned.get("symptom") == OTHER
            and not cleaned.get("description")
            and "description" not in self.errors
        ):
            self.add_error("description", ValidationError(_("Write what is wrong."), code="required"))
        for name in ("nature", "severity"):
            suggested = getattr(self.suggestion, name)
            if name in cleaned and not cleaned[name] and suggested:
                cleaned[name] = suggested.value
            if self.words and name in cleaned and not cleaned[name]:
                self.add_error(
                    name, ValidationError(_("The words do not say it: choose one."), code="required")
                )
        if (
            cleaned.get("nature")
            and cleaned["nature"] not in COUNTED
            and self.has_error("bad_milli", "required")
        ):
            del self.errors["bad_milli"]
            cleaned["bad_milli"] = None
        return cleaned


class PhotoForm(forms.Form):
    """One photo for a form that is still being filled in."""

    form_key = KeyedForm.declared_fields["form_key"]
