"""Lists of days worked and days off, as an official notice arranges them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.imports.kinds.kind import Kind, Run
from aftersales.imports.models import ImportKind
from aftersales.lib.tally import Tally
from aftersales.web.service_forms import LineField
from stations.services import calendar_lists


def _options() -> dict[str, forms.Field]:
    return {
        "source": LineField(
            label=_("Address or number of the notice"),
            max_length=calendar_lists.SOURCE_LENGTH,
            required=False,
            help_text=_("Empty means the name of the file."),
        ),
        "is_provisional": forms.BooleanField(label=_("No notice confirms these days yet"), required=False),
    }


def _enter(run: Run) -> Tally:
    return calendar_lists.import_list(
        path=run.path,
        source=(run.options.get("source") or run.path.name)[: calendar_lists.SOURCE_LENGTH],
        is_confirmed=not run.options.get("is_provisional", False),
        by=run.by,
        now=run.now,
        refuse=run.refuse_in,
    )


CALENDAR = Kind(
    code=ImportKind.CALENDAR,
    permission="stations.change_workcalendarday",
    words=_("Working days and days off of the whole programme."),
    layout=calendar_lists.LAYOUT,
    enter=_enter,
    back_words=_("Days are not taken back: bring in a list that says what they are."),
    command="import_calendar",
    throughout=True,
    options=_options,
)
