"""The sample for a second look: decided by the key, as large as it says, a part of every larger one."""

import pytest

from claims.rules.sampling import is_drawn

KEYS = [f"advance:claim:{number}:1" for number in range(20_000)]


@pytest.mark.parametrize(
    ("permille", "least", "most"), [(0, 0, 0), (50, 900, 1100), (500, 9700, 10_300), (1000, 20_000, 20_000)]
)
def test_as_many_are_drawn_as_the_policy_says(permille, least, most):
    assert least <= sum(is_drawn(key, permille) for key in KEYS) <= most


def test_the_same_are_drawn_every_time():
    drawn = [key for key in KEYS[:400] if is_drawn(key, 20)]

    assert drawn == [key for key in KEYS[:400] if is_drawn(key, 20)]
    assert drawn[:3] == [
        "advance:claim:9:1",
        "advance:claim:108:1",
        "advance:claim:121:1",
    ]


def test_a_larger_share_draws_the_smaller_one_too():
    assert all(is_drawn(key, 80) for key in KEYS if is_drawn(key, 50))


def test_rounds_of_a_claim_are_drawn_apart():
    apart = [
        n for n in range(2000) if is_drawn(f"advance:claim:{n}:1", 50) != is_drawn(f"advance:claim:{n}:2", 50)
    ]

    assert len(apart) > 100
