"""Filters of the admin's lists that are never off, and keys read from the address."""

from django.contrib.admin import SimpleListFilter
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DefaultFilter(SimpleListFilter):
    """A filter that is never off: without a choice, or with an unknown one, its first value counts."""

    def value(self) -> str:
        chosen = super().value()
        keys = [str(key) for key, _title in self.lookup_choices]
        return chosen if chosen in keys else keys[0]

    def choices(self, changelist):
        for key, title in self.lookup_choices:
            yield {
                "selected": self.value() == str(key),
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": title,
            }


class YesNoFilter(SimpleListFilter):
    """Rows for which `condition` holds, or the others; `yes` and `no` say which in words."""

    condition: Q
    yes = no = ""

    def lookups(self, request, model_admin):
        return [("yes", self.yes), ("no", self.no)]

    def queryset(self, request, queryset):
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(self.condition if self.value() == "yes" else ~self.condition)


class InUseFilter(YesNoFilter):
    """What is in use, and what was retired: rows with a column `retired_at`."""

    title = _("in use or not")
    parameter_name = "use"
    condition = Q(retired_at__isnull=True)
    yes, no = _("In use"), _("No longer in use")


def key_of(text: str | None) -> int | None:
    """The number a parameter holds, if it is one that a key can be."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None
