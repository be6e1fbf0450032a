"""What texts are about is what claims are about: two apps that never import each other say the same."""

import pytest

from claims.models.choices import GoodsTypeChoices, NatureChoices
from claims.rules import classification
from training.models.choices import GoodsChoices, ProblemChoices
from training.rules import subjects


def test_goods_are_those_of_claims_in_their_order():
    ours = [each.value for each in subjects.Goods if each is not subjects.Goods.ANY]

    assert ours == [each.value for each in classification.GoodsType]
    assert GoodsChoices.values == GoodsTypeChoices.values


def test_problems_are_the_natures_of_claims_in_their_order():
    ours = [each.value for each in subjects.Problem if each is not subjects.Problem.ANY]

    assert ours == [each.value for each in classification.Nature]
    assert ProblemChoices.values == NatureChoices.values


def test_the_same_words_stand_for_the_same_codes():
    assert [str(label) for label in GoodsChoices.labels] == [str(label) for label in GoodsTypeChoices.labels]
    assert [str(label) for label in ProblemChoices.labels] == [str(label) for label in NatureChoices.labels]


def test_groups_are_those_of_claims():
    theirs = {goods.value: above.value for goods, above in classification.PARENT.items() if above}

    assert {goods.value: above.value for goods, above in subjects.PARENT.items()} == theirs


@pytest.mark.parametrize(
    "goods, covered, within",
    [
        ("fresh_fruit", ("fresh_fruit", "produce"), ("fresh_fruit",)),
        ("produce", ("produce",), ("produce", "fresh_fruit", "vegetables", "meat_eggs", "aquatic",
                                   "grain_oil", "tea_dry_goods")),
        ("seed", ("seed", "agricultural_inputs"), ("seed",)),
        ("", ("",), ("",)),
    ],
)  # fmt: skip
def test_a_text_about_a_group_counts_for_what_is_in_it(goods, covered, within):
    assert subjects.covered_by(goods) == covered
    assert subjects.within(goods) == within
