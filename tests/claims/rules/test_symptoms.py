"""docs/rules/classification.md, section 4: a tapped symptom speaks for a class by its words."""

import pytest

from claims.rules.classification import GoodsType, Nature
from claims.rules.suggestions import suggest
from claims.rules.symptoms import WORDS, Symptom, describe, symptoms_for

LOGISTICS = {Symptom.CRUSHED, Symptom.BROKEN, Symptom.NOT_ARRIVED}


@pytest.mark.parametrize("symptom", Symptom)
def test_words_of_a_symptom_are_known_to_the_vocabulary(symptom):
    suggestion = suggest(WORDS[symptom])

    expected = (
        Nature.SERVICE
        if symptom is Symptom.BAD_SERVICE
        else Nature.LOGISTICS
        if symptom in LOGISTICS
        else Nature.QUALITY
    )
    assert suggestion.nature is expected
    assert suggestion.severity is not None


@pytest.mark.parametrize("goods_type", GoodsType)
def test_every_goods_type_has_symptoms_without_repeats(goods_type):
    offered = symptoms_for(goods_type)

    assert len(offered) == len(set(offered)) >= 6


def test_no_symptom_is_left_out():
    assert {symptom for goods_type in GoodsType for symptom in symptoms_for(goods_type)} == set(Symptom)


@pytest.mark.parametrize(
    ("symptom", "text", "expected"),
    [
        (Symptom.ROTTEN, "", "烂了"),
        (Symptom.ROTTEN, " 底下的三个 ", "烂了：底下的三个"),
        (None, "村民说不甜", "村民说不甜"),
        (None, "  ", ""),
    ],
)
def test_description_is_the_words_and_what_was_typed(symptom, text, expected):
    assert describe(symptom, text) == expected
