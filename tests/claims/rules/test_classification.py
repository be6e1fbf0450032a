from itertools import product

import pytest

from claims.rules.classification import (
    CASES,
    DISPUTES,
    NO_REASON_RETURN,
    PARENT,
    PERISHABLE,
    PROCEDURES,
    Decider,
    GoodsType,
    Nature,
    Remedy,
    Severity,
    children_of,
    group_of,
    may_return_without_reason,
    procedure_for,
)
from stations.rules.parties import PartyKind

TRIPLES = list(product(GoodsType, Nature, Severity))


def test_every_class_is_in_exactly_one_row_of_the_case_table():
    counts = {
        triple: sum(
            triple[0] in case.goods and triple[1] in case.natures and triple[2] in case.severities
            for case in CASES
        )
        for triple in TRIPLES
    }

    assert {triple: count for triple, count in counts.items() if count != 1} == {}


@pytest.mark.parametrize(
    ("goods", "nature", "severity", "code"),
    [
        (GoodsType.FRESH_FRUIT, Nature.QUALITY, Severity.MINOR, "quality_proportional"),
        (GoodsType.FRESH_FRUIT, Nature.QUALITY, Severity.MODERATE, "quality_proportional"),
        (GoodsType.MEAT_EGGS, Nature.QUALITY, Severity.MAJOR, "quality_major"),
        (GoodsType.APPLIANCE, Nature.QUALITY, Severity.MODERATE, "appliance_repair"),
        (GoodsType.APPLIANCE, Nature.QUALITY, Severity.MAJOR, "quality_major"),
        (GoodsType.ELECTRONICS, Nature.QUALITY, Severity.MINOR, "appliance_repair"),
        (GoodsType.CLOTHING, Nature.QUALITY, Severity.MINOR, "quality_proportional"),
        (GoodsType.CLOTHING, Nature.QUALITY, Severity.MODERATE, "quality_major"),
        (GoodsType.INDUSTRIAL, Nature.QUALITY, Severity.MAJOR, "quality_major"),
        (GoodsType.SEED, Nature.QUALITY, Severity.MINOR, "agricultural_input"),
        (GoodsType.AGRICULTURAL_INPUTS, Nature.QUALITY, Severity.MAJOR, "agricultural_input"),
        (GoodsType.FRESH_FRUIT, Nature.LOGISTICS, Severity.MINOR, "logistics_minor"),
        (GoodsType.PESTICIDE, Nature.LOGISTICS, Severity.MODERATE, "logistics_damage"),
        (GoodsType.APPLIANCE, Nature.LOGISTICS, Severity.MAJOR, "logistics_damage"),
        (GoodsType.APPLIANCE, Nature.SERVICE, Severity.MINOR, "service_failure"),
        (GoodsType.DAILY_GOODS, Nature.PRICE, Severity.MAJOR, "price_dispute"),
    ],
)
def test_the_class_decides_the_procedure(goods, nature, severity, code):
    assert procedure_for(goods, nature, severity).code == code


@pytest.mark.parametrize(
    ("nature", "code", "decided_by"),
    [
        (Nature.QUALITY, "quality_dispute", Decider.INSPECTION),
        (Nature.LOGISTICS, "logistics_dispute", Decider.JOINT_INVESTIGATION),
        (Nature.SERVICE, "service_failure", Decider.COUNTY),
        (Nature.PRICE, "price_dispute", Decider.PLATFORM),
    ],
)
def test_parties_that_disagree_change_the_procedure(nature, code, decided_by):
    procedure = procedure_for(GoodsType.FRESH_FRUIT, nature, Severity.MINOR, disputed=True)

    assert (procedure.code, procedure.decided_by) == (code, decided_by)


def test_liability_follows_the_nature():
    liable = {
        (nature, procedure_for(goods, nature, severity).liable_kind) for goods, nature, severity in TRIPLES
    }

    assert liable == {
        (Nature.QUALITY, PartyKind.MERCHANT),
        (Nature.LOGISTICS, PartyKind.LOGISTICS),
        (Nature.SERVICE, None),
        (Nature.PRICE, PartyKind.PLATFORM),
    }


def test_produce_offers_the_three_way_choice_on_photos_alone():
    procedure = procedure_for(GoodsType.FRESH_FRUIT, Nature.QUALITY, Severity.MODERATE)

    assert procedure.remedies == {Remedy.REFUND, Remedy.RESHIP, Remedy.COUPON}
    assert procedure.evidence == ("photos",)


def test_an_appliance_is_diagnosed_repaired_reported_and_followed_up():
    procedure = procedure_for(GoodsType.APPLIANCE, Nature.QUALITY, Severity.MINOR)

    assert procedure.steps == ("phone_diagnosis", "home_repair", "result_feedback", "follow_up")


def test_every_procedure_is_found_by_its_code():
    used = {case.procedure.code for case in CASES} | {procedure.code for procedure in DISPUTES.values()}
    used.add(NO_REASON_RETURN.code)

    assert set(PROCEDURES) == used
    assert all(code == procedure.code for code, procedure in PROCEDURES.items())
    assert all(
        procedure.remedies and procedure.evidence and procedure.steps[-1] == "follow_up"
        for procedure in PROCEDURES.values()
    )


def test_the_tree_has_three_groups_and_no_orphan():
    assert set(PARENT) == set(GoodsType)
    assert children_of(None) == (GoodsType.PRODUCE, GoodsType.INDUSTRIAL, GoodsType.AGRICULTURAL_INPUTS)
    assert children_of(GoodsType.AGRICULTURAL_INPUTS) == (
        GoodsType.SEED,
        GoodsType.FERTILISER,
        GoodsType.PESTICIDE,
        GoodsType.FEED,
        GoodsType.TOOLS,
    )
    assert {group_of(goods_type) for goods_type in GoodsType} == set(children_of(None))
    assert group_of(GoodsType.FRESH_FRUIT) == group_of(GoodsType.PRODUCE) == GoodsType.PRODUCE


def test_only_perishable_goods_have_no_return_without_reason():
    assert {goods for goods in GoodsType if not may_return_without_reason(goods)} == PERISHABLE
    assert {
        GoodsType.FRESH_FRUIT,
        GoodsType.VEGETABLES,
        GoodsType.MEAT_EGGS,
        GoodsType.AQUATIC,
    } == PERISHABLE
