"""Cash boxes: opened, filled and emptied, counted."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, ServiceForm, YuanField
from claims.services.cash_boxes import NOTE_SIGNS
from stations.models import Station


class BoxForm(ServiceForm):
    """The station that gets a cash box."""

    station = forms.ModelChoiceField(Station._base_manager.none(), label=_("Station"))

    def __init__(self, *args, stations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = stations


class CashForm(ServiceForm):
    """How much cash is handed over."""

    amount_fen = YuanField(label=_("Amount"), positive=True)


class CountForm(ServiceForm):
    """What was counted. The books are not shown before, so that nobody counts towards them."""

    counted_fen = YuanField(label=_("Counted"))
    reason = LineField(
        label=_("Reason of a difference"),
        max_length=NOTE_SIGNS,
        required=False,
        help_text=_("Only when it does not agree with the books. No names of consumers."),
    )
