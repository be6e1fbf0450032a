import pytest

from aftersales.lib.errors import InvalidValue
from claims.rules.approval import (
    Conflict,
    Level,
    Limits,
    Reason,
    Requirement,
    conflict,
    may_decide,
    next_level,
    required_level,
)
from claims.rules.classification import Decider

CLEAN = {"flags": (), "evidence_count": 1, "choice_recorded": True}


@pytest.mark.parametrize(
    ("amount", "level", "reasons"),
    [
        (0, Level.OFFICER, (Reason.NOTHING_DUE,)),
        (1, Level.RULE, ()),
        (4_999, Level.RULE, ()),
        (5_000, Level.RULE, ()),
        (5_001, Level.OFFICER, (Reason.OVER_AUTOMATIC_LIMIT,)),
        (20_000, Level.OFFICER, (Reason.OVER_AUTOMATIC_LIMIT,)),
        (20_001, Level.MANAGER, (Reason.OVER_OFFICER_LIMIT,)),
    ],
)
def test_amount_decides_with_limits_included(amount, level, reasons):
    assert required_level(amount, Limits(), **CLEAN) == Requirement(level, reasons)


@pytest.mark.parametrize(
    ("changes", "level", "reasons"),
    [
        ({"evidence_count": 0}, Level.OFFICER, (Reason.NO_EVIDENCE,)),
        ({"choice_recorded": False}, Level.OFFICER, (Reason.NO_CHOICE,)),
        ({"flags": {"photo_used_before"}}, Level.OFFICER, (Reason.FLAGGED,)),
        ({"filer_certified": False}, Level.OFFICER, (Reason.FILER_NOT_CERTIFIED,)),
        ({"decided_by": Decider.COUNTY}, Level.OFFICER, (Reason.PROCEDURE,)),
        ({"decided_by": Decider.INSPECTION}, Level.OFFICER, (Reason.PROCEDURE,)),
        ({"decided_by": Decider.JOINT_INVESTIGATION}, Level.OFFICER, (Reason.PROCEDURE,)),
        ({"decided_by": Decider.PLATFORM}, Level.PLATFORM, (Reason.PROCEDURE,)),
        ({"decided_by": Decider.AMOUNT_LIMITS}, Level.RULE, ()),
    ],
)
def test_each_gap_moves_a_small_amount_to_a_person(changes, level, reasons):
    assert required_level(1_000, Limits(), **(CLEAN | changes)) == Requirement(level, reasons)


def test_every_reason_is_named_and_the_highest_level_counts():
    required = required_level(
        25_000,
        Limits(),
        flags=("repeat_phone",),
        evidence_count=0,
        choice_recorded=False,
        filer_certified=False,
        decided_by=Decider.COUNTY,
    )

    assert required == Requirement(
        Level.MANAGER,
        (
            Reason.OVER_OFFICER_LIMIT,
            Reason.NO_EVIDENCE,
            Reason.NO_CHOICE,
            Reason.FLAGGED,
            Reason.FILER_NOT_CERTIFIED,
            Reason.PROCEDURE,
        ),
    )


def test_a_county_may_set_its_own_limits():
    assert required_level(8_000, Limits(10_000, 30_000), **CLEAN).level == Level.RULE


@pytest.mark.parametrize("limits", [(-1, 100), (200, 100)])
def test_limits_must_ascend(limits):
    with pytest.raises(InvalidValue):
        Limits(*limits)


def test_a_negative_amount_is_refused():
    with pytest.raises(InvalidValue):
        required_level(-1, Limits(), **CLEAN)


def test_who_may_decide_for_whom():
    allowed = {(own, required) for own in Level for required in Level if may_decide(own, required)}

    assert allowed == {
        (Level.RULE, Level.RULE),
        (Level.OFFICER, Level.RULE),
        (Level.OFFICER, Level.OFFICER),
        (Level.MANAGER, Level.RULE),
        (Level.MANAGER, Level.OFFICER),
        (Level.MANAGER, Level.MANAGER),
        (Level.PLATFORM, Level.RULE),
        (Level.PLATFORM, Level.OFFICER),
        (Level.PLATFORM, Level.MANAGER),
        (Level.PLATFORM, Level.PLATFORM),
    }


def test_a_case_climbs_where_a_level_has_nobody():
    assert [next_level(level) for level in Level] == [Level.OFFICER, Level.MANAGER, Level.PLATFORM, None]


@pytest.mark.parametrize(
    ("filed_by", "changed_by", "beneficiary", "found"),
    [
        (7, [], None, Conflict.FILED_BY_SAME_PERSON),
        (1, [2, 7], None, Conflict.AMOUNT_CHANGED_BY_SAME_PERSON),
        (1, [2], 7, Conflict.BENEFITS_THEMSELVES),
        (7, [7], 7, Conflict.FILED_BY_SAME_PERSON),
        (1, [2], 3, None),
        (None, [], None, None),
    ],
)
def test_nobody_decides_their_own_case(filed_by, changed_by, beneficiary, found):
    assert conflict(7, filed_by, changed_by, beneficiary) == found
