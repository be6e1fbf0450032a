"""Taking goods in, letting them go, counting the shelf."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import KeyedForm, LineField, NoteField
from claims.forms.compensation import VersionedForm
from claims.models.custody import Condition
from claims.rules.custody import CustodyAction
from claims.services.custody import MOST_PIECES


class ReceiveForm(KeyedForm):
    """What was handed over the counter, in which condition, and where it lies."""

    station = forms.ModelChoiceField(None, label=_("Station"), empty_label=None)
    what = LineField(label=_("Goods"), max_length=80)
    pieces = forms.IntegerField(
        label=_("Pieces"),
        min_value=1,
        max_value=MOST_PIECES,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    condition = forms.ChoiceField(label=_("Condition"), choices=Condition, widget=forms.RadioSelect)
    shelf = LineField(label=_("Shelf"), max_length=20, help_text=_("For example: A2, or the blue box."))
    remark = LineField(label=_("Remark"), max_length=200, required=False)

    def __init__(self, *args, stations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = stations
        if len(stations) == 1:
            self.fields["station"].initial = stations[0]
            self.fields["station"].widget = forms.HiddenInput()


class CourierForm(VersionedForm):
    """Which courier took the parcel."""

    courier = LineField(label=_("Courier firm"), max_length=40)
    parcel_number = LineField(
        label=_("Parcel number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class LeaveForm(VersionedForm):
    """Goods go away for a reason."""

    reason = NoteField(label=_("Reason"), max_length=200, min_length=4)


class PassOnForm(LeaveForm):
    """The station above puts them on a shelf of its own."""

    shelf = LineField(label=_("Shelf there"), max_length=20)


class ShelfForm(VersionedForm):
    """The goods lie somewhere else now."""

    shelf = LineField(label=_("Shelf"), max_length=20)


FORMS: dict[str, type[VersionedForm]] = {
    CustodyAction.HAND_TO_COURIER: CourierForm,
    CustodyAction.GIVE_BACK: LeaveForm,
    CustodyAction.PASS_ON: PassOnForm,
    CustodyAction.DISPOSE: LeaveForm,
    "put_elsewhere": ShelfForm,
}


class StocktakeForm(KeyedForm):
    """Labels that lie on the shelf: ticked on the list, and others as they are read or scanned."""

    ticked = forms.MultipleChoiceField(
        label=_("On the shelf"), required=False, widget=forms.CheckboxSelectMultiple
    )
    seen = NoteField(
        label=_("Other labels you found"),
        max_length=2000,
        required=False,
        help_text=_("One in a line, as they are written on the goods."),
    )
    note = LineField(label=_("Remark"), max_length=200, required=False)

    def __init__(self, *args, goods=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ticked"].choices = [
            (item.label, f"{item.label} · {item.what} · {item.shelf}") for item in goods
        ]

    @property
    def labels(self) -> list[str]:
        return [*self.cleaned_data["ticked"], *self.cleaned_data["seen"].split()]
