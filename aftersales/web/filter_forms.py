"""Forms that narrow a list from its address: what cannot be read is as if it had not been asked for."""

from django import forms

from aftersales.web.service_forms import LineField

SEARCH_SIGNS = 60


class SearchField(LineField):
    """What is typed or scanned; the label is spoken to screen readers, `hint` stands in the empty box."""

    def __init__(self, *, label, hint=None):
        attributes = {"enterkeyhint": "search", "autocomplete": "off", "placeholder": hint or label}
        widget = forms.TextInput(attrs=attributes)
        widget.input_type = "search"
        super().__init__(label=label, max_length=SEARCH_SIGNS, required=False, widget=widget)


class FilterForm(forms.Form):
    """What narrows a list."""

    @property
    def wanted(self) -> dict:
        """The values that were asked for and understood, by name."""
        self.is_valid()
        return self.cleaned_data

    def in_words(self, *, searched: bool = True) -> list[tuple[str, str]]:
        """The filters that are set, as a table says them.

        What was typed is left out where `searched` is false: it may name somebody, and a trail must not.
        """
        said = ((self.fields[name], value) for name, value in self.wanted.items() if value)
        return [
            (str(field.label), str(dict(getattr(field, "choices", ())).get(value, value)))
            for field, value in said
            if searched or not isinstance(field, SearchField)
        ]
