"""docs/rules/classification.md, section 4: what people say is wrong, in one tap.

Each symptom stands for words of the vocabulary, so that a tapped symptom and a typed description
are classed by the same rule.
"""

from enum import StrEnum

from claims.rules.classification import GoodsType, group_of


class Symptom(StrEnum):
    """The complaints that agents hear most, by goods group."""

    ROTTEN = "rotten"
    MOULDY = "mouldy"
    CRUSHED = "crushed"
    SHORT = "short"
    STALE = "stale"
    WRONG_GOODS = "wrong_goods"
    NOT_ARRIVED = "not_arrived"
    NOT_WORKING = "not_working"
    BROKEN = "broken"
    PARTS_MISSING = "parts_missing"
    POOR = "poor"
    NO_SPROUT = "no_sprout"
    NO_EFFECT = "no_effect"
    CAKED = "caked"
    BAD_SERVICE = "bad_service"


_S = Symptom

WORDS: dict[Symptom, str] = {
    _S.ROTTEN: "烂了",
    _S.MOULDY: "发霉",
    _S.CRUSHED: "压坏",
    _S.SHORT: "少了",
    _S.STALE: "不新鲜",
    _S.WRONG_GOODS: "发错",
    _S.NOT_ARRIVED: "没收到",
    _S.NOT_WORKING: "不能用",
    _S.BROKEN: "破损",
    _S.PARTS_MISSING: "缺件",
    _S.POOR: "质量差",
    _S.NO_SPROUT: "不出芽",
    _S.NO_EFFECT: "没效果",
    _S.CAKED: "结块",
    _S.BAD_SERVICE: "不处理",
}
"""What a symptom writes into the description."""

_BY_GROUP: dict[GoodsType, tuple[Symptom, ...]] = {
    GoodsType.PRODUCE: (
        _S.ROTTEN,
        _S.CRUSHED,
        _S.MOULDY,
        _S.SHORT,
        _S.STALE,
        _S.WRONG_GOODS,
        _S.NOT_ARRIVED,
        _S.BAD_SERVICE,
    ),
    GoodsType.INDUSTRIAL: (
        _S.NOT_WORKING,
        _S.BROKEN,
        _S.PARTS_MISSING,
        _S.POOR,
        _S.WRONG_GOODS,
        _S.SHORT,
        _S.NOT_ARRIVED,
        _S.BAD_SERVICE,
    ),
    GoodsType.AGRICULTURAL_INPUTS: (
        _S.NO_SPROUT,
        _S.NO_EFFECT,
        _S.CAKED,
        _S.BROKEN,
        _S.POOR,
        _S.SHORT,
        _S.NOT_ARRIVED,
        _S.BAD_SERVICE,
    ),
}


def symptoms_for(goods_type: GoodsType) -> tuple[Symptom, ...]:
    """The symptoms offered for a goods type, the most frequent first."""
    return _BY_GROUP[group_of(goods_type)]


def describe(symptom: Symptom | None, text: str) -> str:
    """The description of a claim: the symptom's words, then what was typed."""
    words = WORDS[symptom] if symptom else ""
    return "：".join(part for part in (words, text.strip()) if part)
