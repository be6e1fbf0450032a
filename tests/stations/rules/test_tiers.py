import pytest

from aftersales.lib.errors import Refused
from stations.rules.tiers import LIFE, Life, LifeAction, Tier, next_life, parent_tier, region_fits

# Written out a second time on purpose: a change of the table has to be made knowingly in both places.
EDGES = {
    tuple(line.split())
    for line in """
applied   approve approved
applied   close   closed
approved  accept  accepted
approved  close   closed
accepted  open    operating
accepted  close   closed
operating suspend suspended
operating close   closed
suspended resume  operating
suspended close   closed
""".strip().splitlines()
}


@pytest.mark.parametrize("life", Life)
@pytest.mark.parametrize("action", LifeAction)
def test_every_pair_moves_as_the_table_says_or_is_refused(life, action):
    targets = [target for source, verb, target in EDGES if (source, verb) == (life, action)]

    if targets:
        assert [next_life(life, action)] == targets
    else:
        with pytest.raises(Refused) as refused:
            next_life(life, action)
        assert (refused.value.code, refused.value.details) == (
            "illegal_move",
            {"life": life.value, "action": action.value},
        )


def test_the_table_has_no_further_edge():
    assert {(source.value, action.value, target.value) for (source, action), target in LIFE.items()} == EDGES


def test_plain_text_from_the_database_is_understood():
    assert next_life("applied", "approve") is Life.APPROVED


def test_each_tier_hands_over_to_the_next_and_the_county_to_nobody_in_the_network():
    assert {tier: parent_tier(tier) for tier in Tier} == {
        Tier.VILLAGE: Tier.TOWNSHIP,
        Tier.TOWNSHIP: Tier.COUNTY,
        Tier.COUNTY: None,
    }


@pytest.mark.parametrize(
    ("region_code", "tiers"),
    [
        ("320324102217", {Tier.VILLAGE}),
        ("320324102000", {Tier.TOWNSHIP}),
        ("320324000000", {Tier.COUNTY}),
        ("320300000000", set()),
        ("320000000000", set()),
        ("441900000000", {Tier.COUNTY}),
        ("441900003000", {Tier.TOWNSHIP}),
    ],
)
def test_which_stations_a_place_may_have(region_code, tiers):
    assert {tier for tier in Tier if region_fits(tier, region_code)} == tiers
