"""Filters read from an address, the same ones for every door: django-filter with a word on unknown names."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_filters import FilterSet


class StrictFilterSet(FilterSet):
    """A filter set that can refuse what it does not know.

    With `refuses` an unknown name or a wrong value makes it invalid, and its rows are none: for doors that
    programs use. Without it both are left out of account: for pages, whose addresses people keep and
    shorten. `others` are names that the door reads itself.
    """

    def __init__(self, data=None, queryset=None, *, refuses: bool, others: Collection[str] = (), **kwargs):
        super().__init__(data, queryset, **kwargs)
        self.refuses = refuses
        self.unknown = sorted(set(self.data or ()) - set(self.filters) - set(others)) if refuses else []

    @property
    def wanted(self) -> dict:
        """The values that are understood, by name."""
        self.is_valid()
        return self.form.cleaned_data

    @property
    def qs(self):
        if self.refuses and self.is_bound and not self.is_valid():
            return self.queryset.none()
        return super().qs

    def get_form_class(self):
        unknown = self.unknown

        class StrictForm(super().get_form_class()):
            def clean(self):
                cleaned = super().clean()
                if unknown:
                    raise ValidationError(
                        _("Unknown filter: %(names)s.") % {"names": ", ".join(unknown)}, code="unknown_filter"
                    )
                return cleaned

        return StrictForm
