"""Keeping a diagnosis: it follows from the answers, whatever else is said."""

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Diagnosis, Issue
from claims.services import diagnoses, issues
from tests.claims.diagnosis.cases import (
    HOSE_KINKED,
    NOTHING_FITS,
    PUMP_HUMS,
    SMOKE,
    WASHER,
    washer_claim,
)
from tests.factories import NOW, acting_as, seeing_everything


@pytest.fixture
def claim(cast):
    return washer_claim(cast.guangcheng, cast.agent)


def record(cast, claim, answers=PUMP_HUMS, **given) -> Diagnosis:
    given = {"appliance": "washing_machine", "checklist": WASHER, "by": cast.agent, "now": NOW, **given}
    with acting_as(cast.agent):
        return diagnoses.record(claim=claim, answers=answers, **given)


def refusal(cast, claim, *args, **given) -> str:
    with pytest.raises(Refused) as refused:
        record(cast, claim, *args, **given)
    with seeing_everything():
        assert not Diagnosis.objects.exists()
    return refused.value.code


@pytest.mark.parametrize(
    ("answers", "advice", "issue"),
    [
        (PUMP_HUMS, "visit_with_part", "WM-12"),
        (HOSE_KINKED, "solved_by_phone", "WM-10"),
        (SMOKE, "danger", "WM-01"),
        (NOTHING_FITS, "visit", None),
    ],
)
def test_the_result_follows_from_the_answers(cast, claim, answers, advice, issue):
    kept = record(cast, claim, answers, note="  海尔  8 公斤 ")

    kept.refresh_from_db()
    assert (kept.advice, kept.issue.code if kept.issue else None, kept.answers) == (advice, issue, answers)
    assert (kept.claim, kept.round, kept.county_code, kept.note) == (claim, 1, "520123000000", "海尔 8 公斤")
    event = AuditEvent._base_manager.get(verb="diagnosis.recorded")
    assert event.after == {
        "appliance": "washing_machine",
        "checklist": WASHER,
        "advice": advice,
        "issue": issue or "",
    }
    assert (event.claim_id, event.station_id, event.county_code) == (
        claim.pk,
        cast.guangcheng.pk,
        "520123000000",
    )


def test_nothing_else_changes_by_itself(cast, claim):
    """Also danger marks nothing: people decide that on the claim's page."""
    before = (claim.status, claim.version, claim.next_due_at)

    record(cast, claim, SMOKE)

    claim.refresh_from_db()
    assert (claim.status, claim.version, claim.next_due_at) == before
    assert list(AuditEvent._base_manager.filter(claim_id=claim.pk).values_list("verb", flat=True)) == [
        "diagnosis.recorded"
    ]


def test_a_second_diagnosis_stands_beside_the_first(cast, claim):
    first = record(cast, claim, HOSE_KINKED)
    second = record(cast, claim, PUMP_HUMS)

    with seeing_everything():
        assert set(Diagnosis.objects.filter(claim=claim)) == {first, second}


def test_what_was_shown_must_be_what_the_answers_say(cast, claim):
    assert refusal(cast, claim, HOSE_KINKED, advice="visit_with_part") == "advice_differs"

    assert record(cast, claim, HOSE_KINKED, advice="solved_by_phone").advice == "solved_by_phone"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"answers": []}, "answers_missing"),
        ({"answers": PUMP_HUMS[:-1]}, "answers_missing"),
        ({"answers": PUMP_HUMS[1:]}, "answers_unfit"),
        ({"answers": [*PUMP_HUMS, ["danger", "no"]]}, "answers_unfit"),
        ({"answers": [["danger", "perhaps"]]}, "answers_unfit"),
        ({"checklist": "washing_machine-99"}, "checklist_unknown"),
        ({"checklist": ""}, "checklist_unknown"),
        ({"appliance": "fridge"}, "checklist_unknown"),
        ({"note": "长" * 301}, "too_long"),
    ],
)
def test_what_leads_nowhere_is_refused(cast, claim, given, code):
    assert refusal(cast, claim, **given) == code


def test_a_claim_that_has_ended_is_not_diagnosed(cast, claim):
    ended = washer_claim(cast.guangcheng, cast.agent, status="closed", closed_at=NOW)

    assert refusal(cast, ended) == "claim_ended"
    assert record(cast, claim).pk


def test_fruit_is_not_diagnosed(cast, claim):
    fruit = washer_claim(cast.guangcheng, cast.agent, product="水蜜桃", goods_type="fresh_fruit")

    assert refusal(cast, fruit) == "goods_unfit"
    assert record(cast, claim).pk


def test_a_known_fault_is_chosen_only_where_the_questions_name_none(cast, claim):
    belt, pump = Issue.objects.get(code="WM-16"), Issue.objects.get(code="WM-12")

    assert refusal(cast, claim, PUMP_HUMS, issue=belt) == "issue_unfit"

    assert record(cast, claim, PUMP_HUMS, issue=pump).issue == pump
    assert record(cast, claim, NOTHING_FITS, issue=belt).issue == belt


def test_a_known_fault_out_of_use_is_not_chosen(cast, claim):
    belt = Issue.objects.get(code="WM-16")
    belt = issues.retire(issue=belt, reason="改编号", by=cast.platform, now=NOW)

    assert refusal(cast, claim, NOTHING_FITS, issue=belt) == "issue_unfit"

    belt = issues.restore(issue=belt, reason="改回来", by=cast.platform, now=NOW)
    assert record(cast, claim, NOTHING_FITS, issue=belt).issue == belt


def test_a_diagnosis_is_seen_where_its_claim_is(cast, claim):
    kept = record(cast, claim)

    seen = {}
    for name in ("agent", "neighbour", "technician", "officer", "suining_manager"):
        with acting_as(getattr(cast, name)):
            seen[name] = list(Diagnosis.objects.all())
    assert seen == {
        "agent": [kept],
        "neighbour": [],
        "technician": [kept],
        "officer": [kept],
        "suining_manager": [],
    }
