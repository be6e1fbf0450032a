"""The order in which people are offered a claim: docs/rules/dispatch.md and tests/golden/dispatch.csv."""

import re
from dataclasses import replace
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from claims.rules import dispatch
from claims.rules.classification import GoodsType, Nature, Severity
from claims.rules.clocks import Level
from claims.rules.dispatch import NEVER, Candidate, Excluded, Exclusion, Need, Ring, exclusions, rank, speaks
from tests import golden
from tests.claims.rules.dispatch_cases import TODAY, candidate_of, need_of, told

PAGE = Path(__file__).parents[3] / "docs" / "rules" / "dispatch.md"
CASES: dict[str, list[dict[str, str]]] = {}
for row in golden.rows("dispatch"):
    CASES.setdefault(row["case"], []).append(row)
PEACHES = Need(GoodsType.FRESH_FRUIT, Nature.QUALITY, Severity.MINOR, Level.VILLAGE, TODAY)
GOOD = Candidate(1, Level.VILLAGE, Ring.STATION, certified_until=date(2028, 1, 1), distance_m=0)


@pytest.mark.parametrize("name", CASES)
def test_golden_cases(name):
    people = CASES[name]

    ranking = rank([candidate_of(row) for row in people], need_of(people[0]))

    assert [told(ranking.of(int(row["person"]))) for row in people] == [
        {column: row[column] for column in ("rank", "score", "why")} for row in people
    ]


@pytest.mark.parametrize("name", CASES)
def test_the_order_does_not_depend_on_who_is_looked_at_first(name):
    people = [candidate_of(row) for row in CASES[name]][:4]
    need = need_of(CASES[name][0])

    assert {rank(order, need) for order in permutations(people)} == {rank(people, need)}


def test_every_exclusion_has_a_golden_row_and_a_line_on_the_page():
    shown = {
        code for rows in CASES.values() for row in rows if not row["rank"] for code in row["why"].split()
    }
    page = PAGE.read_text(encoding="utf-8")

    assert shown == {code.value for code in Exclusion}
    assert [code for code in re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) if code in shown] == [
        code.value for code in Exclusion
    ]


def test_the_weights_on_the_page_are_those_of_the_rule_and_together_100():
    page = PAGE.read_text(encoding="utf-8")
    most = [
        dispatch.REACH_POINTS[Ring.STATION],
        dispatch.SKILL_POINTS,
        dispatch.DIALECT_POINTS,
        dispatch.LOAD_POINTS,
        dispatch.DISTANCE_POINTS,
        dispatch.GRADE_POINTS["A"],
    ]

    assert [
        int(points) for points in re.findall(r"^\| [^|`]+ \| at most (\d+) \|", page, re.MULTILINE)
    ] == most
    assert sum(most) == 100


def test_more_load_or_distance_never_moves_anybody_up():
    scores = [rank([replace(GOOD, open_claims=load)], PEACHES).ranked[0].score for load in range(20)]
    further = [
        rank([replace(GOOD, distance_m=metres)], PEACHES).ranked[0].score for metres in range(0, 30_000, 500)
    ]

    assert scores == sorted(scores, reverse=True)
    assert further == sorted(further, reverse=True)


@pytest.mark.parametrize("code", list(Exclusion))
def test_only_what_is_final_keeps_a_manager_from_giving_the_claim(code):
    assert Excluded(GOOD, (code,)).is_final is (code in NEVER)
    assert exclusions(GOOD, PEACHES) == ()


@pytest.mark.parametrize(
    "goods_type, nature, skill",
    [
        ("fresh_fruit", "quality", "produce"),
        ("appliance", "quality", "appliance"),
        ("electronics", "quality", "appliance"),
        ("clothing", "quality", ""),
        ("pesticide", "quality", "inputs"),
        ("fresh_fruit", "logistics", "logistics"),
        ("appliance", "service", "mediation"),
        ("clothing", "price", "mediation"),
    ],
)
def test_the_skill_a_case_asks_for(goods_type, nature, skill):
    need = Need(GoodsType(goods_type), Nature(nature), Severity.MAJOR, Level.VILLAGE, TODAY)

    assert need.skill == skill
    assert need.asks_for_skill is (skill in ("appliance", "inputs"))
    assert replace(need, severity=Severity.MINOR).asks_for_skill is False


@pytest.mark.parametrize(
    "known, wanted, answer",
    [
        ("西南官话、布依语", "布依语", True),
        ("西南官话, 布依语", "布依语；苗语", True),
        ("西南官话", "布依语", False),
        ("西南官话", "", False),
        ("", "", False),
    ],
)
def test_dialects_are_compared_word_by_word(known, wanted, answer):
    assert speaks(known, wanted) is answer


def test_nobody_is_known_under_a_key_that_was_not_asked_about():
    assert rank([GOOD], PEACHES).of(2) is None
