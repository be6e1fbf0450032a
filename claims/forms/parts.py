"""Spare parts: shelves that are searched, filled, counted and emptied, and the parts of a visit."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from aftersales.web.filter_forms import SearchField
from aftersales.web.service_forms import KeyedForm, LineField, NoteField, RowsField, ServiceForm, YuanField
from claims.models import Part, PartUse
from claims.models.diagnoses import ApplianceChoices
from claims.models.parts import OldPartChoices
from claims.rules.parts import MOST_AT_A_VISIT, MOST_PIECES, old_part_choices
from claims.services.part_stock import NOTE_LEAST, NOTE_SIGNS
from stations.models import Station

NO_NAMES = _("No names of consumers.")


class PiecesField(forms.IntegerField):
    """A number of pieces."""

    def __init__(self, *, least: int = 1, most: int = MOST_PIECES, **kwargs):
        widget = forms.NumberInput(attrs={"inputmode": "numeric"})
        super().__init__(min_value=least, max_value=most, widget=widget, **kwargs)


class StationField(forms.ModelChoiceField):
    """One of the stations on offer; the form's page says which."""

    def __init__(self, **kwargs):
        super().__init__(Station._base_manager.none(), **kwargs)


class PartSearchForm(forms.Form):
    """Finding a part."""

    q = SearchField(label=_("Part number, name or model it fits"), hint=_("Number, name or model"))
    appliance = forms.ChoiceField(
        label=_("Appliance"), choices=[("", _("All appliances")), *ApplianceChoices.choices], required=False
    )


class ShelfSearchForm(forms.Form):
    """Finding what lies on the shelves."""

    q = SearchField(label=_("Part number, name or model it fits"), hint=_("Number, name or model"))
    station = StationField(label=_("Station"), required=False, empty_label=_("All stations"))
    low = forms.BooleanField(label=_("Only what runs low"), required=False)

    def __init__(self, *args, stations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = stations


class ReceiveForm(KeyedForm):
    """What a supplier brought, and to which station."""

    part = forms.ModelChoiceField(Part.objects.none(), label=_("Spare part"))
    station = StationField(label=_("Station"))
    quantity = PiecesField(label=_("Pieces"))
    note = LineField(
        label=_("Supplier or delivery note"), max_length=NOTE_SIGNS, required=False, help_text=NO_NAMES
    )

    def __init__(self, *args, parts, stations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["part"].queryset = parts
        self.fields["station"].queryset = stations


class CountForm(ServiceForm):
    """How many were counted on the shelf."""

    counted = PiecesField(label=_("Counted on the shelf"), least=0)
    note = LineField(
        label=_("Reason of a difference"),
        max_length=NOTE_SIGNS,
        required=False,
        help_text=_("Only when it does not agree with the books. No names of consumers."),
    )


class SendForm(KeyedForm):
    """To which other station parts go."""

    to = StationField(label=_("To station"))
    quantity = PiecesField(label=_("Pieces"))
    note = LineField(label=_("Note"), max_length=NOTE_SIGNS, required=False, help_text=NO_NAMES)

    def __init__(self, *args, stations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = stations


class BreakForm(KeyedForm):
    """Parts that broke or were lost."""

    quantity = PiecesField(label=_("Pieces"))
    note = NoteField(
        label=_("What happened"), max_length=NOTE_SIGNS, min_length=NOTE_LEAST, help_text=NO_NAMES
    )


class LimitForm(ServiceForm):
    """Below how many free pieces more are ordered."""

    low_at = PiecesField(
        label=_("Order more below"),
        least=0,
        help_text=_("The shelf is shown as low as soon as fewer pieces are free."),
    )


class OldPartForm(ServiceForm):
    """A part was built in: where the old one is."""

    old_part = forms.ChoiceField(label=_("Where is the old part?"), widget=forms.RadioSelect)

    def __init__(self, *args, part: Part, **kwargs):
        super().__init__(*args, **kwargs)
        offered = old_part_choices(comes_back=part.old_part_comes_back)
        self.fields["old_part"].choices = [(each.value, OldPartChoices(each).label) for each in offered]


class PutAsideForm(ServiceForm):
    """From which shelf a visit takes how many of a part."""

    station = StationField(label=_("From station"), empty_label=None, widget=forms.RadioSelect)
    quantity = PiecesField(label=_("Pieces"), most=MOST_AT_A_VISIT, initial=1)

    def __init__(self, *args, shelves, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["station"]
        field.queryset = Station._base_manager.filter(pk__in=[each.station.pk for each in shelves])
        field.choices = [(each.station.pk, str(each)) for each in shelves]
        if shelves:
            field.initial = shelves[0].station.pk


class BuiltInForm(PutAsideForm, OldPartForm, KeyedForm):
    """A part out of the bag: from which shelf, how many, and where the old one is."""

    field_order = ("station", "quantity", "old_part", "form_key")


class OldPartsSentForm(ServiceForm):
    """Which old parts went to their merchants, and when."""

    uses = RowsField(
        PartUse._base_manager.none(),
        label=_("Old parts"),
        error_messages={"required": _("Choose at least one part.")},
    )
    sent_on = forms.DateField(
        label=_("Sent on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
    )

    def __init__(self, *args, uses, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["uses"].queryset = uses


class PartWordsForm(ServiceForm):
    """What the list says of a part."""

    name = LineField(label=_("Name of the part"), max_length=80)
    appliance = forms.ChoiceField(label=_("Appliance"), choices=ApplianceChoices)
    fits = LineField(
        label=_("Fits"), max_length=200, required=False, help_text=_("Models, sizes, what is printed on it.")
    )
    price_fen = YuanField(label=_("Price"), help_text=_("In yuan, for one piece."))
    old_part_comes_back = forms.BooleanField(label=_("The old part comes back"), required=False)
    guide = NoteField(
        label=_("How to replace it"),
        max_length=2000,
        required=False,
        help_text=_("One step a line, what keeps people safe first."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class PartForm(PartWordsForm):
    """A new part."""

    code = LineField(
        label=_("Part number"),
        max_length=30,
        help_text=_("Letters, digits and hyphens, for example WM-PUMP."),
    )
    field_order = ("code",)


class PartReasonForm(forms.Form):
    """Why a part is no longer kept, or kept again."""

    reason = LineField(label=_("Reason"), max_length=200)
