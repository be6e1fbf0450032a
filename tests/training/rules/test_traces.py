"""Numbers that lead to a person are found in whatever way they are written."""

import pytest

from training.rules.traces import Trace, masked, traces

NUMBERS = [
    "13812345678",
    "138 1234 5678",
    "138-1234-5678",
    "１３８１２３４５６７８",
    "138　1234　5678",
    "138.1234.5678",
    "幺三八一二三四五六七八",
    "一三八 一二三四 五六七八",
    "壹叁捌壹贰叁肆伍陆柒捌",
    "0851-82312345",
    "+86 138 1234 5678",
    "52012319800101123X",
    "6222 0202 0011 2233 445",
    "SH261120ABCDE12",
    "TB20261120778899",
    "微信a1b2c3d4e5",
    "138  1234  5678",
    "138 - 1234 - 5678",
    "138_1234_5678",
    "138\u200b1234\u200b5678",
    "一 三 八 · 一二三四",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_found_and_hidden(number):
    text = f"请打{number}，找我。"

    assert traces(text) == [Trace.NUMBER]
    assert not any(each.isdigit() for each in masked(text).replace("a1b2c3d4e5", "1").replace("+86 ", ""))
    assert masked(text).startswith("请打")
    assert masked(text).endswith("，找我。")
    assert "****" in masked(text)


def test_a_mail_address_is_found_and_hidden():
    assert traces("写信到 li.ming@example.com。") == [Trace.MAIL]
    assert masked("写信到 li.ming@example.com，谢谢") == "写信到 ****，谢谢"
    assert masked("13812345678@qq.com") == "****"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24 个里坏了 7 个，赔 14.00 元",
        "2026-11-20 登记，48 小时内办完",
        "2026-11-20 - 2026-11-25 办完",
        "GB/T 12325-2008 电能质量",
        "《消费者权益保护法》第二十五条",
        "12315",
        "一箱二十斤，坏了三斤",
        "DW60-1234 滤网",
    ],
)
def test_what_leads_to_nobody_stays(text):
    assert traces(text) == []
    assert masked(text) == text


def test_several_are_all_hidden():
    assert masked("张三13812345678，李四 0851-82312345") == "张三****，李四 ****"
