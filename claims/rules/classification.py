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


@dataclass(frozen=True)
class Case:
    """One row of the case table: the classes it takes in and their procedure."""

    goods: frozenset[GoodsType]
    natures: frozenset[Nature]
    severities: frozenset[Severity]
    procedure: Procedure


_THREE_WAY = frozenset({Remedy.REFUND, Remedy.RESHIP, Remedy.COUPON})
_GIVE_BACK = frozenset({Remedy.REFUND, Remedy.RETURN, Remedy.EXCHANGE, Remedy.RESHIP})
_ANY_REMEDY = frozenset(Remedy)

_ANY_GOODS = frozenset(GoodsType)
_PRODUCE = frozenset(goods_type for goods_type in GoodsType if group_of(goods_type) is _G.PRODUCE)
_INPUTS = frozenset(goods_type for goods_type in GoodsType if group_of(goods_type) is _G.AGRICULTURAL_INPUTS)
_REPAIRABLE = frozenset({_G.APPLIANCE, _G.ELECTRONICS})
_OTHER_INDUSTRIAL = _ANY_GOODS - _PRODUCE - _INPUTS - _REPAIRABLE
_ANY_SEVERITY = frozenset(Severity)

LOGISTICS_MINOR = Procedure(
    code="logistics_minor",
    liable_kind=PartyKind.LOGISTICS,
    remedies=_THREE_WAY,
    decided_by=Decider.AMOUNT_LIMITS,
    evidence=(Evidence.PHOTOS,),
    advance_allowed=True,
    steps=("settle_on_the_spot", "pay", "follow_up"),
)
LOGISTICS_DAMAGE = Procedure(
    code="logistics_damage",
    liable_kind=PartyKind.LOGISTICS,
    remedies=frozenset({Remedy.REFUND, Remedy.RESHIP}),
    decided_by=Decider.AMOUNT_LIMITS,
    evidence=(Evidence.PHOTOS, Evidence.PACKAGING_PHOTOS, Evidence.WAYBILL),
    advance_allowed=True,
    steps=("send_evidence_to_carrier", "reship_or_refund", "recover_from_carrier", "follow_up"),
)
QUALITY_PROPORTIONAL = Procedure(
    code="quality_proportional",
    liable_kind=PartyKind.MERCHANT,
    remedies=_THREE_WAY,
    decided_by=Decider.AMOUNT_LIMITS,
    evidence=(Evidence.PHOTOS,),
    advance_allowed=True,
    steps=("count_bad_goods", "compute_share", "choose_remedy", "pay", "follow_up"),
)
QUALITY_MAJOR = Procedure(
    code="quality_major",
    liable_kind=PartyKind.MERCHANT,
    remedies=_GIVE_BACK,
    decided_by=Decider.AMOUNT_LIMITS,
    evidence=(Evidence.PHOTOS,),
    advance_allowed=True,
    steps=("return_or_exchange", "platform_guarantee", "pay", "recover_from_merchant", "follow_up"),
)
APPLIANCE_REPAIR = Procedure(
    code="appliance_repair",
    liable_kind=PartyKind.MERCHANT,
    remedies=frozenset({Remedy.REPAIR, Remedy.EXCHANGE, Remedy.RETURN, Remedy.REFUND, Remedy.EXPLANATION}),
    decided_by=Decider.AMOUNT_LIMITS,
    evidence=(Evidence.DIAGNOSIS,),
    advance_allowed=False,
    steps=("phone_diagnosis", "home_repair", "result_feedback", "follow_up"),
)
AGRICULTURAL_INPUT = Procedure(
    code="agricultural_input",
    liable_kind=PartyKind.MERCHANT,
    remedies=frozenset({Remedy.REFUND, Remedy.RETURN, Remedy.EXCHANGE, Remedy.EXPLANATION}),
    decided_by=Decider.COUNTY,
    evidence=(Evidence.PHOTOS, Evidence.INSPECTION_REPORT),
    advance_allowed=False,
    steps=("refer_to_inspection", "attach_result", "list_losses", "county_decides", "follow_up"),
)
SERVICE_FAILURE = Procedure(
    code="service_failure",
    liable_kind=None,
    remedies=_ANY_REMEDY,
    decided_by=Decider.COUNTY,
    evidence=(Evidence.STATEMENT,),
    advance_allowed=False,
    steps=("name_the_party", "county_decides", "follow_up"),
)
PRICE_DISPUTE = Procedure(
    code="price_dispute",
    liable_kind=PartyKind.PLATFORM,
    remedies=frozenset({Remedy.REFUND, Remedy.COUPON, Remedy.EXPLANATION}),
    decided_by=Decider.PLATFORM,
    evidence=(Evidence.PRICE_PROOF,),
    advance_allowed=False,
    steps=("platform_mediates", "follow_up"),
)
QUALITY_DISPUTE = Procedure(
    code="quality_dispute",
    liable_kind=PartyKind.MERCHANT,
    remedies=_ANY_REMEDY,
    decided_by=Decider.INSPECTION,
    evidence=(Evidence.PHOTOS, Evidence.INSPECTION_REPORT),
    advance_allowed=True,
    steps=("third_party_inspection", "decide_by_result", "follow_up"),
)
LOGISTICS_DISPUTE = Procedure(
    code="logistics_dispute",
    liable_kind=PartyKind.LOGISTICS,
    remedies=_THREE_WAY | {Remedy.EXPLANATION},
    decided_by=Decider.JOINT_INVESTIGATION,
    evidence=(Evidence.PHOTOS, Evidence.PACKAGING_PHOTOS, Evidence.WAYBILL),
    advance_allowed=True,
    steps=("carrier_and_platform_investigate", "decide_by_result", "follow_up"),
)

