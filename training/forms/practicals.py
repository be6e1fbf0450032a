"""Points on the sheet of a practical exam, and the sheet itself."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import DayField, KeyedForm, LineField, NoteField, ServiceForm
from training.models import PracticalSheet
from training.rules.practicals import Item, read_items
from training.services.practicals import CODE_SIGNS, REMARK_SIGNS, TITLE_SIGNS

LINE = re.compile(r"(.*\S)\s*[\s,;:\uff0c\uff1b\uff1a]\s*(\d{1,3})\s*分?")
ITEMS_SIGNS = 6000
PERCENT = 10


class ScoreForm(KeyedForm):
    """Points for every item of a sheet, the day and a remark."""

    fields_by_code = {"day_ahead": "held_on", "day_long_ago": "held_on"}

    def __init__(self, sheet: PracticalSheet, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.items: tuple[Item, ...] = read_items(sheet.items)
        for item in self.items:
            self.fields[_name(item)] = forms.IntegerField(
                label=item.what,
                min_value=0,
                max_value=item.points,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
        self.fields["held_on"] = DayField(label=_("Day of the exam"), initial=today)
        self.fields["remark"] = NoteField(
            label=_("Remark for the candidate"),
            max_length=REMARK_SIGNS,
            required=False,
            help_text=_("What went well, and what to practise. The candidate reads it."),
        )

    @property
    def lines(self) -> list[tuple]:
        """Every item with its field, for the page."""
        return [(item, self[_name(item)]) for item in self.items]

    @property
    def points(self) -> dict[str, int]:
        """What was given, by the code of the item."""
        return {item.code: self.cleaned_data[_name(item)] for item in self.items}


class SheetForm(ServiceForm):
    """A new sheet: one item a line, with its most points at the end of the line."""

    code = LineField(label=_("Code"), max_length=CODE_SIGNS, help_text=_("Short, for example P-FRUIT."))
    title = LineField(label=_("What is examined"), max_length=TITLE_SIGNS)
    items = NoteField(
        label=_("Items and their most points"),
        max_length=ITEMS_SIGNS,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("One item a line, the points at its end: Takes a sharp close photo 10"),
    )
    pass_percent = forms.IntegerField(
        label=_("Pass mark"),
        initial=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def clean_items(self) -> list[dict]:
        """The lines as items of a sheet; raises ValidationError for a line without points."""
        rows = []
        written = [line.strip() for line in self.cleaned_data["items"].split("\n")]
        for number, line in enumerate((line for line in written if line), start=1):
            found = LINE.fullmatch(line)
            if found is None:
                raise ValidationError(
                    _("Line %(number)s has no points at its end."),
                    code="points_missing",
                    params={"number": number},
                )
            rows.append({"code": f"item_{number}", "what": found[1], "points": int(found[2])})
        return rows

    @property
    def facts(self) -> dict:
        """What the service takes."""
        cleaned = self.cleaned_data
        return {
            "code": cleaned["code"],
            "title": cleaned["title"],
            "items": cleaned["items"],
            "pass_permille": cleaned["pass_percent"] * PERCENT,
        }


def _name(item: Item) -> str:
    return f"points_{item.code}"
