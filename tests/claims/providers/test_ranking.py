"""Whom to ask first, and whom never."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from claims.rules.dispatch import Ground, Reason
from claims.rules.provider_ranking import NEVER, Against, ProviderCandidate, against, grounds, rank

EARLY, LATE = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)


def order(*candidates) -> list[int]:
    found = {tuple(each.candidate.key for each in rank(some).ranked) for some in permutations(candidates)}
    assert len(found) == 1, "the order in which the facts come must not matter"
    return list(found.pop())


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"is_suspended": True}, (Against.SUSPENDED,)),
        ({"grade": "C"}, (Against.GRADE_C,)),
        ({"fee_fen": None}, (Against.NO_FEE,)),
        ({"works_that_day": False, "has_free_seat": False}, (Against.NOT_THAT_DAY,)),
        ({"has_free_seat": False}, (Against.FULL,)),
        ({"has_declined": True}, (Against.DECLINED,)),
        ({"was_silent": True}, (Against.SILENT,)),
        ({"grade": "C", "was_silent": True}, (Against.GRADE_C, Against.SILENT)),
        ({"grade": "B"}, ()),
        ({"grade": ""}, ()),
    ],
)
def test_who_is_not_asked_and_why(facts, why):
    assert against(ProviderCandidate(1, **facts)) == why


def test_nobody_can_put_grade_c_or_a_suspension_aside():
    fixed = {
        code: rank([ProviderCandidate(1, **facts)]).excluded[0].is_final
        for code, facts in (
            ("suspended", {"is_suspended": True}),
            ("grade_c", {"grade": "C"}),
            ("declined", {"has_declined": True}),
            ("silent", {"was_silent": True}),
            ("both", {"grade": "C", "has_declined": True}),
        )
    }

    assert fixed == {"suspended": True, "grade_c": True, "declined": False, "silent": False, "both": True}
    assert set(Against) - {Against.DECLINED, Against.SILENT} == NEVER


def test_reasons_carry_their_points():
    assert grounds(ProviderCandidate(1, grade="A", orders=5, distance_m=4999)) == (
        Ground(Reason.GRADE_A, 40),
        Ground(Reason.LOAD, 22, 5),
        Ground(Reason.DISTANCE, 22, 4999),
    )
    assert grounds(ProviderCandidate(1, orders=40)) == (Ground(Reason.LOAD, 0, 40),)


def test_grade_goes_before_nearness_and_the_cheaper_one_first_among_equals():
    assert order(
        ProviderCandidate(1, grade="B", distance_m=0),
        ProviderCandidate(2, grade="A", distance_m=1000),
        ProviderCandidate(3, grade="C", distance_m=0),
    ) == [2, 1]
    assert order(
        ProviderCandidate(1, fee_fen=9000),
        ProviderCandidate(2, fee_fen=8000),
        ProviderCandidate(3, fee_fen=8000),
    ) == [2, 3, 1]
    assert order(
        ProviderCandidate(1, last_offer_at=LATE),
        ProviderCandidate(2, last_offer_at=EARLY),
        ProviderCandidate(3),
    ) == [3, 2, 1]