NO_REASON_RETURN = Procedure(
    code="no_reason_return",
    liable_kind=PartyKind.MERCHANT,
    remedies=frozenset({Remedy.RETURN}),
    decided_by=Decider.AMOUNT_LIMITS,
    evidence=(Evidence.STATEMENT,),
    advance_allowed=False,
    steps=("goods_back", "merchant_refunds", "follow_up"),
)
"""Seven days without a reason: docs/rules/returns.md. The consumer pays the freight of the return."""

_MINOR, _MODERATE, _MAJOR = Severity

CASES: tuple[Case, ...] = (
    Case(_ANY_GOODS, frozenset({Nature.LOGISTICS}), frozenset({_MINOR}), LOGISTICS_MINOR),
    Case(_ANY_GOODS, frozenset({Nature.LOGISTICS}), frozenset({_MODERATE, _MAJOR}), LOGISTICS_DAMAGE),
    Case(_PRODUCE, frozenset({Nature.QUALITY}), frozenset({_MINOR, _MODERATE}), QUALITY_PROPORTIONAL),
    Case(_PRODUCE, frozenset({Nature.QUALITY}), frozenset({_MAJOR}), QUALITY_MAJOR),
    Case(_OTHER_INDUSTRIAL, frozenset({Nature.QUALITY}), frozenset({_MINOR}), QUALITY_PROPORTIONAL),
    Case(_OTHER_INDUSTRIAL, frozenset({Nature.QUALITY}), frozenset({_MODERATE, _MAJOR}), QUALITY_MAJOR),
    Case(_REPAIRABLE, frozenset({Nature.QUALITY}), frozenset({_MINOR, _MODERATE}), APPLIANCE_REPAIR),
    Case(_REPAIRABLE, frozenset({Nature.QUALITY}), frozenset({_MAJOR}), QUALITY_MAJOR),
    Case(_INPUTS, frozenset({Nature.QUALITY}), _ANY_SEVERITY, AGRICULTURAL_INPUT),
    Case(_ANY_GOODS, frozenset({Nature.SERVICE}), _ANY_SEVERITY, SERVICE_FAILURE),
    Case(_ANY_GOODS, frozenset({Nature.PRICE}), _ANY_SEVERITY, PRICE_DISPUTE),
)

DISPUTES: dict[Nature, Procedure] = {
    Nature.QUALITY: QUALITY_DISPUTE,
    Nature.LOGISTICS: LOGISTICS_DISPUTE,
    Nature.SERVICE: SERVICE_FAILURE,
    Nature.PRICE: PRICE_DISPUTE,
}
"""The procedure once the parties disagree about the facts."""

PROCEDURES: dict[str, Procedure] = {
    procedure.code: procedure
    for procedure in (*(case.procedure for case in CASES), *DISPUTES.values(), NO_REASON_RETURN)
}
"""Every procedure by its code, as stored on a claim."""


def procedure_for(
    goods_type: GoodsType, nature: Nature, severity: Severity, *, disputed: bool = False
) -> Procedure:
    """The one procedure of a class; with `disputed`, the one for parties that disagree."""
    if disputed:
        return DISPUTES[nature]
    return next(
        case.procedure
        for case in CASES
        if goods_type in case.goods and nature in case.natures and severity in case.severities
    )


def may_return_without_reason(goods_type: GoodsType) -> bool:
    """Whether the seven days without a reason apply: not to fresh and perishable goods.

    Source: Law on the Protection of Consumer Rights and Interests, article 25.
    """
    return goods_type not in PERISHABLE
