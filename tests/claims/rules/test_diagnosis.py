import pytest

from claims.rules.diagnosis import (
    Advice,
    Appliance,
    Checklist,
    Ending,
    Option,
    Step,
    appliance_of,
    is_diagnosed,
    walk,
)

SOLVED = Ending(Advice.SOLVED_BY_PHONE, "插紧了就好。")
DANGER = Ending(Advice.DANGER, "拔掉插头。")
LIST = Checklist(
    version="generic-1",
    appliance=Appliance.GENERIC,
    first="danger",
    steps={
        "danger": Step(
            "danger", "冒烟吗？", "", (Option("yes", "有", ending=DANGER), Option("no", "没有", next="plug"))
        ),
        "plug": Step(
            "plug",
            "插紧了吗？",
            "",
            (Option("yes", "好了", ending=SOLVED), Option("no", "没好", next="cord")),
        ),
        "cord": Step(
            "cord", "线好吗？", "", (Option("yes", "好", ending=SOLVED), Option("no", "坏", ending=DANGER))
        ),
    },
)


def where(answers) -> tuple:
    """The question or the end that answers lead to, how many of them count, and whether all do."""
    walked = walk(LIST, answers)
    return (
        walked.step.id if walked.step else None,
        walked.ending.advice if walked.ending else None,
        walked.answers,
        walked.is_whole,
    )


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], ("danger", None, [], True)),
        ([["danger", "no"]], ("plug", None, [["danger", "no"]], True)),
        ([["danger", "yes"]], (None, Advice.DANGER, [["danger", "yes"]], True)),
        (
            [["danger", "no"], ["plug", "yes"]],
            (None, Advice.SOLVED_BY_PHONE, [["danger", "no"], ["plug", "yes"]], True),
        ),
        # What does not fit ends the walk where it was.
        ([["plug", "yes"]], ("danger", None, [], False)),
        ([["danger", "maybe"]], ("danger", None, [], False)),
        ([["danger"]], ("danger", None, [], False)),
        ([["danger", "no"], ["cord", "yes"]], ("plug", None, [["danger", "no"]], False)),
        ([["danger", "yes"], ["plug", "yes"]], (None, Advice.DANGER, [["danger", "yes"]], False)),
        ([["danger", "no"], ["danger", "no"]], ("plug", None, [["danger", "no"]], False)),
    ],
)
def test_answers_are_followed_as_far_as_they_fit(answers, expected):
    assert where(answers) == expected


@pytest.mark.parametrize(
    ("product", "appliance"),
    [
        ("波轮洗衣机 8 公斤", Appliance.WASHING_MACHINE),
        ("双门冰箱 118L", Appliance.FRIDGE),
        ("卧式冰柜 200 升", Appliance.FRIDGE),
        ("55 英寸液晶电视", Appliance.TELEVISION),
        ("智能电饭煲 4L", Appliance.RICE_COOKER),
        ("老人手机 大字大声", Appliance.PHONE),
        ("自吸水泵 750W", Appliance.WATER_PUMP),
        ("电热水壶 1.7L", Appliance.GENERIC),
        ("手机壳 防摔", Appliance.GENERIC),
        ("电视柜 1.8 米", Appliance.GENERIC),
        ("冰箱送手机一部", Appliance.FRIDGE),
        ("", Appliance.GENERIC),
    ],
)
def test_a_products_name_speaks_of_its_appliance(product, appliance):
    assert appliance_of(product) == appliance


@pytest.mark.parametrize(
    ("goods_type", "is_asked"),
    [
        ("appliance", True),
        ("electronics", True),
        ("tools", True),
        ("industrial", True),
        ("daily_goods", True),
        ("fresh_fruit", False),
        ("fertiliser", False),
        ("clothing", False),
        ("", False),
    ],
)
def test_only_goods_with_works_in_them_are_asked_about(goods_type, is_asked):
    assert is_diagnosed(goods_type) is is_asked
