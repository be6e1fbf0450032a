"""What the database may hold and what the rules know are the same words."""

import pytest

from claims.models import choices
from claims.models.compensation import Remedy as RemedyChoices
from claims.rules.classification import GoodsType, Nature, Remedy, Severity
from claims.rules.status import Status
from stations.models.network import Phase as PhaseChoices
from stations.models.network import StationState, TierChoices
from stations.models.parties import PartyKind as PartyKindChoices
from stations.rules.parties import PartyKind
from stations.rules.tiers import Life, Phase, Tier


@pytest.mark.parametrize(
    ("stored", "known"),
    [
        (choices.GoodsTypeChoices, GoodsType),
        (choices.NatureChoices, Nature),
        (choices.SeverityChoices, Severity),
        (choices.StatusChoices, Status),
        (PartyKindChoices, PartyKind),
        (TierChoices, Tier),
        (PhaseChoices, Phase),
        (StationState, Life),
    ],
    ids=lambda enum: enum.__name__,
)
def test_choices_and_rules_hold_the_same_values(stored, known):
    assert set(stored.values) == {member.value for member in known}


def test_stored_remedies_are_known_to_the_rules():
    assert set(RemedyChoices.values) <= {remedy.value for remedy in Remedy}
