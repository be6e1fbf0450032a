"""docs/rules/classification.md: what kind of case a claim is, and the procedure that follows."""

from dataclasses import dataclass
from enum import StrEnum

from stations.rules.parties import PartyKind


class GoodsType(StrEnum):
    """What the complaint is about. The three parents stand for "other" within their group."""

    PRODUCE = "produce"
    FRESH_FRUIT = "fresh_fruit"
    VEGETABLES = "vegetables"
    MEAT_EGGS = "meat_eggs"
    AQUATIC = "aquatic"
    GRAIN_OIL = "grain_oil"
    TEA_DRY_GOODS = "tea_dry_goods"
    INDUSTRIAL = "industrial"
    APPLIANCE = "appliance"
    ELECTRONICS = "electronics"
    DAILY_GOODS = "daily_goods"
    CLOTHING = "clothing"
    MOTHER_BABY = "mother_baby"
    AGRICULTURAL_INPUTS = "agricultural_inputs"
    SEED = "seed"
    FERTILISER = "fertiliser"
    PESTICIDE = "pesticide"
    FEED = "feed"
    TOOLS = "tools"


_G = GoodsType

PARENT: dict[GoodsType, GoodsType | None] = {
    _G.PRODUCE: None,
    _G.FRESH_FRUIT: _G.PRODUCE,
    _G.VEGETABLES: _G.PRODUCE,
    _G.MEAT_EGGS: _G.PRODUCE,
    _G.AQUATIC: _G.PRODUCE,
    _G.GRAIN_OIL: _G.PRODUCE,
    _G.TEA_DRY_GOODS: _G.PRODUCE,
    _G.INDUSTRIAL: None,
    _G.APPLIANCE: _G.INDUSTRIAL,
    _G.ELECTRONICS: _G.INDUSTRIAL,
    _G.DAILY_GOODS: _G.INDUSTRIAL,
    _G.CLOTHING: _G.INDUSTRIAL,
    _G.MOTHER_BABY: _G.INDUSTRIAL,
    _G.AGRICULTURAL_INPUTS: None,
    _G.SEED: _G.AGRICULTURAL_INPUTS,
    _G.FERTILISER: _G.AGRICULTURAL_INPUTS,
    _G.PESTICIDE: _G.AGRICULTURAL_INPUTS,
    _G.FEED: _G.AGRICULTURAL_INPUTS,
    _G.TOOLS: _G.AGRICULTURAL_INPUTS,
}

PERISHABLE = frozenset({_G.FRESH_FRUIT, _G.VEGETABLES, _G.MEAT_EGGS, _G.AQUATIC})
"""Fresh and perishable goods: natural clocks, and no return without a reason."""


class Nature(StrEnum):
    """What went wrong."""

    QUALITY = "quality"
    LOGISTICS = "logistics"
    SERVICE = "service"
    PRICE = "price"


class Severity(StrEnum):
    """How much of the goods' use is lost: a blemish, a part, or all of it (or a danger)."""

    MINOR = "minor"
    MODERATE = "moderate"
    MAJOR = "major"


class Remedy(StrEnum):
    """What a claim may end in."""

    REFUND = "refund"
    RESHIP = "reship"
    COUPON = "coupon"
    RETURN = "return"
    EXCHANGE = "exchange"
    REPAIR = "repair"
    EXPLANATION = "explanation"


class Decider(StrEnum):
    """Whose word ends a case."""

    AMOUNT_LIMITS = "amount_limits"
    COUNTY = "county"
    PLATFORM = "platform"
    INSPECTION = "inspection"
    JOINT_INVESTIGATION = "joint_investigation"


class Evidence(StrEnum):
    """What has to lie with the claim before it is decided."""

    PHOTOS = "photos"
    WAYBILL = "waybill"
    PACKAGING_PHOTOS = "packaging_photos"
    DIAGNOSIS = "diagnosis"
    INSPECTION_REPORT = "inspection_report"
    STATEMENT = "statement"
    PRICE_PROOF = "price_proof"


def group_of(goods_type: GoodsType) -> GoodsType:
    """The top of the tree above a goods type: produce, industrial or agricultural inputs."""
    return PARENT[goods_type] or goods_type


def children_of(parent: GoodsType | None) -> tuple[GoodsType, ...]:
    """The goods types directly below one; None gives the three groups."""
    return tuple(goods_type for goods_type, above in PARENT.items() if above is parent)


@dataclass(frozen=True)
class Procedure:
    """How one kind of case is settled.

    `liable_kind` is the party that pays in the end; None where the procedure itself finds out
    who failed. `advance_allowed`: the emergency fund may pay before liability is settled.
    `steps` are the codes of the way, in order.
    """

    code: str
    liable_kind: PartyKind | None
    remedies: frozenset[Remedy]
    decided_by: Decider
    evidence: tuple[Evidence, ...]
    advance_allowed: bool
    steps: tuple[str, ...]
