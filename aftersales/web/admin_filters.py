"""Filters of the admin's lists that are never off, and keys read from the address."""

from django.contrib.admin import SimpleListFilter


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


def key_of(text: str | None) -> int | None:
    """The number a parameter holds, if it is one that a key can be."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None
