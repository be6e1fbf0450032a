import pytest

from claims.rules.classification import GoodsType, Nature, Severity
from claims.rules.suggestions import Confidence, Suggestion, suggest
from claims.rules.vocabulary import (
    GOODS_WORDS,
    NEUTRAL_WORDS,
    SEVERITY_WORDS,
    STRONG_WORDS,
    WEAK_WORDS,
)
from tests import golden


@pytest.mark.parametrize("row", golden.rows("descriptions"), ids=lambda row: row["text"])
def test_typical_descriptions(row):
    suggestion = suggest(row["text"], row["product"])

    assert (suggestion.goods_type or "", suggestion.nature or "", suggestion.severity or "") == (
        row["goods_type"],
        row["nature"],
        row["severity"],
    )


def test_a_suggestion_names_its_words():
    assert suggest("收到苹果，坏果8个，有的变质了") == Suggestion(
        goods_type=GoodsType.FRESH_FRUIT,
        nature=Nature.QUALITY,
        severity=Severity.MAJOR,
        confidence=Confidence.HIGH,
        words=("苹果", "坏果", "变质"),
        concerns_safety=False,
    )


@pytest.mark.parametrize("text", ["", "你好", "abc 123"])
def test_nothing_is_suggested_without_words(text):
    assert suggest(text) == Suggestion(None, None, None, Confidence.NONE, (), False)


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("苹果烂了", Confidence.HIGH),
        ("烂了", Confidence.LOW),
        ("苹果", Confidence.LOW),
        ("苹果质量", Confidence.LOW),
        ("苹果烂了，快递太慢", Confidence.LOW),
        ("苹果烂了，还发霉，快递太慢", Confidence.HIGH),
    ],
)
def test_confidence_needs_the_goods_and_a_clear_nature(text, confidence):
    assert suggest(text).confidence == confidence


@pytest.mark.parametrize(
    "text", ["苹果没有坏果", "苹果没烂的", "苹果不发霉", "今天真倒霉，苹果", "山花灿烂的苹果"]
)
def test_negated_and_neutral_words_do_not_count(text):
    assert suggest(text).nature is None


def test_the_product_name_outweighs_goods_named_in_the_text():
    text = "鸡蛋压在苹果上，苹果烂了"

    assert suggest(text).goods_type == GoodsType.FRESH_FRUIT
    assert suggest(text, "土鸡蛋30枚").goods_type == GoodsType.MEAT_EGGS


def test_a_product_name_without_known_words_leaves_it_to_the_text():
    assert suggest("苹果烂了", "助农特惠 5斤").goods_type == GoodsType.FRESH_FRUIT


@pytest.mark.parametrize(
    ("text", "concerned"), [("插座冒烟", True), ("吃了中毒住院", True), ("没有漏电", False), ("烂了", False)]
)
def test_danger_asks_for_the_urgent_clocks(text, concerned):
    assert suggest(text).concerns_safety is concerned


@pytest.mark.parametrize("table", [GOODS_WORDS, STRONG_WORDS, WEAK_WORDS, SEVERITY_WORDS])
def test_no_word_speaks_for_two_classes_or_is_neutral_as_well(table):
    words = [word for listed in table.values() for word in listed.split()]

    assert len(words) == len(set(words))
    assert set(words) & set(NEUTRAL_WORDS.split()) == set()


def test_every_class_has_words_of_its_own():
    named = {GoodsType.PRODUCE, GoodsType.INDUSTRIAL, GoodsType.AGRICULTURAL_INPUTS}

    assert set(GOODS_WORDS) == set(GoodsType) - named
    assert set(STRONG_WORDS) == set(WEAK_WORDS) == set(Nature)
    assert set(SEVERITY_WORDS) == set(Severity)
