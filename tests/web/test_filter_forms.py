"""What narrows a list, in the words of a table and of the trail."""

from django import forms

from aftersales.web.filter_forms import FilterForm, SearchField


class Colours(FilterForm):
    q = SearchField(label="Words")
    colour = forms.ChoiceField(label="Colour", required=False, choices=[("", "All"), ("r", "Red")])
    shape = forms.ChoiceField(label="Shape", required=False, choices=[("o", "Round")])


def test_filters_that_are_set_are_said_in_words():
    form = Colours({"q": " barn ", "colour": "r", "shape": "square"})

    assert form.in_words() == [("Words", "barn"), ("Colour", "Red")]
    assert form.in_words(searched=False) == [("Colour", "Red")]
    assert Colours({}).in_words() == []
