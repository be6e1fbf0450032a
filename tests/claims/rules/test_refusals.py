"""Every reason of refusal rests on something that a letter can cite."""

from claims.models.choices import RejectionCode
from claims.rules.refusals import EXPLAINED, GROUNDS, Law, Section, ground_of


def test_every_reason_has_its_ground_and_no_other():
    assert set(GROUNDS) == set(RejectionCode.values)


def test_grounds_are_sections_of_the_published_rules_or_articles():
    assert (ground_of("below_tolerance").section, ground_of("below_tolerance").law) == (Section.AMOUNT, None)
    assert (ground_of("misuse").section, ground_of("misuse").law) == (None, Law.THREE_GUARANTEES_17)
    assert ground_of("other") == EXPLAINED
