"""Filters of lists in the API that refuse what no row can have, instead of asking the database for it."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django_filters.fields import IsoDateTimeField

from aftersales.web.api.fields import EARLIEST, LATEST

LARGEST_KEY = 2**63 - 1


class KeyFilter(django_filters.NumberFilter):
    """The key of a row."""

    field_class = forms.IntegerField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, validators=[MinValueValidator(1), MaxValueValidator(LARGEST_KEY)], **kwargs)


class MomentField(IsoDateTimeField):
    """ISO 8601; in Shanghai where no offset is given."""

    def clean(self, value):
        try:
            moment = super().clean(value)
            if moment is None or EARLIEST <= moment <= LATEST:
                return moment
        except (OverflowError, TypeError):
            pass
        raise ValidationError(_("Give a moment between 2000 and 2100."), code="invalid")


class MomentFilter(django_filters.IsoDateTimeFilter):
    """A moment between 2000 and 2100."""

    field_class = MomentField


class CodeFilter(django_filters.ChoiceFilter):
    """One of our codes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, null_label=None, empty_label=None, **kwargs)


class WordFilter(django_filters.CharFilter):
    """A number or name, compared as a whole."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_length": 60, **kwargs})
