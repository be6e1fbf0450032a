"""docs/rules/supervision.md, section 2: who is drawn hangs on claims, rule and seed alone."""

import random
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.lib.errors import InvalidValue
from claims.rules.supervision import (
    Candidate,
    DrawRule,
    draw,
    names_a_person,
    needs_reminder,
    without_numbers,
)
from tests.property import cases

SEED = "0123456789abcdef"
GOLDEN = ["F0", "F7", "A2", "F2", "F3", "A3"]
LINE = [
    *(Candidate(f"F{number}", "fresh_fruit", 1 + number % 2) for number in range(8)),
    *(Candidate(f"A{number}", "appliance", 3) for number in range(4)),
]


@pytest.mark.parametrize(
    ("count", "rule", "size"),
    [
        (0, DrawRule(50, 5, 40), 0),
        (3, DrawRule(50, 5, 40), 3),
        (100, DrawRule(50, 5, 40), 5),
        (101, DrawRule(50, 5, 40), 6),
        (800, DrawRule(50, 5, 40), 40),
        (801, DrawRule(50, 5, 40), 40),
        (7, DrawRule(0, 1, 500), 1),
        (7, DrawRule(1000, 1, 5), 5),
    ],
)
def test_the_share_is_rounded_up_and_kept_between_least_and_most(count, rule, size):
    assert rule.size(count) == size


@pytest.mark.parametrize("wrong", [(-1, 1, 5), (1001, 1, 5), (50, 0, 5), (50, 6, 5), (50, 1, 501)])
def test_a_rule_that_cannot_be_followed_is_refused(wrong):
    with pytest.raises(InvalidValue) as refused:
        DrawRule(*wrong)

    assert refused.value.code == "draw_rule"


def test_the_golden_draw():
    drawn = draw(LINE, DrawRule(500, 1, 500), SEED)

    assert [each.key for each in drawn] == GOLDEN
    assert Counter(each.goods for each in drawn) == {"fresh_fruit": 4, "appliance": 2}


def test_the_order_in_which_claims_come_changes_nothing():
    shuffled = random.Random(7).sample(LINE, len(LINE))

    assert draw(shuffled, DrawRule(500, 1, 500), SEED) == draw(LINE, DrawRule(500, 1, 500), SEED)


def test_another_seed_draws_others():
    rule = DrawRule(250, 1, 500)

    assert len({tuple(draw(LINE, rule, f"{seed:016x}")) for seed in range(40)}) > 10


def test_nothing_is_drawn_of_nothing():
    assert draw([], DrawRule(1000, 1, 500), SEED) == []


claims = st.lists(
    st.builds(
        Candidate,
        key=st.integers(0, 10**6).map(str),
        goods=st.sampled_from(["fresh_fruit", "seed", "appliance"]),
        station=st.integers(1, 5),
    ),
    unique_by=lambda each: each.key,
    max_size=120,
)


@cases
@given(claims, st.integers(0, 1000), st.integers(0, 2**64 - 1))
def test_goods_and_stations_have_their_share_to_within_one(line, permille, seed):
    rule = DrawRule(permille, 1, 500)

    drawn = draw(line, rule, f"{seed:016x}")

    assert len(drawn) == len(set(drawn)) == rule.size(len(line))
    for kind in (lambda each: each.goods, lambda each: (each.goods, each.station)):
        whole, part = Counter(map(kind, line)), Counter(map(kind, drawn))
        for stratum, count in whole.items():
            assert abs(part[stratum] - count * len(drawn) / len(line)) < 1


def test_every_claim_can_be_drawn():
    rule = DrawRule(100, 1, 500)
    times = Counter(each.key for seed in range(600) for each in draw(LINE, rule, f"{seed:016x}"))

    assert set(times) == {each.key for each in LINE}
    assert max(times.values()) < 2 * min(times.values())


@pytest.mark.parametrize(
    ("state", "due", "reminded", "expected"),
    [
        ("open", date(2026, 11, 23), None, True),
        ("open", date(2026, 11, 24), None, False),
        ("returned", date(2026, 11, 1), None, True),
        ("open", date(2026, 11, 20), date(2026, 11, 14), False),
        ("open", date(2026, 11, 20), date(2026, 11, 13), True),
        ("answered", date(2026, 11, 1), None, False),
        ("accepted", date(2026, 11, 1), None, False),
    ],
)
def test_reminders_begin_three_days_before_and_come_every_seven(state, due, reminded, expected):
    assert needs_reminder(state, due, reminded, date(2026, 11, 20)) is expected


@pytest.mark.parametrize(
    "words",
    [
        "电话13812345678打不通",
        "联系 138 1234 5678",
        "+8613812345678",
        "138-1234-5678",
        "身份证52012319800101123X",
        "卡号6222021234567890123",
        "卡号 6222 0212 3456 7890 123",
    ],
)
def test_numbers_of_persons_are_recognised_and_left_out(words):
    assert names_a_person(words)
    assert not names_a_person(without_numbers(words))


@pytest.mark.parametrize(
    "words",
    [
        "少算 12.50 元",
        "工单 SH2610150001234",
        "2026-11-20 未回访",
        "2026-10-01-2026-10-31 共 16 单",
        "12315 转办",
        "",
    ],
)
def test_other_numbers_may_be_said(words):
    assert not names_a_person(words)
    assert without_numbers(words) == words


def test_a_text_is_shown_without_numbers_of_persons():
    assert without_numbers("打13812345678找我") == "打****找我"
