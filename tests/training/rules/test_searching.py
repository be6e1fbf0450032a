"""How words are looked for in Chinese text."""

import pytest

from training.rules.searching import enough_pieces, pieces_of, searched_text, words_of


@pytest.mark.parametrize(
    "query, words",
    [
        ("", []),
        ("  ，。！ ", []),
        ("烂", ["烂"]),
        ("苹果 烂", ["苹果", "烂"]),
        ("三包，七天、退货", ["三包", "七天", "退货"]),
        ("ＬＥＤ Led led", ["led"]),
        ("GB/T 12325-2008", ["gb", "t", "12325-2008"]),
        ("12.5公斤", ["12.5公斤"]),
        ("100%_", ["100"]),
        ("一 二 三 四 五 六 七 八 九", list("一二三四五六七八")),
        ("长" * 50, ["长" * 40]),
    ],
)
def test_words_of_a_search(query, words):
    assert words_of(query) == words


@pytest.mark.parametrize(
    "query, pieces",
    [
        ("苹果烂了", ["苹果", "果烂"]),
        ("我买的苹果坏了怎么办呢", ["苹果", "果坏"]),
        ("怎么了", []),
        ("烂", ["烂"]),
        ("iPhone坏掉", ["坏掉", "iphone"]),
        ("a 坏", ["坏"]),
        ("", []),
    ],
)
def test_pieces_of_a_search(query, pieces):
    assert pieces_of(query) == pieces


def test_what_is_searched_carries_no_marks_and_keeps_its_three_parts():
    assert (
        searched_text("ＬＥＤ　灯", "先 看", "## 开箱\n**当天**来\n![1]\n- 拍照")
        == "led 灯\n先 看\n开箱 当天来 拍照"
    )


@pytest.mark.parametrize("count, enough", [(1, 1), (2, 1), (3, 1), (4, 2), (6, 2), (7, 3), (12, 4)])
def test_a_third_of_the_pieces_is_near(count, enough):
    assert enough_pieces(count) == enough
