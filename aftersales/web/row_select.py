"""A drop-down that finds rows while somebody types, as the admin's own lists use it."""

from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError


class RowSelect(AutocompleteSelect):
    """Django's, which ends in a server error when what was sent back cannot be a key at all."""

    def optgroups(self, name, value, attr=None):
        key = self.choices.queryset.model._meta.pk
        return super().optgroups(name, [each for each in value if not each or _can_be(key, each)], attr)


def _can_be(key, text) -> bool:
    try:
        key.run_validators(key.to_python(str(text)))
    except ValidationError:
        return False
    return True
