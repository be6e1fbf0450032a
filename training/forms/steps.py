"""Steps that many pages share: meant or not, with a reason, a picture for a text."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, ServiceForm

REASON_SIGNS = 200


class PlainForm(ServiceForm):
    """A step that asks nothing but whether it is meant."""


class SeenForm(ServiceForm):
    """A step on a draft that was looked at: `seen` is its mark (queries.drafts.mark_of)."""

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class ReasonForm(ServiceForm):
    """A step that needs nothing but a reason."""

    reason = LineField(label=_("Reason"), max_length=REASON_SIGNS, min_length=2)


class PictureForm(ServiceForm):
    """A picture for a lesson, an article or a question, with what it shows in words."""

    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    caption = LineField(
        label=_("What it shows"), max_length=100, help_text=_("Also read out to those who cannot see it.")
    )
