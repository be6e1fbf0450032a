"""Tables of damage tiers: what is a table, and which tier a share falls into."""

import pytest

from claims.rules import damage_tiers
from claims.rules.damage_tiers import DEFAULT_TIERS, Tier, TierError, checked, tier_of


def test_the_published_table_is_a_table():
    assert checked(DEFAULT_TIERS) == DEFAULT_TIERS
    assert [tier.pays_permille for tier in DEFAULT_TIERS] == [100, 300, 500, 800, 1000]


@pytest.mark.parametrize(
    ("tiers", "code"),
    [
        ((), "empty"),
        (tuple(Tier(step, step) for step in range(1, 22)), "too_many"),
        ((Tier(1000, 500.5),), "not_whole"),
        ((Tier(True, 1), Tier(1000, 1000)), "not_whole"),
        ((Tier(0, 0), Tier(1000, 1000)), "out_of_range"),
        ((Tier(500, 500), Tier(1001, 1000)), "out_of_range"),
        ((Tier(500, -1), Tier(1000, 1000)), "out_of_range"),
        ((Tier(500, 500), Tier(1000, 1001)), "out_of_range"),
        ((Tier(500, 500), Tier(500, 600), Tier(1000, 1000)), "not_ascending"),
        ((Tier(500, 500), Tier(300, 600), Tier(1000, 1000)), "not_ascending"),
        ((Tier(500, 600), Tier(1000, 500)), "pays_less"),
        ((Tier(500, 500), Tier(999, 1000)), "not_to_the_end"),
    ],
)
def test_what_leaves_a_share_unpaid_or_turns_round_is_no_table(tiers, code):
    with pytest.raises(TierError) as refused:
        checked(tiers)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("bad", "total", "up_to"),
    [
        (0, 3, 100),
        (1, 10, 100),
        (100_001, 1_000_000, 300),
        (3, 10, 300),
        (1, 3, 500),
        (1, 2, 500),
        (8, 10, 800),
        (80_001, 100_000, 1000),
        (7, 7, 1000),
    ],
)
def test_a_share_falls_into_the_smallest_tier_that_reaches_it(bad, total, up_to):
    assert tier_of(bad, total, DEFAULT_TIERS).up_to_permille == up_to


def test_a_table_is_kept_and_read_again():
    assert damage_tiers.read(damage_tiers.written(DEFAULT_TIERS)) == DEFAULT_TIERS
    assert damage_tiers.read([]) == ()


@pytest.mark.parametrize(
    "rows", [[{"up_to_permille": 1000}], [7], ["up_to"], [{"up_to_permille": "1000", "pays_permille": 1}]]
)
def test_what_was_kept_wrong_is_not_read(rows):
    with pytest.raises(TierError):
        damage_tiers.read(rows)
