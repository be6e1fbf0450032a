"""Search boxes: one line that says inside it what it looks for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.filter_forms import SearchField


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
