"""Search boxes: one line that says inside it what it looks for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField


class SearchField(LineField):
    """What is typed or scanned; the label is spoken to screen readers, `hint` stands in the empty box."""

    def __init__(self, *, label, hint):
        attributes = {"enterkeyhint": "search", "autocomplete": "off", "placeholder": hint}
        widget = forms.TextInput(attrs=attributes)
        widget.input_type = "search"
        super().__init__(label=label, max_length=60, required=False, widget=widget)


class OrderSearchForm(forms.Form):
    """Finding the order a claim is about."""

    q = SearchField(label=_("Order number, phone or product"), hint=_("Order no., phone, product"))


class ClaimSearchForm(forms.Form):
    """Finding a claim."""

    q = SearchField(
        label=_("Claim number, order number, phone or product"), hint=_("Claim or order no., phone, product")
    )


class VisitSearchForm(forms.Form):
    """Finding a home visit."""

    q = SearchField(
        label=_("Claim number, phone, village or who goes"), hint=_("Claim no., phone, village, name")
    )


class PersonSearchForm(forms.Form):
    """Finding somebody who makes visits."""

    q = SearchField(label=_("Name or station"), hint=_("Name or station"))
